SELECT tenant_id, user_id, display_name, address, first_seen_at, language, channel
FROM fortnight_events.end_user
WHERE tenant_id = @tenant::text
