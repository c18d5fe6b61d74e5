-- Which delivery of the edition @edition (bigint) went, or is to go, to the subscription with the token hash @token_hash (bytea), and may
-- its reader still read it? What is held, parked or discarded is for nobody who was not sent it.
SELECT d.delivery_id, d.edition_id, d.recipient, d.state, d.attempts, d.message_id, d.dated, coalesce(d.lease_until, d.next_at) AS next_at, d.answer, e.zone,
       s.subscriber_id, e.period_start, e.opened_at, e.revoked_at IS NOT NULL OR coalesce(e.opened_at < s.links_from, false) AS revoked
FROM fortnight.deliveries d
JOIN fortnight.subscribers s ON s.subscriber_id = d.subscriber_id
JOIN fortnight.editions e ON e.edition_id = d.edition_id
WHERE d.edition_id = @edition AND s.token_hash = @token_hash
  AND (e.state NOT IN ('held', 'parked', 'discarded') OR d.attempts > 0)
