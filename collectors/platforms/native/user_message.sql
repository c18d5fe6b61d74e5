SELECT tenant_id, message_id, conversation_id, user_id, sent_at, direction, author, agent_id, delivery, delivery_error, language, body
FROM fortnight_events.message
WHERE tenant_id = @tenant::text AND user_id = ANY (@users::text[]) AND sent_at < @to::timestamptz
