-- Which subscription has the token with the hash @token_hash (bytea)?
SELECT s.subscriber_id, s.name, s.address, s.locale, s.zone, s.audience, s.pdf, s.added_by, s.added_at, s.unsubscribed_at, s.removed_at, s.token_hash,
       p.key AS project, p.name AS project_name, p.locale AS project_locale, p.zone AS project_zone, p.accent, d.key AS digest, d.config ->> 'Name' AS digest_name, d.config -> 'Cadence' ->> 'Kind' AS cadence
FROM fortnight.subscribers s
JOIN fortnight.digests d ON d.digest_id = s.digest_id
JOIN fortnight.projects p ON p.project_id = s.project_id
WHERE s.token_hash = @token_hash
