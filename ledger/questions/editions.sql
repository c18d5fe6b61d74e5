-- Which editions are there, the newest first, of the project @project and the digest @digest (text, '' for all), at most @limit?
-- The deliveries are counted of those alone.
SELECT e.edition_id, e.project_id, e.digest_id, e.label, e.zone, e.period_start, e.period_end, e.previous_start, e.previous_end,
       e.due, e.start_at, e.next_at, e.state, e.reason, e.why_archived, e.tries, e.archive, e.at_once, e.catch_up, e.hold_unknown, e.released_at,
       e.project, e.config, e.hash, e.lease_until, e.rendered_at, NULL::jsonb AS snapshot, e.opened_at, e.ready_at, e.finished_at, n.counts
FROM (SELECT x.edition_id
      FROM fortnight.editions x
      JOIN fortnight.digests d ON d.digest_id = x.digest_id
      JOIN fortnight.projects p ON p.project_id = x.project_id
      WHERE (@project = '' OR p.key = @project) AND (@digest = '' OR d.key = @digest)
      ORDER BY x.period_start DESC, x.edition_id DESC
      LIMIT @limit) l
JOIN fortnight.editions e ON e.edition_id = l.edition_id
CROSS JOIN LATERAL (SELECT coalesce(jsonb_object_agg(c.state, c.n), '{}') AS counts
                    FROM (SELECT v.state, count(*) AS n FROM fortnight.deliveries v WHERE v.edition_id = e.edition_id GROUP BY v.state) c) n
ORDER BY e.period_start DESC, e.edition_id DESC
