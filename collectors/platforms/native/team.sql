SELECT tenant_id, team_id, name
FROM fortnight_events.team
WHERE tenant_id = @tenant::text
