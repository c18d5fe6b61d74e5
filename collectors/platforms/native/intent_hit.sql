SELECT tenant_id, message_id, conversation_id, user_id, hit_at, intent, confidence, is_fallback, source
FROM fortnight_events.intent_hit
WHERE tenant_id = @tenant::text AND hit_at >= @from::timestamptz AND hit_at < @to::timestamptz
