SELECT tenant_id, calendar_id, holiday
FROM fortnight_events.business_holiday
WHERE tenant_id = @tenant::text
