-- What does the request @request (bigint) ask for? It stays as it is until the transaction ends. No row: there is no such request.
SELECT r.request_id, r.digest_id, d.key AS digest, r.address, r.name, r.locale, r.confirmed_at, r.decided_at, coalesce(f.address, '') AS forwarder,
       coalesce(f.audience, '') AS audience, coalesce(f.agent, '') AS agent
FROM fortnight.requests r
JOIN fortnight.digests d ON d.digest_id = r.digest_id
LEFT JOIN fortnight.subscribers f ON f.subscriber_id = r.forwarder_id
WHERE r.request_id = @request
FOR NO KEY UPDATE OF r
