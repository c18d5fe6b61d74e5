-- One that was only looked at is none. Over when complete, or a day after its last answer.
SELECT @tenant::text AS tenant_id, r.id AS conversation_id, r.id AS user_id, NULL::text AS channel, r.bot_id AS inbox_id, NULL::text AS calendar_id,
    NULL::text AS practice, r.started_at, 'user' AS initiated_by,
    CASE WHEN r.over_at IS NOT NULL OR r.active_at <= @now::timestamptz - interval '24 hours' THEN 'closed' ELSE 'open' END AS status,
    NULL::timestamptz AS waiting_since,
    r.last_id AS last_message_id,
    r.last_at AS last_message_at, CASE WHEN r.last_at IS NOT NULL THEN 'user' END AS last_message_by, r.last_at AS last_user_message_at,
    NULL::text AS assignee_id, NULL::smallint AS urgency, NULL::boolean AS is_unread, r.bot AS entry_point
FROM typebot_result r
WHERE r.has_begun
