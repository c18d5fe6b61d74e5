-- Open now: contacts handed over to people; and those whose last word, within WhatsApp's window of 24 hours, nobody has answered.
SELECT @tenant::text AS tenant_id, c.id || ':' || floor(extract(epoch FROM b.started_at))::bigint AS conversation_id, c.id::text AS user_id,
    'whatsapp' AS channel, l.whats_app_account::text AS inbox_id, 'account:' || l.whats_app_account AS calendar_id, NULL::text AS practice,
    b.started_at,
    coalesce((
        SELECT CASE
            WHEN m.direction = 'incoming' THEN 'user'
            WHEN m.sent_by_user_id IS NOT NULL THEN 'agent'
            WHEN m.metadata ->> 'campaign_id' <> '' THEN 'campaign'
            WHEN m.template_name <> '' THEN 'unknown'
            ELSE 'bot' END
        FROM messages m
        WHERE m.contact_id = c.id AND m.organization_id = @tenant::text::uuid AND m.created_at >= b.started_at AND m.deleted_at IS NULL
            AND m.message_type NOT IN ('reaction', 'call')
        ORDER BY m.created_at, m.id
        LIMIT 1), 'unknown') AS initiated_by,
    CASE WHEN o.transferred_at IS NOT NULL THEN 'open' ELSE 'pending' END AS status,
    CASE WHEN l.direction = 'incoming' THEN (
        SELECT min(m.created_at)
        FROM messages m
        WHERE m.contact_id = c.id AND m.organization_id = @tenant::text::uuid AND m.direction = 'incoming' AND m.deleted_at IS NULL
            AND m.message_type NOT IN ('reaction', 'call') AND m.created_at >= b.started_at
            AND m.created_at > coalesce((
                SELECT max(x.created_at)
                FROM messages x
                WHERE x.contact_id = c.id AND x.organization_id = @tenant::text::uuid AND x.direction = 'outgoing' AND x.deleted_at IS NULL
                    AND x.message_type NOT IN ('reaction', 'call')), '-infinity')) END AS waiting_since,
    l.id::text AS last_message_id, l.created_at AS last_message_at,
    CASE
        WHEN l.direction = 'incoming' THEN 'user'
        WHEN l.sent_by_user_id IS NOT NULL THEN 'agent'
        WHEN l.template_name <> '' OR l.metadata ->> 'campaign_id' <> '' THEN 'system'
        WHEN l.id IS NOT NULL THEN 'bot'
    END AS last_message_by,
    (SELECT max(m.created_at)
    FROM messages m
    WHERE m.contact_id = c.id AND m.organization_id = @tenant::text::uuid AND m.direction = 'incoming' AND m.deleted_at IS NULL
        AND m.message_type NOT IN ('reaction', 'call')) AS last_user_message_at,
    coalesce(o.agent_id, c.assigned_user_id)::text AS assignee_id, NULL::smallint AS urgency, NOT c.is_read AS is_unread,
    NULL::text AS entry_point, nullif(c.profile_name, '')::text AS user_name, c.phone_number::text AS user_address,
    l.whats_app_account::text AS inbox_name,
    CASE WHEN l.direction = 'outgoing' AND l.status IN ('pending', 'sent', 'delivered', 'read', 'failed') THEN l.status END::text AS last_delivery,
    CASE WHEN l.direction = 'outgoing' AND l.status = 'failed' THEN nullif(l.error_message, '') END::text AS last_delivery_error,
    c.id::text AS public_id
FROM (
    SELECT t.contact_id
    FROM agent_transfers t
    WHERE t.organization_id = @tenant::text::uuid AND t.deleted_at IS NULL AND t.status = 'active' AND t.resumed_at IS NULL
    UNION
    SELECT m.contact_id
    FROM messages m
    WHERE m.whats_app_account = ANY (@account_ids::text[]) AND m.organization_id = @tenant::text::uuid AND m.direction = 'incoming'
        AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
        AND m.created_at > @now::timestamptz - interval '24 hours' AND m.created_at <= @now::timestamptz
) k
CROSS JOIN LATERAL (
    SELECT n.id, n.profile_name, n.phone_number, n.assigned_user_id, n.is_read
    FROM contacts n
    WHERE n.id = k.contact_id AND n.deleted_at IS NULL
    OFFSET 0 -- by the primary key
) c
LEFT JOIN LATERAL (
    SELECT m.id, m.created_at, m.direction, m.sent_by_user_id, m.template_name, m.metadata, m.status, m.error_message, m.whats_app_account
    FROM messages m
    WHERE m.contact_id = c.id AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
    ORDER BY m.created_at DESC, m.id DESC
    LIMIT 1
) l ON true
LEFT JOIN LATERAL (
    SELECT t.transferred_at, t.agent_id
    FROM agent_transfers t
    WHERE t.contact_id = c.id AND t.organization_id = @tenant::text::uuid AND t.deleted_at IS NULL AND t.status = 'active'
    ORDER BY t.transferred_at DESC
    LIMIT 1
) o ON true
CROSS JOIN LATERAL ( -- back from the hand-over, else from the last message, a day at a time
    WITH RECURSIVE back AS (
        SELECT coalesce((
            SELECT max(m.created_at)
            FROM messages m
            WHERE m.contact_id = c.id AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
                AND m.created_at >= o.transferred_at - interval '24 hours' AND m.created_at <= o.transferred_at + interval '1 minute'),
            o.transferred_at, l.created_at) AS at
        UNION ALL
        SELECT (
            SELECT min(m.created_at)
            FROM messages m
            WHERE m.contact_id = c.id AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
                AND m.created_at >= p.at - interval '24 hours' AND m.created_at < p.at)
        FROM back p
        WHERE p.at IS NOT NULL
    )
    SELECT min(q.at) AS started_at
    FROM back q
) b
WHERE o.transferred_at IS NOT NULL OR l.direction = 'incoming' AND l.created_at > @now::timestamptz - interval '24 hours'
