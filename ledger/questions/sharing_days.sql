-- Which other editions of the digest of the edition @edition (bigint) are mailed with data of [@from, @to) (timestamptz), of their own
-- period or of a missed one that they tell of?
SELECT o.edition_id, o.zone, o.period_start, o.period_end, o.catch_up
FROM fortnight.editions e
JOIN fortnight.editions o ON o.digest_id = e.digest_id AND o.edition_id <> e.edition_id AND NOT o.archive
WHERE e.edition_id = @edition
  AND (o.period_start < @to AND o.period_end > @from
       OR EXISTS (SELECT 1 FROM jsonb_array_elements(o.catch_up) listed
                  WHERE (listed ->> 'from')::timestamptz < @to AND (listed ->> 'to')::timestamptz > @from))
ORDER BY o.edition_id
