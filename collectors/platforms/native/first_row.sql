-- When do the tenant's data begin?
SELECT min(first) AS first
FROM (
    SELECT min(sent_at) AS first FROM fortnight_events.message WHERE tenant_id = @tenant::text
    UNION ALL
    SELECT min(started_at) FROM fortnight_events.conversation WHERE tenant_id = @tenant::text
    UNION ALL
    SELECT min(offered_at) FROM fortnight_events.assignment WHERE tenant_id = @tenant::text
    UNION ALL
    SELECT min(started_at) FROM fortnight_events.flow_session WHERE tenant_id = @tenant::text
    UNION ALL
    SELECT min(attempted_at) FROM fortnight_events.outbound_delivery WHERE tenant_id = @tenant::text
) AS begins
