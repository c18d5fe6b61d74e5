-- The sealed tokens of a digest's subscriptions that the configuration has.
SELECT subscriber_id, address, token_sealed
FROM fortnight.subscribers
WHERE digest_id = @digest AND removed_at IS NULL
ORDER BY subscriber_id
