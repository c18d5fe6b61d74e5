-- Renew the leases of the @numbers-th attempts of @deliveries. Those that do not come back are not under way any more.
WITH held AS (
    SELECT d.delivery_id
    FROM unnest(@deliveries::bigint[], @numbers::integer[]) AS h (delivery_id, number)
    JOIN fortnight.deliveries d ON d.delivery_id = h.delivery_id
    WHERE d.state = 'sending' AND d.attempts = h.number
    ORDER BY d.delivery_id
    FOR NO KEY UPDATE OF d
)
UPDATE fortnight.deliveries d
SET lease_until = @lease_until
FROM held h
WHERE d.delivery_id = h.delivery_id
RETURNING d.delivery_id
