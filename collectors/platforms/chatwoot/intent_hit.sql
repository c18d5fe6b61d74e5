-- Chatwoot recognises no intents: the labels that conversations were given stand in for them.
SELECT @tenant::text AS tenant_id, NULL::text AS message_id, v.id::text AS conversation_id, v.contact_id::text AS user_id,
    g.created_at AT TIME ZONE 'UTC' AS hit_at, t.name::text AS intent, NULL::double precision AS confidence, false AS is_fallback, 'label' AS source
FROM taggings g
JOIN tags t ON t.id = g.tag_id
JOIN conversations v ON v.id = g.taggable_id
WHERE g.taggable_type = 'Conversation' AND g.context = 'labels' AND v.account_id = @tenant::text::int
    AND g.created_at >= (@from::timestamptz AT TIME ZONE 'UTC') AND g.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
