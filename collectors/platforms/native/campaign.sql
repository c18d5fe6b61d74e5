SELECT tenant_id, campaign_id, name, version, channel, scheduled_at, started_at
FROM fortnight_events.campaign
WHERE tenant_id = @tenant::text
