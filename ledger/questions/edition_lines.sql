-- How do the editions @editions (bigint[]) stand, and their deliveries? Of a project's walls it sees what lies within.
WITH counted AS (
    SELECT d.edition_id, (ARRAY['failed', 'unknown', 'deferred', 'expired', NULL, 'sent', 'suppressed'])[d.place + 1] AS state, count(*) AS n
    FROM fortnight.deliveries d
    WHERE d.edition_id = ANY (@editions::bigint[]) AND d.place <> 4
    GROUP BY d.edition_id, d.place
    UNION ALL
    SELECT d.edition_id, d.state, count(*)
    FROM fortnight.deliveries d
    WHERE d.edition_id = ANY (@editions::bigint[]) AND d.place = 4
    GROUP BY d.edition_id, d.state
),
counts AS (
    SELECT c.edition_id, jsonb_object_agg(c.state, c.n) AS counts
    FROM counted c
    GROUP BY c.edition_id
)
SELECT e.edition_id, e.project_id, e.digest_id, e.label, e.zone, e.period_start, e.period_end, e.previous_start, e.previous_end,
       e.due, e.start_at, e.next_at, e.state, e.reason, e.why_archived, e.tries, e.archive, e.at_once, e.catch_up, e.hold_unknown, e.released_at,
       e.project, e.config, e.hash, e.lease_until, e.rendered_at, NULL::jsonb AS snapshot, e.opened_at, e.ready_at, e.finished_at,
       e.planned, e.cadence AS readers_cadence, e.revoked_at, coalesce(s.missing, '{}') AS missing, coalesce(v.subject, '') AS subject,
       (SELECT count(*) FROM fortnight.variants x WHERE x.edition_id = e.edition_id) AS variants, coalesce(c.counts, '{}') AS counts
FROM fortnight.editions e
LEFT JOIN counts c ON c.edition_id = e.edition_id
LEFT JOIN fortnight.snapshots s ON s.edition_id = e.edition_id
LEFT JOIN LATERAL (SELECT x.subject
                   FROM fortnight.variants x
                   WHERE x.edition_id = e.edition_id
                   ORDER BY x.kept_at, x.audience, x.locale, x.with_pdf, x.paper, x.sections
                   LIMIT 1) v ON true
WHERE e.edition_id = ANY (@editions::bigint[])
ORDER BY array_position(@editions::bigint[], e.edition_id)
