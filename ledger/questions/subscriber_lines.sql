-- Who are the subscribers @subscribers (bigint[]), what did they choose, and what became of the latest delivery to each?
SELECT s.subscriber_id, s.name, s.address, s.locale, s.zone, s.audience, s.agent, s.pdf, s.added_by, s.added_at, s.unsubscribed_at, s.removed_at, s.wishes, s.listed_as,
       p.key AS project, d.key AS digest, coalesce(x.reason, '') AS suppressed, coalesce(l.state, '') AS last_state, l.changed_at AS last_at
FROM unnest(@subscribers::bigint[]) WITH ORDINALITY AS w (subscriber_id, place)
JOIN fortnight.subscribers s ON s.subscriber_id = w.subscriber_id
JOIN fortnight.digests d ON d.digest_id = s.digest_id
JOIN fortnight.projects p ON p.project_id = s.project_id
LEFT JOIN fortnight.suppressions x ON x.project_id = s.project_id AND x.address_hash = s.address_hash
LEFT JOIN LATERAL (SELECT v.state, v.changed_at
                   FROM fortnight.deliveries v
                   WHERE v.subscriber_id = s.subscriber_id
                   ORDER BY v.delivery_id DESC
                   LIMIT 1) l ON true
ORDER BY w.place
