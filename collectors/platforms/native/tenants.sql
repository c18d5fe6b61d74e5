SELECT tenant_id, left(COALESCE(name, ''), 200) AS name
FROM fortnight_events.tenant
ORDER BY tenant_id
