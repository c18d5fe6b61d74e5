-- Which batches of the edition @edition (bigint) have deliveries that have not come to an end? Of one that is held or parked, those
-- under way.
SELECT DISTINCT d.batch
FROM fortnight.deliveries d
JOIN fortnight.editions e ON e.edition_id = d.edition_id
WHERE d.edition_id = @edition AND d.open AND (e.state IN ('ready', 'sending') OR e.state IN ('held', 'parked') AND d.state = 'sending')
ORDER BY d.batch
