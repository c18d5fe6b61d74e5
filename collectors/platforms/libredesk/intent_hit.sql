-- Libredesk recognises no intents: the tags that conversations were given stand in for them.
SELECT @tenant::text AS tenant_id, NULL::text AS message_id, g.conversation_id::text AS conversation_id,
    (SELECT c.contact_id FROM conversations c WHERE c.id = g.conversation_id)::text AS user_id, g.created_at AS hit_at, t.name::text AS intent,
    NULL::double precision AS confidence, false AS is_fallback, 'label' AS source
FROM conversation_tags g
JOIN tags t ON t.id = g.tag_id
WHERE @tenant::text = 'default' AND g.created_at >= @from::timestamptz AND g.created_at < @to::timestamptz
