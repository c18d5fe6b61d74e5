-- What contacts and agents wrote; private notes, log lines, and the mails that repeat a chat's messages to somebody who has left it are none. What the
-- platform's own user sends is automation.
SELECT @tenant::text AS tenant_id, m.id::text AS message_id, m.conversation_id::text AS conversation_id,
    (SELECT c.contact_id FROM conversations c WHERE c.id = m.conversation_id)::text AS user_id, m.created_at AS sent_at,
    CASE m.type WHEN 'incoming' THEN 'in' ELSE 'out' END AS direction,
    CASE WHEN m.sender_type = 'contact' THEN 'user' ELSE coalesce(CASE a.kind WHEN 'system' THEN 'automation' ELSE a.kind END, 'agent') END AS author,
    CASE WHEN m.sender_type = 'agent' THEN m.sender_id::text END AS agent_id,
    CASE WHEN m.type = 'outgoing' AND m.status::text IN ('pending', 'sent', 'failed') THEN m.status::text END AS delivery,
    NULL::text AS delivery_error, NULL::text AS language, NULL::text AS body
FROM conversation_messages m
LEFT JOIN libredesk_agent a ON a.id = m.sender_id
WHERE @tenant::text = 'default' AND m.created_at >= @from::timestamptz AND m.created_at < @to::timestamptz AND m.type IN ('incoming', 'outgoing') AND NOT m.private
    AND m.meta ->> 'continuity_email' IS DISTINCT FROM 'true'
