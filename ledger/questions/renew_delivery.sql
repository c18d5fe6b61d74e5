-- Renew the lease of a delivery in work. No row: it is not in work any more.
UPDATE fortnight.deliveries
SET lease_until = @lease_until
WHERE delivery_id = @delivery AND state = 'sending'
RETURNING delivery_id
