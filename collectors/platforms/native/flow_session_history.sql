-- The sessions since @since that a goal of the period may have come of: those of its users, and those that it names.
SELECT s.tenant_id, s.flow_session_id, s.flow_id, s.flow_name, s.flow_version, s.practice, s.conversation_id, s.user_id, s.channel, s.started_at,
    s.first_response_at, s.last_activity_at, s.expires_at, s.ended_at, s.status, s.failure_reason, s.last_step_id, s.steps_reached,
    s.outbound_messages, s.has_mention, s.started_by
FROM (
    SELECT h.flow_session_id
    FROM fortnight_events.goal_event g
    CROSS JOIN LATERAL (
        SELECT x.flow_session_id
        FROM fortnight_events.flow_session x
        WHERE x.tenant_id = @tenant::text AND x.user_id = g.user_id AND x.started_at >= @since::timestamptz AND x.started_at < @to::timestamptz
        OFFSET 0 -- by the index on user and time
    ) h
    WHERE g.tenant_id = @tenant::text AND g.occurred_at >= @from::timestamptz AND g.occurred_at < @to::timestamptz
    UNION
    SELECT g.flow_session_id
    FROM fortnight_events.goal_event g
    WHERE g.tenant_id = @tenant::text AND g.occurred_at >= @from::timestamptz AND g.occurred_at < @to::timestamptz AND g.flow_session_id IS NOT NULL
) w
CROSS JOIN LATERAL (
    SELECT t.tenant_id, t.flow_session_id, t.flow_id, t.flow_name, t.flow_version, t.practice, t.conversation_id, t.user_id, t.channel, t.started_at,
        t.first_response_at, t.last_activity_at, t.expires_at, t.ended_at, t.status, t.failure_reason, t.last_step_id, t.steps_reached,
        t.outbound_messages, t.has_mention, t.started_by
    FROM flow_session_then t
    WHERE t.flow_session_id = w.flow_session_id AND t.started_at >= @since::timestamptz
    OFFSET 0 -- by the primary key
) s
