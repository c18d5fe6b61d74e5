-- How do the editions @editions (bigint[]) stand, and their deliveries? Those are counted where they were not before. The subject is
-- that of a variant in the project's language, if there is one.
SELECT e.edition_id, e.project_id, e.digest_id, e.label, e.zone, e.period_start, e.period_end, e.previous_start, e.previous_end,
       e.due, e.start_at, e.next_at, e.state, e.reason, e.why_archived, e.tries, e.archive, e.at_once, e.catch_up, e.hold_unknown, e.released_at,
       e.project, e.config, e.hash, e.lease_until, e.rendered_at, NULL::jsonb AS snapshot, e.opened_at, e.ready_at, e.finished_at,
       e.planned, e.cadence AS readers_cadence, e.revoked_at, coalesce(s.missing, '{}') AS missing, coalesce(v.subject, '') AS subject,
       (SELECT count(*) FROM fortnight.variants x WHERE x.edition_id = e.edition_id) AS variants,
       coalesce(e.counts, (SELECT jsonb_object_agg(c.state, c.n)
                           FROM (SELECT (ARRAY['failed', 'unknown', 'deferred', 'expired', NULL, 'sent', 'suppressed'])[d.place + 1] AS state, count(*) AS n
                                 FROM fortnight.deliveries d
                                 WHERE d.edition_id = e.edition_id AND d.place <> 4
                                 GROUP BY d.place
                                 UNION ALL
                                 SELECT d.state, count(*)
                                 FROM fortnight.deliveries d
                                 WHERE d.edition_id = e.edition_id AND d.place = 4
                                 GROUP BY d.state) c), '{}') AS counts
FROM unnest(@editions::bigint[]) WITH ORDINALITY AS l (edition_id, place)
JOIN fortnight.editions e ON e.edition_id = l.edition_id
LEFT JOIN fortnight.snapshots s ON s.edition_id = e.edition_id
LEFT JOIN LATERAL (SELECT x.subject
                   FROM fortnight.variants x
                   WHERE x.edition_id = e.edition_id
                   ORDER BY x.agent <> '', x.locale <> coalesce(e.project ->> 'Locale', ''), x.kept_at, x.audience, x.locale, x.with_pdf, x.paper, x.sections, x.agent
                   LIMIT 1) v ON true
ORDER BY l.place
