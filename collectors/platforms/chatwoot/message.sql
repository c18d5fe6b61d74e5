-- Incoming (0), outgoing (1) and template (3) messages; activity rows (2) and private notes are none. An agent's message is
-- what Chatwoot itself takes for a person's: sent by a user or echoed from the channel's own app, by no campaign or
-- automation rule. content_attributes is JSON encoded twice, or once: it is searched, not parsed, so that no row can break the reading.
SELECT @tenant::text AS tenant_id, m.id::text AS message_id, m.conversation_id::text AS conversation_id,
    (SELECT v.contact_id FROM conversations v WHERE v.id = m.conversation_id)::text AS user_id,
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
    (SELECT coalesce(nullif(v.additional_attributes ->> 'conversation_language', ''), nullif(v.additional_attributes ->> 'browser_language', ''))
    FROM conversations v
    WHERE v.id = m.conversation_id) AS language,
    NULL::text AS body
FROM messages m
WHERE m.account_id = @tenant::text::int AND m.message_type IN (0, 1, 3) AND NOT m.private
    AND m.created_at >= (@from::timestamptz AT TIME ZONE 'UTC') AND m.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
