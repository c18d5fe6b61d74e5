-- Agents, former ones too, and AI assistants. One may be in several teams: the conversation has the team.
SELECT @tenant::text AS tenant_id, a.id::text AS agent_id, a.full_name AS display_name,
    CASE
        WHEN a.kind = 'bot' THEN 'bot'
        WHEN EXISTS (SELECT FROM user_roles r JOIN roles o ON o.id = r.role_id WHERE r.user_id = a.id AND o.name = 'Admin') THEN 'admin'
        ELSE 'agent'
    END AS role,
    NULL::text AS team_id, a.is_active
FROM libredesk_agent a
WHERE a.kind <> 'system'
