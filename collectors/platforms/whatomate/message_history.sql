-- As message.sql, of the period's conversations from their begin. What their contacts wrote in earlier ones holds nothing that a number
-- could need: Whatomate knows no languages. OFFSET 0 keeps the planner to one look into the index a conversation.
SELECT @tenant::text AS tenant_id, m.id::text AS message_id, t.conversation_id, t.contact_id::text AS user_id, m.created_at AS sent_at,
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
    NULL::text AS language, NULL::text AS body
FROM whatomate_thread t
CROSS JOIN LATERAL (
    SELECT p.id, p.created_at, p.direction, p.sent_by_user_id, p.template_name, p.metadata, p.status, p.error_message, p.content
    FROM messages p
    WHERE p.contact_id = t.contact_id AND p.organization_id = @tenant::text::uuid AND p.created_at >= t.started_at AND p.created_at <= t.last_at
        AND p.deleted_at IS NULL AND p.message_type NOT IN ('reaction', 'call')
    OFFSET 0
) m
