-- As message.sql, of the touched conversations from their begin. What their contacts wrote in others holds nothing that a number could need:
-- Libredesk knows no languages.
SELECT @tenant::text AS tenant_id, m.id::text AS message_id, m.conversation_id::text AS conversation_id, t.contact_id::text AS user_id, m.created_at AS sent_at,
    CASE m.type WHEN 'incoming' THEN 'in' ELSE 'out' END AS direction,
    CASE WHEN m.sender_type = 'contact' THEN 'user' ELSE coalesce(CASE a.kind WHEN 'system' THEN 'automation' ELSE a.kind END, 'agent') END AS author,
    CASE WHEN m.sender_type = 'agent' THEN m.sender_id::text END AS agent_id,
    CASE WHEN m.type = 'outgoing' AND m.status::text IN ('pending', 'sent', 'failed') THEN m.status::text END AS delivery,
    NULL::text AS delivery_error, NULL::text AS language, NULL::text AS body
FROM libredesk_touched t
CROSS JOIN LATERAL (
    SELECT x.id, x.conversation_id, x.created_at, x.type, x.sender_type, x.sender_id, x.status, x.text_content, x.content
    FROM conversation_messages x
    WHERE x.conversation_id = t.id AND x.created_at < @to::timestamptz AND x.type IN ('incoming', 'outgoing') AND NOT x.private
        AND x.meta ->> 'continuity_email' IS DISTINCT FROM 'true'
    OFFSET 0 -- by the index on conversation and time
) m
LEFT JOIN libredesk_agent a ON a.id = m.sender_id
