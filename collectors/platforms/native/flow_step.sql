SELECT p.tenant_id, p.flow_session_id, p.visit, p.position, p.step_id, p.step_name, p.prompt, p.is_question, p.entered_at,
    CASE WHEN p.answered_at < @to::timestamptz THEN p.answered_at END AS answered_at,
    CASE WHEN p.answered_at < @to::timestamptz THEN p.answer END AS answer
FROM fortnight_events.flow_session s
CROSS JOIN LATERAL (
    SELECT x.tenant_id, x.flow_session_id, x.visit, x.position, x.step_id, x.step_name, x.prompt, x.is_question, x.entered_at, x.answered_at, x.answer
    FROM fortnight_events.flow_step x
    WHERE x.tenant_id = @tenant::text AND x.flow_session_id = s.flow_session_id AND x.entered_at < @to::timestamptz
    OFFSET 0 -- by the primary key
) p
WHERE s.tenant_id = @tenant::text AND s.started_at >= @from::timestamptz AND s.started_at < @to::timestamptz
