SELECT tenant_id, event_id, user_id, kind, occurred_at, status, practice, appointment_id, appointment_at, flow_session_id, amount, currency, detail
FROM fortnight_events.goal_event
WHERE tenant_id = @tenant::text AND occurred_at >= @from::timestamptz AND occurred_at < @to::timestamptz
