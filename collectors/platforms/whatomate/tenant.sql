SELECT o.id::text AS tenant_id, o.name::text AS name, nullif(o.settings ->> 'timezone', '') AS time_zone, NULL::text AS locale
FROM organizations o
WHERE o.id = @tenant::text::uuid
