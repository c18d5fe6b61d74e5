SELECT id::text AS tenant_id, left(name, 200)::text AS name
FROM "Workspace"
ORDER BY name, id
