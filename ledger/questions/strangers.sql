-- Which of the deliveries @deliveries (bigint[]) does the edition @edition (bigint) not have?
SELECT n.delivery_id
FROM unnest(@deliveries::bigint[]) AS n (delivery_id)
WHERE NOT EXISTS (SELECT 1 FROM fortnight.deliveries d WHERE d.delivery_id = n.delivery_id AND d.edition_id = @edition)
