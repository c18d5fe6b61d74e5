SELECT p.tenant_id, p.flow_session_id, p.visit, p.position, p.step_id, p.step_name, p.prompt, p.is_question, p.entered_at,
    CASE WHEN p.answered_at < @to::timestamptz THEN p.answered_at END AS answered_at,
    CASE WHEN p.answered_at < @to::timestamptz THEN p.answer END AS answer
FROM fortnight_events.flow_session s
JOIN fortnight_events.flow_step p USING (tenant_id, flow_session_id)
WHERE s.tenant_id = @tenant::text AND s.started_at >= @from::timestamptz AND s.started_at < @to::timestamptz
    AND p.entered_at < @to::timestamptz
