-- All that was written to and by contacts; whose a message is is told as in message. Private notes are none.
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
    CASE WHEN m.message_type <> 0 THEN (ARRAY['sent', 'delivered', 'read', 'failed'])[m.status + 1] END AS delivery,
    NULL::text AS delivery_error, NULL::text AS language, (to_jsonb(m) ->> 'content')::text AS body
FROM conversations v
CROSS JOIN LATERAL (
    SELECT x.*
    FROM messages x
    WHERE x.conversation_id = v.id AND x.account_id = @tenant::text::int AND x.message_type IN (0, 1, 3) AND NOT x.private
        AND x.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
    OFFSET 0 -- by the index on conversation_id
) m
WHERE v.account_id = @tenant::text::int
    AND v.contact_id = ANY (ARRAY(SELECT u::bigint FROM unnest(@users::text[]) AS u WHERE u ~ '^[0-9]{1,18}$'))
