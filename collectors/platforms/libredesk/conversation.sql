-- Who began it and what came last are looked up only where a section asks for them.
SELECT @tenant::text AS tenant_id, t.id::text AS conversation_id, t.contact_id::text AS user_id, CASE i.channel::text WHEN 'livechat' THEN 'chat' ELSE i.channel::text END AS channel,
    t.inbox_id::text AS inbox_id, k.calendar_id, NULL::text AS practice, t.created_at AS started_at,
    coalesce((
        SELECT CASE WHEN m.sender_type = 'contact' THEN 'user' ELSE coalesce((SELECT CASE a.kind WHEN 'system' THEN 'unknown' ELSE a.kind END FROM libredesk_agent a WHERE a.id = m.sender_id), 'agent') END
        FROM conversation_messages m
        WHERE m.conversation_id = t.id AND m.type IN ('incoming', 'outgoing') AND NOT m.private
        ORDER BY m.created_at, m.id
        LIMIT 1), 'unknown') AS initiated_by,
    CASE t.category WHEN 'resolved' THEN 'closed' WHEN 'waiting' THEN 'snoozed' ELSE 'open' END AS status, t.waiting_since,
    (SELECT m.id
    FROM conversation_messages m
    WHERE m.conversation_id = t.id AND m.type IN ('incoming', 'outgoing') AND NOT m.private
    ORDER BY m.created_at DESC, m.id DESC
    LIMIT 1)::text AS last_message_id,
    (SELECT max(m.created_at) FROM conversation_messages m WHERE m.conversation_id = t.id AND m.type IN ('incoming', 'outgoing') AND NOT m.private) AS last_message_at,
    (SELECT CASE WHEN m.sender_type = 'contact' THEN 'user' ELSE coalesce((SELECT a.kind FROM libredesk_agent a WHERE a.id = m.sender_id), 'agent') END
    FROM conversation_messages m
    WHERE m.conversation_id = t.id AND m.type IN ('incoming', 'outgoing') AND NOT m.private
    ORDER BY m.created_at DESC, m.id DESC
    LIMIT 1) AS last_message_by,
    (SELECT max(m.created_at) FROM conversation_messages m WHERE m.conversation_id = t.id AND m.type = 'incoming' AND NOT m.private) AS last_user_message_at,
    t.assigned_user_id::text AS assignee_id,
    (SELECT CASE p.name WHEN 'Urgent' THEN 3 WHEN 'High' THEN 2 WHEN 'Medium' THEN 1 WHEN 'Low' THEN 0 END FROM conversation_priorities p WHERE p.id = t.priority_id)::smallint AS urgency,
    EXISTS (
        SELECT
        FROM conversation_messages m
        WHERE m.conversation_id = t.id AND m.type = 'incoming' AND NOT m.private
            AND m.created_at > coalesce((SELECT max(l.at) FROM libredesk_seen l WHERE l.conversation_id = t.id), '-infinity')) AS is_unread,
    i.name::text AS entry_point
FROM libredesk_touched t
LEFT JOIN inboxes i ON i.id = t.inbox_id
LEFT JOIN libredesk_calendar k ON k.team_id = coalesce(t.assigned_team_id, 0)
