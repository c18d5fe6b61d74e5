-- Which batches of the edition @edition (bigint) have deliveries that have not come to an end?
SELECT DISTINCT d.batch
FROM fortnight.deliveries d
JOIN fortnight.editions e ON e.edition_id = d.edition_id
WHERE d.edition_id = @edition AND d.open AND e.state IN ('ready', 'sending')
ORDER BY d.batch
