-- What became of the deliveries of the edition @edition (bigint)?
SELECT d.delivery_id, d.edition_id, d.recipient, d.state, d.attempts, d.message_id, d.dated, coalesce(d.lease_until, d.next_at) AS next_at, d.answer,
       d.code, d.status, d.changed_at, e.zone
FROM fortnight.deliveries d
JOIN fortnight.editions e ON e.edition_id = d.edition_id
WHERE d.edition_id = @edition
ORDER BY d.delivery_id
