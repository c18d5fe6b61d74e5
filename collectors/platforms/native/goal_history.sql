-- All that is known up to the read of the appointments that something happened to in the period.
SELECT g.tenant_id, g.event_id, g.user_id, g.kind, g.occurred_at, g.status, g.practice, g.appointment_id, g.appointment_at, g.flow_session_id,
    g.amount, g.currency, g.detail
FROM (
    SELECT DISTINCT i.appointment_id
    FROM fortnight_events.goal_event i
    WHERE i.tenant_id = @tenant::text AND i.occurred_at >= @from::timestamptz AND i.occurred_at < @to::timestamptz
) a
JOIN fortnight_events.goal_event g ON g.tenant_id = @tenant::text AND g.appointment_id = a.appointment_id AND g.occurred_at <= @now::timestamptz
