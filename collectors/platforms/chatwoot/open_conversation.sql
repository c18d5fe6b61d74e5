-- Open (0), pending (2) and snoozed (3) now, by the index on status and account. The address in the platform has the display id. What each
-- subquery looks up is by the conversation's own messages.
SELECT @tenant::text AS tenant_id, v.id::text AS conversation_id, v.contact_id::text AS user_id,
    CASE i.channel_type
        WHEN 'Channel::WebWidget' THEN 'chat'
        WHEN 'Channel::TwilioSms' THEN 'sms'
        WHEN 'Channel::FacebookPage' THEN 'facebook'
        WHEN 'Channel::TwitterProfile' THEN 'twitter'
        ELSE lower(replace(i.channel_type, 'Channel::', ''))
    END AS channel,
    v.inbox_id::text AS inbox_id, 'inbox:' || v.inbox_id AS calendar_id, NULL::text AS practice,
    v.created_at AT TIME ZONE 'UTC' AS started_at,
    CASE WHEN v.campaign_id IS NOT NULL THEN 'campaign' ELSE coalesce((
        SELECT CASE
            WHEN m.message_type = 0 THEN 'user'
            WHEN m.additional_attributes ->> 'campaign_id' <> '' THEN 'campaign'
            WHEN m.message_type = 3 OR m.content_attributes::text ~ '[{,]\s*\\?"automation_rule_id\\?"\s*:\s*(\\?"[^\\"]|[1-9t])' THEN 'unknown'
            WHEN m.sender_type = 'User' OR m.content_attributes::text ~ '[{,]\s*\\?"external_echo\\?"\s*:\s*(\\?"[^\\"]|[1-9t])' THEN 'agent'
            WHEN m.sender_type IS NOT NULL THEN 'bot'
            ELSE 'unknown' END
        FROM messages m
        WHERE m.conversation_id = v.id AND m.account_id = @tenant::text::int AND m.message_type IN (0, 1, 3) AND NOT m.private
        ORDER BY m.created_at, m.id
        LIMIT 1), 'unknown') END AS initiated_by,
    CASE v.status WHEN 0 THEN 'open' WHEN 2 THEN 'pending' ELSE 'snoozed' END AS status,
    v.waiting_since AT TIME ZONE 'UTC' AS waiting_since,
    l.id::text AS last_message_id, l.created_at AT TIME ZONE 'UTC' AS last_message_at,
    CASE
        WHEN l.message_type = 0 THEN 'user'
        WHEN l.message_type = 3 OR l.additional_attributes ->> 'campaign_id' <> ''
            OR l.content_attributes::text ~ '[{,]\s*\\?"automation_rule_id\\?"\s*:\s*(\\?"[^\\"]|[1-9t])' THEN 'system'
        WHEN l.sender_type = 'User' OR l.content_attributes::text ~ '[{,]\s*\\?"external_echo\\?"\s*:\s*(\\?"[^\\"]|[1-9t])' THEN 'agent'
        WHEN l.sender_type IS NOT NULL THEN 'bot'
        WHEN l.id IS NOT NULL THEN 'system'
    END AS last_message_by,
    u.created_at AT TIME ZONE 'UTC' AS last_user_message_at,
    v.assignee_id::text AS assignee_id, v.priority::smallint AS urgency,
    u.created_at IS NOT NULL AND u.created_at > coalesce(v.agent_last_seen_at, '-infinity') AS is_unread,
    NULL::text AS entry_point, nullif(c.name, '')::text AS user_name,
    coalesce(nullif(c.phone_number, ''), nullif(c.email, ''))::text AS user_address, i.name::text AS inbox_name,
    CASE WHEN l.message_type <> 0 THEN (ARRAY['sent', 'delivered', 'read', 'failed'])[l.status + 1] END AS last_delivery,
    CASE WHEN l.message_type <> 0 AND l.status = 3 AND l.content_attributes::text LIKE '%external_error%'
        THEN nullif(substring(l.content_attributes::text FROM 'external_error\\?"\s*:\s*\\?"([^"\\]{1,255})'), '') END AS last_delivery_error,
    v.display_id::text AS public_id
FROM conversations v
LEFT JOIN inboxes i ON i.id = v.inbox_id
LEFT JOIN LATERAL (
    SELECT x.name, x.phone_number, x.email
    FROM contacts x
    WHERE x.id = v.contact_id AND x.account_id = @tenant::text::int
    OFFSET 0 -- by the primary key
) c ON true
LEFT JOIN LATERAL (
    SELECT m.id, m.created_at, m.message_type, m.sender_type, m.status, m.content_attributes, m.additional_attributes
    FROM messages m
    WHERE m.conversation_id = v.id AND m.account_id = @tenant::text::int AND m.message_type IN (0, 1, 3) AND NOT m.private
    ORDER BY m.created_at DESC, m.id DESC
    LIMIT 1
) l ON true
LEFT JOIN LATERAL (
    SELECT max(m.created_at) AS created_at
    FROM messages m
    WHERE m.conversation_id = v.id AND m.account_id = @tenant::text::int AND m.message_type = 0 AND NOT m.private
) u ON true
WHERE v.status IN (0, 2, 3) AND v.account_id = @tenant::text::int AND v.created_at <= (@now::timestamptz AT TIME ZONE 'UTC')
