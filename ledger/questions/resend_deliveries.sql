-- Plan the deliveries @deliveries (bigint[]), which this transaction has locked, once more: what was tried goes out as the same message
-- with the same date; what never was is dated @leaves (timestamptz in whole seconds). They make batches of their own, of up to
-- @per_batch, and how many is the answer: a worker may be asleep at the old ones.
WITH last AS (
    SELECT coalesce(max(d.batch), -1) AS batch
    FROM fortnight.deliveries d
    WHERE d.edition_id = @edition
),
again AS (
    SELECT r.delivery_id, l.batch + 1 + (row_number() OVER (ORDER BY r.delivery_id) - 1)::integer / @per_batch::integer AS batch
    FROM unnest(@deliveries::bigint[]) AS r (delivery_id)
    CROSS JOIN last l
),
planned AS (
    UPDATE fortnight.deliveries d
    SET state = CASE WHEN d.attempts = 0 THEN 'planned' ELSE 'deferred' END, batch = a.batch, next_at = @leaves,
        dated = CASE WHEN d.attempts = 0 THEN @leaves ELSE d.dated END, expires_at = @expires_at, changed_at = @now
    FROM again a
    WHERE d.delivery_id = a.delivery_id
    RETURNING d.batch
)
SELECT min(p.batch) AS first, max(p.batch) AS last
FROM planned p
