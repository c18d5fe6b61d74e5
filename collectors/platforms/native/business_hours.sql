SELECT tenant_id, calendar_id, weekday, opens, closes, time_zone
FROM fortnight_events.business_hours
WHERE tenant_id = @tenant::text
