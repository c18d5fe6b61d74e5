-- A closing at or after the period's end has not happened yet, nor has its reason.
SELECT tenant_id, conversation_id, seq, opened_at,
    CASE WHEN closed_at < @to::timestamptz THEN closed_at END AS closed_at,
    CASE WHEN closed_at < @to::timestamptz THEN close_reason END AS close_reason,
    CASE WHEN closed_at < @to::timestamptz THEN closed_by END AS closed_by,
    agent_id, calendar_id
FROM fortnight_events.episode
WHERE tenant_id = @tenant::text AND opened_at < @to::timestamptz
    AND (closed_at >= @from::timestamptz OR closed_at IS NULL)
