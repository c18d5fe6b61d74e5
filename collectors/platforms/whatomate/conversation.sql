-- Who began it and what came last are looked up only where a section asks for them. Open: handed over to people now; pending: the contact
-- wrote last, and WhatsApp's window of 24 hours is open; closed otherwise. Began in: the campaign that it answers, else its first flow.
SELECT @tenant::text AS tenant_id, t.conversation_id, t.contact_id::text AS user_id, 'whatsapp' AS channel,
    (SELECT m.whats_app_account
    FROM messages m
    WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.created_at >= t.started_at
    ORDER BY m.created_at
    LIMIT 1)::text AS inbox_id,
    'account:' || (
        SELECT m.whats_app_account
        FROM messages m
        WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.created_at >= t.started_at
        ORDER BY m.created_at
        LIMIT 1) AS calendar_id,
    NULL::text AS practice, t.started_at,
    coalesce((
        SELECT CASE
            WHEN m.direction = 'incoming' THEN 'user'
            WHEN m.sent_by_user_id IS NOT NULL THEN 'agent'
            WHEN m.metadata ->> 'campaign_id' <> '' THEN 'campaign'
            WHEN m.template_name <> '' THEN 'unknown'
            ELSE 'bot' END
        FROM messages m
        WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.created_at >= t.started_at AND m.created_at <= t.last_at
            AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
        ORDER BY m.created_at, m.id
        LIMIT 1), 'unknown') AS initiated_by,
    (SELECT CASE
        WHEN EXISTS (
            SELECT FROM agent_transfers a
            WHERE a.contact_id = t.contact_id AND a.organization_id = @tenant::text::uuid AND a.deleted_at IS NULL AND a.status = 'active'
                AND a.transferred_at >= t.started_at - interval '1 minute') THEN 'open'
        WHEN l.direction = 'incoming' AND l.created_at > @now::timestamptz - interval '24 hours' AND l.created_at <= t.last_at + interval '24 hours' THEN 'pending'
        ELSE 'closed' END
    FROM (SELECT) AS one
    LEFT JOIN LATERAL (
        SELECT m.direction, m.created_at
        FROM messages m
        WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
        ORDER BY m.created_at DESC
        LIMIT 1) AS l ON true) AS status,
    (SELECT min(i.created_at)
    FROM messages i
    WHERE i.contact_id = t.contact_id AND i.organization_id = @tenant::text::uuid AND i.direction = 'incoming' AND i.deleted_at IS NULL
        AND i.message_type NOT IN ('reaction', 'call') AND i.created_at >= t.started_at AND i.created_at <= t.last_at
        AND i.created_at > coalesce((
            SELECT max(o.created_at)
            FROM messages o
            WHERE o.contact_id = t.contact_id AND o.organization_id = @tenant::text::uuid AND o.direction = 'outgoing' AND o.deleted_at IS NULL
                AND o.message_type NOT IN ('reaction', 'call') AND o.created_at <= t.last_at), '-infinity')) AS waiting_since,
    (SELECT m.id
    FROM messages m
    WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.created_at >= t.started_at AND m.created_at <= t.last_at
        AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
    ORDER BY m.created_at DESC, m.id DESC
    LIMIT 1)::text AS last_message_id,
    t.last_at AS last_message_at,
    (SELECT CASE
        WHEN m.direction = 'incoming' THEN 'user'
        WHEN m.sent_by_user_id IS NOT NULL THEN 'agent'
        WHEN m.template_name <> '' OR m.metadata ->> 'campaign_id' <> '' THEN 'system'
        ELSE 'bot' END
    FROM messages m
    WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.created_at >= t.started_at AND m.created_at <= t.last_at
        AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
    ORDER BY m.created_at DESC, m.id DESC
    LIMIT 1) AS last_message_by,
    (SELECT max(m.created_at)
    FROM messages m
    WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.created_at >= t.started_at AND m.created_at <= t.last_at
        AND m.direction = 'incoming' AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')) AS last_user_message_at,
    (SELECT c.assigned_user_id FROM contacts c WHERE c.id = t.contact_id)::text AS assignee_id,
    NULL::smallint AS urgency,
    (SELECT NOT c.is_read FROM contacts c WHERE c.id = t.contact_id) AS is_unread,
    coalesce(
        (SELECT b.name
        FROM messages m
        JOIN bulk_message_campaigns b ON b.id::text = m.metadata ->> 'campaign_id' AND b.organization_id = @tenant::text::uuid
        WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.created_at >= t.started_at AND m.created_at <= t.last_at
            AND m.direction = 'outgoing' AND m.deleted_at IS NULL AND m.metadata ->> 'campaign_id' <> ''
        ORDER BY m.created_at
        LIMIT 1),
        (SELECT f.name
        FROM chatbot_sessions s
        JOIN chatbot_flows f ON f.id = s.current_flow_id
        WHERE s.contact_id = t.contact_id AND s.organization_id = @tenant::text::uuid AND s.deleted_at IS NULL
            AND s.started_at >= t.started_at - interval '1 minute' AND s.started_at <= t.last_at + interval '1 minute'
        ORDER BY s.started_at
        LIMIT 1))::text AS entry_point
FROM whatomate_thread t
