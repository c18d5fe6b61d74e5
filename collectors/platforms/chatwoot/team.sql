-- needs teams
SELECT t.account_id::text AS tenant_id, t.id::text AS team_id, t.name::text AS name
FROM teams t
WHERE t.account_id = @tenant::text::int
