-- Which editions are there, the newest first, of the project @project and the digest @digest (text, '' for all), at most @limit?
SELECT e.edition_id, e.project_id, e.digest_id, e.label, e.zone, e.period_start, e.period_end, e.previous_start, e.previous_end,
       e.due, e.state, e.archive, e.at_once, e.project, e.config, e.hash, e.lease_until, NULL::jsonb AS snapshot,
       e.opened_at, e.ready_at, e.finished_at, n.counts
FROM fortnight.editions e
JOIN fortnight.digests d ON d.digest_id = e.digest_id
JOIN fortnight.projects p ON p.project_id = e.project_id
CROSS JOIN LATERAL (SELECT coalesce(jsonb_object_agg(c.state, c.n), '{}') AS counts
                    FROM (SELECT v.state, count(*) AS n FROM fortnight.deliveries v WHERE v.edition_id = e.edition_id GROUP BY v.state) c) n
WHERE (@project = '' OR p.key = @project) AND (@digest = '' OR d.key = @digest)
ORDER BY e.period_start DESC, e.edition_id DESC
LIMIT @limit
