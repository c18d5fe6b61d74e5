-- Who asks to subscribe to a digest of the project and has no decision yet? The oldest first. A wish that was not confirmed while its
-- link was good at @now (timestamptz) is none.
SELECT r.request_id, d.key AS digest, r.address, r.name, r.locale, coalesce(nullif(f.name, ''), f.address, '') AS forwarder, r.made_at, r.confirmed_at
FROM fortnight.requests r
JOIN fortnight.digests d ON d.digest_id = r.digest_id
LEFT JOIN fortnight.subscribers f ON f.subscriber_id = r.forwarder_id
WHERE r.project_id = @project AND r.decided_at IS NULL AND (r.confirmed_at IS NOT NULL OR r.expires_at > @now)
ORDER BY r.made_at, r.request_id
