-- Which editions has the project, the newest period first: of the digest @digest (text, '' for all) and in the state @state (text, ''
-- for all), at most @size (integer) after the one whose period begins at @after (timestamptz) and whose number is @after_id (bigint)?
SELECT e.edition_id
FROM fortnight.editions e
WHERE e.project_id = @project AND (@digest::text = '' OR e.digest_id = (SELECT d.digest_id FROM fortnight.digests d WHERE d.key = @digest::text AND d.project_id = @project))
  AND (@state::text = '' OR e.state = @state::text)
  AND (e.period_start, e.edition_id) < (@after::timestamptz, @after_id::bigint)
ORDER BY e.period_start DESC, e.edition_id DESC
LIMIT @size
