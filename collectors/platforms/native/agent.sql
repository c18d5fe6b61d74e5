SELECT tenant_id, agent_id, display_name, role, team_id, is_active
FROM fortnight_events.agent
WHERE tenant_id = @tenant::text
