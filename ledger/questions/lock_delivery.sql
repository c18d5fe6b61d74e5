-- How does the delivery @delivery (bigint) stand? It stays locked until the transaction ends.
SELECT d.delivery_id, d.edition_id, d.project_id, d.subscriber_id, d.recipient, d.state, d.attempts, d.message_id, d.dated, d.next_at, d.expires_at,
       d.lease_until, d.handed_at, d.answer, e.zone
FROM fortnight.deliveries d
JOIN fortnight.editions e ON e.edition_id = d.edition_id
WHERE d.delivery_id = @delivery
FOR UPDATE OF d
