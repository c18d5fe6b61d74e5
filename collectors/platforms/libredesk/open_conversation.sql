-- Open now: every conversation whose status is not of the category resolved. The platform's own pages know it by its uuid.
SELECT @tenant::text AS tenant_id, c.id::text AS conversation_id, c.contact_id::text AS user_id, CASE i.channel::text WHEN 'livechat' THEN 'chat' ELSE i.channel::text END AS channel,
    c.inbox_id::text AS inbox_id, k.calendar_id, NULL::text AS practice, c.created_at AS started_at,
    coalesce((
        SELECT CASE WHEN m.sender_type = 'contact' THEN 'user' ELSE coalesce((SELECT CASE a.kind WHEN 'system' THEN 'unknown' ELSE a.kind END FROM libredesk_agent a WHERE a.id = m.sender_id), 'agent') END
        FROM conversation_messages m
        WHERE m.conversation_id = c.id AND m.type IN ('incoming', 'outgoing') AND NOT m.private
        ORDER BY m.created_at, m.id
        LIMIT 1), 'unknown') AS initiated_by,
    CASE s.category WHEN 'waiting' THEN 'snoozed' ELSE 'open' END AS status, c.waiting_since, m.id::text AS last_message_id, m.created_at AS last_message_at,
    CASE WHEN m.sender_type = 'contact' THEN 'user' WHEN m.id IS NOT NULL THEN coalesce((SELECT a.kind FROM libredesk_agent a WHERE a.id = m.sender_id), 'agent') END AS last_message_by,
    n.at AS last_user_message_at, c.assigned_user_id::text AS assignee_id,
    (SELECT CASE p.name WHEN 'Urgent' THEN 3 WHEN 'High' THEN 2 WHEN 'Medium' THEN 1 WHEN 'Low' THEN 0 END FROM conversation_priorities p WHERE p.id = c.priority_id)::smallint AS urgency,
    coalesce(n.at > coalesce((SELECT max(l.at) FROM libredesk_seen l WHERE l.conversation_id = c.id), '-infinity'), false) AS is_unread, i.name::text AS entry_point,
    nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), '')::text AS user_name,
    coalesce(nullif(u.phone_number_country_code || ' ', ' ') || nullif(u.phone_number, ''), nullif(u.phone_number, ''), nullif(u.email, ''))::text AS user_address, i.name::text AS inbox_name,
    CASE WHEN m.type = 'outgoing' AND m.status::text IN ('pending', 'sent', 'failed') THEN m.status::text END AS last_delivery, NULL::text AS last_delivery_error,
    c.uuid::text AS public_id
FROM conversations c
JOIN libredesk_status s ON s.id = c.status_id
LEFT JOIN inboxes i ON i.id = c.inbox_id
LEFT JOIN libredesk_calendar k ON k.team_id = coalesce(c.assigned_team_id, 0)
LEFT JOIN LATERAL (SELECT x.first_name, x.last_name, x.phone_number, x.phone_number_country_code, x.email FROM users x WHERE x.id = c.contact_id OFFSET 0) u ON true
LEFT JOIN LATERAL (
    SELECT x.id, x.created_at, x.type, x.status, x.sender_type, x.sender_id
    FROM conversation_messages x
    WHERE x.conversation_id = c.id AND x.type IN ('incoming', 'outgoing') AND NOT x.private
    ORDER BY x.created_at DESC, x.id DESC
    LIMIT 1
) m ON true
LEFT JOIN LATERAL (SELECT max(x.created_at) AS at FROM conversation_messages x WHERE x.conversation_id = c.id AND x.type = 'incoming' AND NOT x.private) n ON true
WHERE @tenant::text = 'default' AND s.category <> 'resolved' AND c.status_id = ANY (ARRAY(SELECT o.id FROM libredesk_status o WHERE o.category <> 'resolved'))
