-- Lock the editions of @deliveries (bigint[]) until the transaction ends, so that who counts their deliveries next counts them all.
SELECT e.edition_id
FROM fortnight.editions e
WHERE e.edition_id IN (SELECT d.edition_id FROM fortnight.deliveries d WHERE d.delivery_id = ANY (@deliveries::bigint[]))
ORDER BY e.edition_id
FOR NO KEY UPDATE
