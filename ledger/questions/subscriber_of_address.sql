-- Which subscription of the digest @digest (bigint) has the address @address (text), past or present? It stays as it is until the
-- transaction ends. No row: none.
SELECT subscriber_id, unsubscribed_at, removed_at
FROM fortnight.subscribers
WHERE digest_id = @digest AND lower(address) = lower(@address::text)
FOR UPDATE
