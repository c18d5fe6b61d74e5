-- The last message and who began it are looked up only where a section asks for them. Began in: its campaign, else the page it came from
-- without query and scheme, else its inbox.
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
    (ARRAY['open', 'closed', 'pending', 'snoozed'])[v.status + 1] AS status,
    v.waiting_since AT TIME ZONE 'UTC' AS waiting_since,
    (SELECT m.id
    FROM messages m
    WHERE m.conversation_id = v.id AND m.account_id = @tenant::text::int AND m.message_type IN (0, 1, 3) AND NOT m.private
    ORDER BY m.created_at DESC, m.id DESC
    LIMIT 1)::text AS last_message_id,
    (SELECT max(m.created_at)
    FROM messages m
    WHERE m.conversation_id = v.id AND m.account_id = @tenant::text::int AND m.message_type IN (0, 1, 3) AND NOT m.private
    ) AT TIME ZONE 'UTC' AS last_message_at,
    (SELECT CASE WHEN m.message_type = 0 THEN 'user' WHEN m.message_type = 3 THEN 'system' WHEN m.sender_type = 'User' THEN 'agent'
        WHEN m.sender_type IS NOT NULL THEN 'bot' ELSE 'system' END
    FROM messages m
    WHERE m.conversation_id = v.id AND m.account_id = @tenant::text::int AND m.message_type IN (0, 1, 3) AND NOT m.private
    ORDER BY m.created_at DESC, m.id DESC
    LIMIT 1) AS last_message_by,
    (SELECT max(m.created_at)
    FROM messages m
    WHERE m.conversation_id = v.id AND m.account_id = @tenant::text::int AND m.message_type = 0 AND NOT m.private
    ) AT TIME ZONE 'UTC' AS last_user_message_at,
    v.assignee_id::text AS assignee_id, v.priority::smallint AS urgency,
    EXISTS (
        SELECT
        FROM messages m
        WHERE m.conversation_id = v.id AND m.account_id = @tenant::text::int AND m.message_type = 0 AND NOT m.private
            AND m.created_at > coalesce(v.agent_last_seen_at, '-infinity')) AS is_unread,
    coalesce(
        (SELECT nullif(c.title, '') FROM campaigns c WHERE c.id = v.campaign_id),
        nullif(regexp_replace(v.additional_attributes ->> 'referer', '^[a-z]+://|[?#].*$', '', 'g'), ''),
        i.name)::text AS entry_point
FROM touched t
CROSS JOIN LATERAL (
    SELECT n.id, n.contact_id, n.inbox_id, n.status, n.assignee_id, n.priority, n.campaign_id, n.waiting_since, n.agent_last_seen_at,
        n.additional_attributes, n.created_at
    FROM conversations n
    WHERE n.id = t.id AND n.account_id = @tenant::text::int AND n.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
    OFFSET 0 -- by the primary key
) v
LEFT JOIN inboxes i ON i.id = v.inbox_id
