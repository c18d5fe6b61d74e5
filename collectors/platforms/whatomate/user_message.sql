-- All that was written to and by contacts. Whose messages they are is told as in message; a contact's thread is one for ever, so that these
-- name no conversation.
SELECT @tenant::text AS tenant_id, m.id::text AS message_id, NULL::text AS conversation_id, m.contact_id::text AS user_id, m.created_at AS sent_at,
    CASE WHEN m.direction = 'incoming' THEN 'in' ELSE 'out' END AS direction,
    CASE
        WHEN m.direction = 'incoming' THEN 'user'
        WHEN m.sent_by_user_id IS NOT NULL THEN 'agent'
        WHEN m.template_name <> '' OR m.metadata ->> 'campaign_id' <> '' THEN 'automation'
        ELSE 'bot'
    END AS author,
    m.sent_by_user_id::text AS agent_id,
    CASE WHEN m.direction = 'outgoing' AND m.status IN ('pending', 'sent', 'delivered', 'read', 'failed') THEN m.status END::text AS delivery,
    CASE WHEN m.direction = 'outgoing' AND m.status = 'failed' THEN nullif(m.error_message, '') END::text AS delivery_error,
    NULL::text AS language, m.content::text AS body
FROM messages m
WHERE m.contact_id = ANY (ARRAY(SELECT u::uuid FROM unnest(@users::text[]) AS u WHERE u ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'))
    AND m.organization_id = @tenant::text::uuid AND m.created_at < @to::timestamptz
    AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
