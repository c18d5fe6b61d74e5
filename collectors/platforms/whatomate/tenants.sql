SELECT id::text AS tenant_id, left(name, 200)::text AS name
FROM organizations
ORDER BY name, id
