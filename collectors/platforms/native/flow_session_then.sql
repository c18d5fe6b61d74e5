-- What is known of each session of the tenant before the period's end. An end is that of the row, else of a status that says there
-- was one; what ended at or after @to was in progress then. A session whose sender gives no count, or that went on after @to, has what
-- its steps tell.
SELECT s.tenant_id, s.flow_session_id, s.flow_id, s.flow_name, s.flow_version, s.practice, s.conversation_id, s.user_id, s.channel, s.started_at,
    CASE
        WHEN s.first_response_at < @to::timestamptz THEN s.first_response_at
        WHEN s.first_response_at IS NULL THEN (
            SELECT min(p.answered_at)
            FROM fortnight_events.flow_step p
            WHERE p.tenant_id = @tenant::text AND p.flow_session_id = s.flow_session_id AND p.answered_at < @to::timestamptz)
    END AS first_response_at,
    CASE WHEN s.last_activity_at < @to::timestamptz THEN s.last_activity_at END AS last_activity_at,
    s.expires_at,
    CASE WHEN e.ended_at < @to::timestamptz THEN e.ended_at END AS ended_at,
    CASE WHEN e.ended_at < @to::timestamptz THEN s.status ELSE 'in_progress' END AS status,
    CASE WHEN e.ended_at < @to::timestamptz THEN s.failure_reason END AS failure_reason,
    s.last_step_id,
    CASE
        WHEN s.steps_reached IS NULL OR e.ended_at IS NULL OR e.ended_at >= @to::timestamptz THEN COALESCE((
            SELECT nullif(count(DISTINCT COALESCE(p.step_id, p.step_name, p.position::text))::int, 0)
            FROM fortnight_events.flow_step p
            WHERE p.tenant_id = @tenant::text AND p.flow_session_id = s.flow_session_id AND p.entered_at < @to::timestamptz), s.steps_reached)
        ELSE s.steps_reached
    END AS steps_reached,
    CASE
        WHEN s.outbound_messages IS NOT NULL AND s.last_activity_at >= @to::timestamptz THEN LEAST(s.outbound_messages, (
            SELECT nullif(count(*)::int, 0)
            FROM fortnight_events.flow_step p
            WHERE p.tenant_id = @tenant::text AND p.flow_session_id = s.flow_session_id AND p.entered_at < @to::timestamptz))
        ELSE s.outbound_messages
    END AS outbound_messages,
    s.has_mention, s.started_by
FROM fortnight_events.flow_session s
CROSS JOIN LATERAL (
    SELECT COALESCE(s.ended_at, CASE WHEN s.status IN ('completed', 'failed') THEN COALESCE(s.last_activity_at, s.expires_at, s.started_at) END) AS ended_at
) e
WHERE s.tenant_id = @tenant::text AND s.started_at < @to::timestamptz
