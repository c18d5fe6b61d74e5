-- How many deliveries of each state have the editions of the project that were due since @week (timestamptz)? They are counted where they
-- were not before.
SELECT coalesce(e.counts, (SELECT jsonb_object_agg(c.state, c.n)
                           FROM (SELECT (ARRAY['failed', 'unknown', 'deferred', 'expired', NULL, 'sent', 'suppressed'])[d.place + 1] AS state, count(*) AS n
                                 FROM fortnight.deliveries d
                                 WHERE d.edition_id = e.edition_id AND d.place <> 4
                                 GROUP BY d.place
                                 UNION ALL
                                 SELECT d.state, count(*)
                                 FROM fortnight.deliveries d
                                 WHERE d.edition_id = e.edition_id AND d.place = 4
                                 GROUP BY d.state) c), '{}') AS counts
FROM fortnight.editions e
WHERE e.project_id = @project AND e.due >= @week
