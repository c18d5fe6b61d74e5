-- Forget what reports said of the deliveries @deliveries (bigint[]): they name the address.
UPDATE fortnight.bounces
SET diagnostic = ''
WHERE delivery_id = ANY (@deliveries)
