-- Which batches of the edition @edition (bigint) have deliveries that have not come to an end, and nobody at them at @now (timestamptz)?
SELECT DISTINCT d.batch
FROM fortnight.deliveries d
JOIN fortnight.editions e ON e.edition_id = d.edition_id
WHERE d.edition_id = @edition AND d.open AND e.state IN ('ready', 'sending') AND coalesce(e.batches_until[d.batch + 1] <= @now, true)
ORDER BY d.batch
