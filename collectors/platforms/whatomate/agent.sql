-- The organization's users and members, former ones too. A user in several teams has none here: the hand-over has it.
SELECT @tenant::text AS tenant_id, u.id::text AS agent_id, u.full_name::text AS display_name,
    CASE WHEN lower(coalesce(n.name, to_jsonb(u) ->> 'role', 'agent')) IN ('admin', 'manager', 'super_admin') THEN 'admin' ELSE 'agent' END AS role,
    (SELECT min(m.team_id::text) FROM team_members m WHERE m.user_id = u.id AND m.deleted_at IS NULL HAVING count(*) = 1) AS team_id,
    coalesce(u.is_active, true) AND u.deleted_at IS NULL AS is_active
FROM users u
LEFT JOIN whatomate_member b ON b.user_id = u.id
LEFT JOIN whatomate_role n ON n.id = coalesce(b.role_id, (to_jsonb(u) ->> 'role_id')::uuid)
WHERE u.organization_id = @tenant::text::uuid OR b.user_id IS NOT NULL
