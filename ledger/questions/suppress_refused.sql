-- Write no more to the addresses that a server has refused for good: by the @numbers-th attempts of @deliveries. The first reason stays.
INSERT INTO fortnight.suppressions (project_id, address_hash, address, reason, at)
SELECT d.project_id, sha256(convert_to(lower(d.recipient ->> 'Address'), 'UTF8')) AS address_hash, d.recipient ->> 'Address', 'refused with ' || a.status, @now
FROM unnest(@deliveries::bigint[], @numbers::integer[]) AS g (delivery_id, number)
JOIN fortnight.attempts a ON a.delivery_id = g.delivery_id AND a.number = g.number
JOIN fortnight.deliveries d ON d.delivery_id = g.delivery_id
WHERE a.state = 'failed' AND d.recipient ->> 'Address' <> ''
ORDER BY address_hash
ON CONFLICT (project_id, address_hash) DO NOTHING
