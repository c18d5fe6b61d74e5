-- Which wish does the link with the token hash @token_hash (bytea) confirm? It stays as it is until the transaction ends.
SELECT r.request_id, r.digest_id, d.key AS digest, r.address, r.name, r.locale, r.confirmed_at, r.decided_at, coalesce(f.address, '') AS forwarder,
       coalesce(f.audience, '') AS audience, coalesce(f.agent, '') AS agent, r.expires_at, r.project_id, p.key AS project, p.name AS project_name, p.accent, p.bi_monthly, p.locale AS project_locale, d.config
FROM fortnight.requests r
JOIN fortnight.digests d ON d.digest_id = r.digest_id
JOIN fortnight.projects p ON p.project_id = r.project_id
LEFT JOIN fortnight.subscribers f ON f.subscriber_id = r.forwarder_id
WHERE r.token_hash = @token_hash
FOR NO KEY UPDATE OF r
