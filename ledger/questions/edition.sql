-- What is the edition @edition (bigint), and what was collected for it (null: nothing yet)?
SELECT e.edition_id, e.project_id, e.digest_id, e.label, e.zone, e.period_start, e.period_end, e.previous_start, e.previous_end,
       e.due, e.state, e.archive, e.at_once, e.project, e.config, e.hash, e.lease_until, s.data AS snapshot
FROM fortnight.editions e
LEFT JOIN fortnight.snapshots s ON s.edition_id = e.edition_id
WHERE e.edition_id = @edition
