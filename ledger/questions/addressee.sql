-- Whose is the delivery @delivery (bigint), and does mail still go to the address?
SELECT d.edition_id, e.label, p.key || '/' || g.key AS digest, coalesce(d.recipient ->> 'Address', '') AS address,
       coalesce(x.reason, '') AS suppressed, s.unsubscribed_at
FROM fortnight.deliveries d
JOIN fortnight.editions e ON e.edition_id = d.edition_id
JOIN fortnight.digests g ON g.digest_id = e.digest_id
JOIN fortnight.projects p ON p.project_id = d.project_id
LEFT JOIN fortnight.subscribers s ON s.subscriber_id = d.subscriber_id
LEFT JOIN fortnight.suppressions x ON x.project_id = d.project_id AND x.address_hash = sha256(convert_to(lower(d.recipient ->> 'Address'), 'UTF8'))
WHERE d.delivery_id = @delivery
