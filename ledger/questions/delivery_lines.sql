-- What became of the deliveries @deliveries (bigint[])?
SELECT d.delivery_id, d.edition_id, d.recipient, d.state, d.attempts, d.message_id, d.dated, coalesce(d.lease_until, d.next_at) AS next_at, d.answer,
       d.code, d.status, d.changed_at, d.expires_at, d.place, e.zone,
       r.kind AS bounce_kind, r.status AS bounce_status, r.diagnostic AS bounce_diagnostic, r.at AS bounced_at
FROM unnest(@deliveries::bigint[]) WITH ORDINALITY AS l (delivery_id, place)
JOIN fortnight.deliveries d ON d.delivery_id = l.delivery_id
JOIN fortnight.editions e ON e.edition_id = d.edition_id
LEFT JOIN LATERAL (SELECT b.kind, b.status, b.diagnostic, b.at
                   FROM fortnight.bounces b
                   WHERE b.delivery_id = d.delivery_id
                   ORDER BY array_position(ARRAY['complaint', 'hard', 'soft', 'delayed', 'ignored'], b.kind), b.bounce_id DESC
                   LIMIT 1) r ON true
ORDER BY l.place
