SELECT tenant_id, COALESCE(name, '') AS name
FROM fortnight_events.tenant
ORDER BY tenant_id
