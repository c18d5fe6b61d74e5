SELECT @tenant::text AS tenant_id, t.id::text AS team_id, t.name::text AS name
FROM teams t
