-- Who subscribes to the digest @digest (bigint), or did?
SELECT subscriber_id, name, address, locale, zone, audience, agent, pdf, added_by, added_at, unsubscribed_at, removed_at
FROM fortnight.subscribers
WHERE digest_id = @digest
ORDER BY subscriber_id
FOR UPDATE
