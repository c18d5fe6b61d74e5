SELECT tenant_id, user_id, display_name, address
FROM fortnight_events.end_user
WHERE tenant_id = @tenant::text AND user_id = ANY (@users::text[])
