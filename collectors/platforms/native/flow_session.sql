SELECT tenant_id, flow_session_id, flow_id, flow_name, flow_version, practice, conversation_id, user_id, channel, started_at, first_response_at,
    last_activity_at, expires_at, ended_at, status, failure_reason, last_step_id, steps_reached, outbound_messages, has_mention, started_by
FROM flow_session_then
WHERE started_at >= @from::timestamptz
