-- Those that began in the period, and older ones in which something happened: a message, an opening, a closing, an assignment that lasted.
-- Most of what happened is of those that began in it, and is passed over before it is gathered.
WITH n AS MATERIALIZED (
    SELECT i.conversation_id
    FROM fortnight_events.conversation i
    WHERE i.tenant_id = @tenant::text AND i.started_at >= @from::timestamptz AND i.started_at < @to::timestamptz
)
SELECT tenant_id, conversation_id, user_id, channel, inbox_id, calendar_id, practice, started_at, initiated_by, status, waiting_since,
    last_message_id, last_message_at, last_message_by, last_user_message_at, assignee_id, urgency, is_unread, entry_point
FROM fortnight_events.conversation
WHERE tenant_id = @tenant::text AND started_at >= @from::timestamptz AND started_at < @to::timestamptz
UNION ALL
SELECT c.tenant_id, c.conversation_id, c.user_id, c.channel, c.inbox_id, c.calendar_id, c.practice, c.started_at, c.initiated_by, c.status, c.waiting_since,
    c.last_message_id, c.last_message_at, c.last_message_by, c.last_user_message_at, c.assignee_id, c.urgency, c.is_unread, c.entry_point
FROM (
    SELECT m.conversation_id
    FROM fortnight_events.message m
    WHERE m.tenant_id = @tenant::text AND m.sent_at >= @from::timestamptz AND m.sent_at < @to::timestamptz
        AND m.conversation_id NOT IN (SELECT n.conversation_id FROM n)
    UNION
    SELECT e.conversation_id
    FROM fortnight_events.episode e
    WHERE e.tenant_id = @tenant::text AND e.closed_at >= @from::timestamptz AND e.closed_at < @to::timestamptz
        AND e.conversation_id NOT IN (SELECT n.conversation_id FROM n)
    UNION
    SELECT e.conversation_id
    FROM fortnight_events.episode e
    WHERE e.tenant_id = @tenant::text AND e.opened_at >= @from::timestamptz AND e.opened_at < @to::timestamptz
        AND e.conversation_id NOT IN (SELECT n.conversation_id FROM n)
    UNION
    SELECT a.conversation_id
    FROM fortnight_events.assignment a
    WHERE a.tenant_id = @tenant::text AND a.offered_at < @to::timestamptz AND (a.ended_at >= @from::timestamptz OR a.ended_at IS NULL)
        AND a.conversation_id NOT IN (SELECT n.conversation_id FROM n)
) t
CROSS JOIN LATERAL (
    SELECT p.tenant_id, p.conversation_id, p.user_id, p.channel, p.inbox_id, p.calendar_id, p.practice, p.started_at, p.initiated_by, p.status,
        p.waiting_since, p.last_message_id, p.last_message_at, p.last_message_by, p.last_user_message_at, p.assignee_id, p.urgency, p.is_unread, p.entry_point
    FROM fortnight_events.conversation p
    WHERE p.tenant_id = @tenant::text AND p.conversation_id = t.conversation_id AND p.started_at < @from::timestamptz
    OFFSET 0 -- by the primary key
) c
