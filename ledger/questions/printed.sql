-- What was collected for the period [@from, @to) (timestamptz) of the digest that the edition @edition (bigint) belongs to, for the same
-- readers where there are two?
SELECT s.data
FROM fortnight.editions e
JOIN fortnight.editions then_ ON then_.digest_id = e.digest_id AND then_.period_start = @from AND then_.period_end = @to
JOIN fortnight.snapshots s ON s.edition_id = then_.edition_id
WHERE e.edition_id = @edition AND then_.state IN ('ready', 'sending', 'done')
ORDER BY then_.cadence = e.cadence DESC, then_.edition_id DESC
LIMIT 1
