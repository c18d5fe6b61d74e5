-- All messages before the period's end of the conversations whose past the period's numbers need: all of the users who wrote in it, and
-- those with an episode closed in it or an assignment that lasted into it.
SELECT m.tenant_id, m.message_id, m.conversation_id, m.user_id, m.sent_at, m.direction, m.author, m.agent_id, m.delivery, m.delivery_error, m.language, m.body
FROM (
    SELECT h.conversation_id
    FROM fortnight_events.message h
    WHERE h.tenant_id = @tenant::text AND h.sent_at < @to::timestamptz AND h.user_id IN (
        SELECT i.user_id
        FROM fortnight_events.message i
        WHERE i.tenant_id = @tenant::text AND i.direction = 'in' AND i.sent_at >= @from::timestamptz AND i.sent_at < @to::timestamptz)
    UNION
    SELECT e.conversation_id
    FROM fortnight_events.episode e
    WHERE e.tenant_id = @tenant::text AND e.closed_at >= @from::timestamptz AND e.closed_at < @to::timestamptz
    UNION
    SELECT a.conversation_id
    FROM fortnight_events.assignment a
    WHERE a.tenant_id = @tenant::text AND a.offered_at < @from::timestamptz AND (a.ended_at >= @from::timestamptz OR a.ended_at IS NULL)
) c
JOIN fortnight_events.message m ON m.tenant_id = @tenant::text AND m.conversation_id = c.conversation_id AND m.sent_at < @to::timestamptz
