-- How many of each audience subscribe to the digests of the project, or the one @digest (bigint, 0 for all), and get mail as of the date
-- @today or not: who unsubscribed, has paused, or has an address that may not be written to? Who was taken out does not count.
SELECT s.digest_id, s.audience,
       s.unsubscribed_at IS NULL AND coalesce(s.wishes ->> 'PausedUntil', '') <= @today::text AND x.address_hash IS NULL AS gets, count(*) AS n
FROM fortnight.subscribers s
LEFT JOIN fortnight.suppressions x ON x.project_id = s.project_id AND x.address_hash = s.address_hash
WHERE s.project_id = @project AND (@digest::bigint = 0 OR s.digest_id = @digest::bigint) AND s.removed_at IS NULL
GROUP BY s.digest_id, s.audience, gets
