-- As message.sql, of the conversations whose past the period's numbers need: all of the contacts who wrote in it, and those with an
-- episode closed in it. OFFSET 0 keeps the planner to one look into an index a conversation.
SELECT @tenant::text AS tenant_id, m.id::text AS message_id, m.conversation_id::text AS conversation_id, v.contact_id::text AS user_id,
    m.created_at AT TIME ZONE 'UTC' AS sent_at,
    CASE WHEN m.message_type = 0 THEN 'in' ELSE 'out' END AS direction,
    CASE
        WHEN m.message_type = 0 THEN 'user'
        WHEN m.message_type = 3 THEN 'automation'
        WHEN m.additional_attributes ->> 'campaign_id' <> '' THEN 'automation'
        WHEN m.content_attributes::text ~ '[{,]\s*\\?"automation_rule_id\\?"\s*:\s*(\\?"[^\\"]|[1-9t])' THEN 'automation'
        WHEN m.sender_type = 'User' THEN 'agent'
        WHEN m.content_attributes::text ~ '[{,]\s*\\?"external_echo\\?"\s*:\s*(\\?"[^\\"]|[1-9t])' THEN 'agent'
        WHEN m.sender_type IS NOT NULL THEN 'bot' -- AgentBot, Captain::Assistant
        ELSE 'automation'
    END AS author,
    CASE WHEN m.message_type = 1 AND m.sender_type = 'User' THEN m.sender_id::text END AS agent_id,
    (ARRAY['sent', 'delivered', 'read', 'failed'])[m.status + 1] AS delivery,
    CASE WHEN m.content_attributes::text LIKE '%external_error%'
        THEN (m.content_attributes #>> '{}')::jsonb ->> 'external_error' END AS delivery_error,
    coalesce(nullif(v.additional_attributes ->> 'conversation_language', ''), nullif(v.additional_attributes ->> 'browser_language', '')) AS language,
    NULL::text AS body
FROM (
    SELECT h.id
    FROM (
        SELECT DISTINCT w.contact_id
        FROM messages i
        CROSS JOIN LATERAL (SELECT u.contact_id FROM conversations u WHERE u.id = i.conversation_id OFFSET 0) w
        WHERE i.account_id = @tenant::text::int AND i.message_type = 0 AND NOT i.private
            AND i.created_at >= (@from::timestamptz AT TIME ZONE 'UTC') AND i.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
    ) c
    CROSS JOIN LATERAL (SELECT k.id FROM conversations k WHERE k.contact_id = c.contact_id OFFSET 0) h
    UNION
    SELECT e.conversation_id
    FROM reporting_events e
    WHERE e.account_id = @tenant::text::int AND e.name = 'conversation_resolved'
        AND e.created_at >= (@from::timestamptz AT TIME ZONE 'UTC')
        AND e.event_end_time >= (@from::timestamptz AT TIME ZONE 'UTC') AND e.event_end_time < (@to::timestamptz AT TIME ZONE 'UTC')
) q
CROSS JOIN LATERAL (
    SELECT n.contact_id, n.additional_attributes
    FROM conversations n
    WHERE n.id = q.id
    OFFSET 0
) v
CROSS JOIN LATERAL (
    SELECT p.id, p.conversation_id, p.created_at, p.message_type, p.status, p.sender_type, p.sender_id, p.content_attributes, p.additional_attributes
    FROM messages p
    WHERE p.conversation_id = q.id AND p.account_id = @tenant::text::int AND p.message_type IN (0, 1, 3) AND NOT p.private
        AND p.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
    OFFSET 0
) m
