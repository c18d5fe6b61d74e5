-- How many deliveries of each state have those editions of the project that were due since @week (timestamptz)? An edition without any
-- has no row.
SELECT d.edition_id, (ARRAY['failed', 'unknown', 'deferred', 'expired', NULL, 'sent', 'suppressed'])[d.place + 1] AS state, count(*) AS n
FROM fortnight.editions e
JOIN fortnight.deliveries d ON d.edition_id = e.edition_id
WHERE e.project_id = @project AND e.due >= @week AND d.place <> 4
GROUP BY d.edition_id, d.place
UNION ALL
SELECT d.edition_id, d.state, count(*)
FROM fortnight.editions e
JOIN fortnight.deliveries d ON d.edition_id = e.edition_id
WHERE e.project_id = @project AND e.due >= @week AND d.place = 4
GROUP BY d.edition_id, d.state
