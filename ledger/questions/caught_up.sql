-- What was collected for the missed periods that the edition @edition (bigint) is to tell of, the newest first? A row for each,
-- with an empty state where its edition is not there.
SELECT coalesce(c.state, '') AS state, coalesce(c.archive, true) AS archive, s.data AS snapshot
FROM fortnight.editions e
CROSS JOIN LATERAL jsonb_to_recordset(e.catch_up) AS m("from" timestamptz, "to" timestamptz)
LEFT JOIN fortnight.editions c ON c.digest_id = e.digest_id AND c.cadence = e.cadence AND c.period_start = m."from" AND c.period_end = m."to"
LEFT JOIN fortnight.snapshots s ON s.edition_id = c.edition_id
WHERE e.edition_id = @edition
ORDER BY m."from" DESC
