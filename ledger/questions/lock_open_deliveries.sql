-- Keep what of the edition @edition (bigint) has not come to an end from changing until the transaction ends: in the order in which
-- turns lock deliveries, and before the edition, as they do.
SELECT d.delivery_id
FROM fortnight.deliveries d
WHERE d.edition_id = @edition AND d.open
ORDER BY d.delivery_id
FOR UPDATE
