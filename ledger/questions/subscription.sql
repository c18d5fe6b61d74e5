-- Which subscription has the token with the hash @token_hash (bytea), and what is it of?
SELECT s.subscriber_id, s.name, s.address, s.locale, s.zone, s.audience, s.agent, s.pdf, s.added_by, s.added_at, s.unsubscribed_at, s.removed_at, s.token_hash, s.wishes,
       s.project_id, s.digest_id, p.key AS project, p.name AS project_name, p.locale AS project_locale, p.zone AS project_zone, p.bi_monthly, p.hours, p.accent, p.footer,
       coalesce(nullif(p.reply_address, ''), p.from_address) AS contact, d.key AS digest, d.active, d.config,
       ARRAY(SELECT DISTINCT x.platform
             FROM fortnight.sources x
             WHERE x.project_id = p.project_id AND x.key IN (SELECT c ->> 'Source' FROM jsonb_array_elements(CASE jsonb_typeof(d.config -> 'Sections') WHEN 'array' THEN d.config -> 'Sections' ELSE '[]' END) c)
             ORDER BY x.platform) AS platforms
FROM fortnight.subscribers s
JOIN fortnight.digests d ON d.digest_id = s.digest_id
JOIN fortnight.projects p ON p.project_id = s.project_id
WHERE s.token_hash = @token_hash
