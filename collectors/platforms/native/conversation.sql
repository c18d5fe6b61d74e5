SELECT tenant_id, conversation_id, user_id, channel, inbox_id, calendar_id, practice, started_at, initiated_by, status, waiting_since,
    last_message_id, last_message_at, last_message_by, last_user_message_at, assignee_id, urgency, is_unread, entry_point
FROM fortnight_events.conversation
WHERE tenant_id = @tenant::text AND started_at < @to::timestamptz
