-- The account's members, and former ones who wrote in the period. A member may be in several teams: the conversation has the team.
SELECT @tenant::text AS tenant_id, u.id::text AS agent_id, coalesce(nullif(u.display_name, ''), u.name)::text AS display_name,
    CASE WHEN a.role = 1 THEN 'admin' ELSE 'agent' END AS role,
    NULL::text AS team_id,
    a.user_id IS NOT NULL AND u.confirmed_at IS NOT NULL AS is_active
FROM users u
LEFT JOIN account_users a ON a.user_id = u.id AND a.account_id = @tenant::text::int
WHERE a.user_id IS NOT NULL
    OR u.id IN (
        SELECT m.sender_id
        FROM messages m
        WHERE m.account_id = @tenant::text::int AND m.sender_type = 'User'
            AND m.created_at >= (@from::timestamptz AT TIME ZONE 'UTC') AND m.created_at < (@to::timestamptz AT TIME ZONE 'UTC'))
