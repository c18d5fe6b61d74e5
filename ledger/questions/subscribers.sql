-- Who subscribes, or did, to the project @project and the digest @digest (text, '' for all)?
SELECT s.subscriber_id, s.name, s.address, s.locale, s.zone, s.audience, s.agent, s.pdf, s.added_by, s.added_at, s.unsubscribed_at, s.removed_at,
       p.key AS project, d.key AS digest, coalesce(x.reason, '') AS suppressed
FROM fortnight.subscribers s
JOIN fortnight.digests d ON d.digest_id = s.digest_id
JOIN fortnight.projects p ON p.project_id = s.project_id
LEFT JOIN fortnight.suppressions x ON x.project_id = s.project_id AND x.address_hash = sha256(convert_to(lower(s.address), 'UTF8'))
WHERE (@project = '' OR p.key = @project) AND (@digest = '' OR d.key = @digest)
ORDER BY p.key, d.key, s.subscriber_id
