SELECT w.id::text AS tenant_id, w.name::text AS name, NULL::text AS time_zone, NULL::text AS locale
FROM "Workspace" w
WHERE w.id = @tenant::text
