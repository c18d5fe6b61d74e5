-- Reactions and calls are no messages. A template that no user sent, and what a campaign sent, is automation; what neither a user nor a
-- campaign sent is the bot's: a notice of the platform itself cannot be told from it. Whatomate counts a message when it saved it.
SELECT @tenant::text AS tenant_id, m.id::text AS message_id, t.conversation_id, m.contact_id::text AS user_id, m.created_at AS sent_at,
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
FROM messages m
LEFT JOIN whatomate_thread t ON t.contact_id = m.contact_id AND t.started_at <= m.created_at AND t.last_at >= m.created_at
WHERE m.whats_app_account = ANY (@account_ids::text[]) AND m.organization_id = @tenant::text::uuid
    AND m.created_at >= @from::timestamptz AND m.created_at < @to::timestamptz
    AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
