-- What was collected for the @n periods before that of the edition @edition (bigint), the newest first? What is held and what was
-- discarded was not believed: it is nothing to compare with.
SELECT s.data
FROM fortnight.editions e
JOIN fortnight.editions b ON b.digest_id = e.digest_id AND b.cadence = e.cadence AND b.period_start < e.period_start AND b.edition_id <> e.edition_id
JOIN fortnight.snapshots s ON s.edition_id = b.edition_id
WHERE e.edition_id = @edition AND b.state IN ('ready', 'sending', 'done', 'archived', 'parked')
ORDER BY b.period_start DESC, b.edition_id DESC
LIMIT @n
