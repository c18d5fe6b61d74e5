-- The sessions since @since that a goal of the period may have come of: those of its users, and those that it names.
SELECT s.tenant_id, s.flow_session_id, s.flow_id, s.flow_name, s.flow_version, s.practice, s.conversation_id, s.user_id, s.channel, s.started_at,
    s.first_response_at, s.last_activity_at, s.expires_at, s.ended_at, s.status, s.failure_reason, s.last_step_id, s.steps_reached,
    s.outbound_messages, s.has_mention, s.started_by
FROM (
    SELECT h.flow_session_id
    FROM fortnight_events.goal_event g
    JOIN fortnight_events.flow_session h ON h.tenant_id = @tenant::text AND h.user_id = g.user_id
        AND h.started_at >= @since::timestamptz AND h.started_at < @to::timestamptz
    WHERE g.tenant_id = @tenant::text AND g.occurred_at >= @from::timestamptz AND g.occurred_at < @to::timestamptz
    UNION
    SELECT g.flow_session_id
    FROM fortnight_events.goal_event g
    WHERE g.tenant_id = @tenant::text AND g.occurred_at >= @from::timestamptz AND g.occurred_at < @to::timestamptz AND g.flow_session_id IS NOT NULL
) w
JOIN flow_session_then s ON s.flow_session_id = w.flow_session_id AND s.started_at >= @since::timestamptz
