-- How many editions has the project: of the digest @digest (text, '' for all) and in the state @state (text, '' for all)?
SELECT count(*)
FROM fortnight.editions e
WHERE e.project_id = @project AND (@digest::text = '' OR e.digest_id = (SELECT d.digest_id FROM fortnight.digests d WHERE d.key = @digest::text AND d.project_id = @project))
  AND (@state::text = '' OR e.state = @state::text)
