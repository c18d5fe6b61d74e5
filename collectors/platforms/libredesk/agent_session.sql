-- From the log of log-ins, log-outs and going away: what one says goes until the next one of the same agent. What was said longer than seven days
-- before the period does not reach into it.
SELECT @tenant::text AS tenant_id, w.id::text AS session_id, w.agent_id::text AS agent_id, w.at AS started_at, w.ended_at,
    least(greatest(w.at, a.last_active_at), @to::timestamptz) AS last_activity_at, CASE WHEN w.kind IN ('agent_login', 'agent_online') THEN 'online' ELSE 'away' END AS state
FROM (
    SELECT l.id, l.at, l.kind, l.agent_id, lead(l.at) OVER (PARTITION BY l.agent_id ORDER BY l.at, l.id) AS ended_at
    FROM (
        SELECT x.id, x.created_at AS at, x.activity_type::text AS kind,
            CASE WHEN x.activity_type::text IN ('agent_login', 'agent_logout') THEN x.actor_id ELSE x.target_model_id END AS agent_id
        FROM activity_logs x
        WHERE @tenant::text = 'default' AND x.created_at >= @from::timestamptz - interval '7 days' AND x.created_at < @to::timestamptz
            AND x.activity_type::text IN ('agent_login', 'agent_logout', 'agent_online', 'agent_away', 'agent_away_reassigned')
    ) l
) w
LEFT JOIN libredesk_agent a ON a.id = w.agent_id
WHERE w.kind <> 'agent_logout' AND (w.ended_at IS NULL OR w.ended_at >= @from::timestamptz)
