SELECT tenant_id, flow_session_id, flow_id, flow_name, flow_version, practice, conversation_id, user_id, channel, started_at,
    CASE WHEN first_response_at < @to::timestamptz THEN first_response_at END AS first_response_at,
    CASE WHEN last_activity_at < @to::timestamptz THEN last_activity_at END AS last_activity_at,
    expires_at,
    CASE WHEN ended_at < @to::timestamptz THEN ended_at END AS ended_at,
    CASE WHEN ended_at >= @to::timestamptz THEN 'in_progress' ELSE status END AS status,
    CASE WHEN ended_at < @to::timestamptz THEN failure_reason END AS failure_reason,
    last_step_id, steps_reached, outbound_messages, has_mention, started_by
FROM fortnight_events.flow_session
WHERE tenant_id = @tenant::text AND started_at >= @from::timestamptz AND started_at < @to::timestamptz
