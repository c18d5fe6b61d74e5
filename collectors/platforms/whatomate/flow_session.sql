-- Whatomate knows of a session that ended without success only that it timed out or was cancelled; a hand-over to people at that moment
-- tells by whom: a colleague, or the contact by a keyword.
SELECT @tenant::text AS tenant_id, s.id::text AS flow_session_id, s.current_flow_id::text AS flow_id,
    coalesce(f.name, s.session_data ->> '_flow_name')::text AS flow_name, NULL::text AS flow_version, NULL::text AS practice,
    t.conversation_id, s.contact_id::text AS user_id, 'whatsapp' AS channel, s.started_at,
    v.first_response_at, s.last_activity_at, s.last_activity_at + s.patience AS expires_at,
    CASE WHEN s.over_at < @to::timestamptz THEN s.over_at END AS ended_at,
    CASE
        WHEN s.over_at IS NULL OR s.over_at >= @to::timestamptz THEN 'in_progress'
        WHEN s.status = 'completed' THEN 'completed'
        ELSE 'failed'
    END AS status,
    CASE
        WHEN s.over_at IS NULL OR s.over_at >= @to::timestamptz OR s.status = 'completed' THEN NULL
        WHEN s.status = 'timeout' THEN 'TIMEOUT'
        ELSE coalesce((
            SELECT CASE a.source WHEN 'keyword' THEN 'INCOMING_MESSAGE' WHEN 'manual' THEN 'OUTGOING_MANUAL_MESSAGE' END
            FROM (SELECT to_jsonb(x) ->> 'source' AS source, x.transferred_at
                FROM agent_transfers x
                WHERE x.contact_id = s.contact_id AND x.organization_id = @tenant::text::uuid AND x.deleted_at IS NULL
                    AND x.transferred_at >= s.over_at - interval '1 minute' AND x.transferred_at <= s.over_at + interval '1 minute') a
            ORDER BY a.transferred_at
            LIMIT 1), 'CANCELLED')
    END AS failure_reason,
    v.last_step AS last_step_id, v.steps::int AS steps_reached,
    (SELECT count(*)
    FROM chatbot_session_messages m
    WHERE m.session_id = s.id AND m.direction = 'outgoing' AND m.deleted_at IS NULL AND m.created_at < @to::timestamptz)::int AS outbound_messages,
    NULL::boolean AS has_mention, NULL::text AS started_by
FROM whatomate_flow s
LEFT JOIN chatbot_flows f ON f.id = s.current_flow_id
LEFT JOIN whatomate_thread t ON t.contact_id = s.contact_id AND s.started_at >= t.started_at - interval '1 minute' AND s.started_at <= t.last_at + interval '1 minute'
LEFT JOIN (
    SELECT x.session_id, min(x.answered_at) AS first_response_at, count(DISTINCT x.step_name) AS steps,
        (array_agg(x.step_name ORDER BY x.visit DESC))[1] AS last_step
    FROM whatomate_visit x
    GROUP BY x.session_id
) v ON v.session_id = s.id
