-- The last message of each is looked up; where it is not kept, what the conversation itself says of it holds. Its delivery is of what was
-- sent to the user.
SELECT @tenant::text AS tenant_id, c.conversation_id, c.user_id, c.channel, c.inbox_id, c.calendar_id, c.practice, c.started_at, c.initiated_by, c.status,
    c.waiting_since, coalesce(m.message_id, c.last_message_id) AS last_message_id, coalesce(m.sent_at, c.last_message_at) AS last_message_at,
    coalesce(m.author, c.last_message_by) AS last_message_by,
    coalesce((
        SELECT i.sent_at
        FROM fortnight_events.message i
        WHERE i.tenant_id = @tenant::text AND i.conversation_id = c.conversation_id AND i.direction = 'in' AND i.author = 'user'
            AND i.sent_at <= @now::timestamptz
        ORDER BY i.sent_at DESC
        LIMIT 1), c.last_user_message_at) AS last_user_message_at,
    c.assignee_id, c.urgency, c.is_unread, c.entry_point, nullif(u.display_name, '') AS user_name, nullif(u.address, '') AS user_address,
    NULL::text AS inbox_name, CASE WHEN m.direction = 'out' THEN m.delivery END AS last_delivery,
    CASE WHEN m.direction = 'out' AND m.delivery = 'failed' THEN nullif(m.delivery_error, '') END AS last_delivery_error, NULL::text AS public_id
FROM fortnight_events.conversation c
LEFT JOIN LATERAL (
    SELECT x.message_id, x.sent_at, x.direction, x.delivery, x.delivery_error, CASE x.author WHEN 'automation' THEN 'system' ELSE x.author END AS author
    FROM fortnight_events.message x
    WHERE x.tenant_id = @tenant::text AND x.conversation_id = c.conversation_id AND x.author <> 'system' AND x.sent_at <= @now::timestamptz
    ORDER BY x.sent_at DESC, x.message_id DESC
    LIMIT 1
) m ON true
LEFT JOIN fortnight_events.end_user u ON u.tenant_id = @tenant::text AND u.user_id = c.user_id
WHERE c.tenant_id = @tenant::text AND c.status IN ('open', 'pending', 'snoozed') AND c.started_at <= @now::timestamptz
