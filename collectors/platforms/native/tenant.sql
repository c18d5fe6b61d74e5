SELECT tenant_id, name, time_zone, locale
FROM fortnight_events.tenant
WHERE tenant_id = @tenant::text
