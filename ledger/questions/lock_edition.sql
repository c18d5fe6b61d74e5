-- How does the edition @edition (bigint) stand? It stays locked until the transaction ends.
SELECT e.edition_id, e.project_id, e.digest_id, e.label, e.zone, e.period_start, e.period_end, e.previous_start, e.previous_end,
       e.due, e.start_at, e.next_at, e.state, e.reason, e.why_archived, e.tries, e.archive, e.at_once, e.catch_up, e.hold_unknown, e.released_at,
       e.project, e.config, e.hash, e.lease_until, e.rendered_at, NULL::jsonb AS snapshot, e.rendering_until, e.choices
FROM fortnight.editions e
WHERE e.edition_id = @edition
FOR NO KEY UPDATE
