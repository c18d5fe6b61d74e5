-- Up to when do the tenant's data reach, before @to?
SELECT max(sent_at) AS newest
FROM fortnight_events.message
WHERE tenant_id = @tenant::text AND sent_at < @to::timestamptz
