-- Which delivery of the edition @edition (bigint) went to the subscription with the token hash @token_hash (bytea)?
SELECT d.delivery_id, d.edition_id, d.recipient, d.state, d.attempts, d.message_id, d.dated, coalesce(d.lease_until, d.next_at) AS next_at, d.answer, e.zone
FROM fortnight.deliveries d
JOIN fortnight.subscribers s ON s.subscriber_id = d.subscriber_id
JOIN fortnight.editions e ON e.edition_id = d.edition_id
WHERE d.edition_id = @edition AND s.token_hash = @token_hash
