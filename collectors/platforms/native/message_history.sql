-- Messages before the period's end whose past the period's numbers need: all of the conversations with an episode closed in it or an assignment
-- that lasted into it, and what the users who wrote in it wrote in others, where it tells their language.
WITH c AS MATERIALIZED (
    SELECT e.conversation_id
    FROM fortnight_events.episode e
    WHERE e.tenant_id = @tenant::text AND e.closed_at >= @from::timestamptz AND e.closed_at < @to::timestamptz
    UNION
    SELECT a.conversation_id
    FROM fortnight_events.assignment a
    WHERE a.tenant_id = @tenant::text AND a.offered_at < @from::timestamptz AND (a.ended_at >= @from::timestamptz OR a.ended_at IS NULL)
)
SELECT m.tenant_id, m.message_id, c.conversation_id, m.user_id, m.sent_at, m.direction, m.author, m.agent_id, m.delivery, m.delivery_error, m.language, m.body
FROM c
CROSS JOIN LATERAL (
    SELECT x.tenant_id, x.message_id, x.user_id, x.sent_at, x.direction, x.author, x.agent_id, x.delivery, x.delivery_error, x.language, x.body
    FROM fortnight_events.message x
    WHERE x.tenant_id = @tenant::text AND x.conversation_id = c.conversation_id AND x.sent_at < @to::timestamptz
    OFFSET 0 -- by the index on conversation and time
) m
UNION ALL
SELECT h.tenant_id, h.message_id, h.conversation_id, h.user_id, h.sent_at, h.direction, h.author, h.agent_id, h.delivery, h.delivery_error, h.language, h.body
FROM fortnight_events.message h
WHERE h.tenant_id = @tenant::text AND h.sent_at < @to::timestamptz AND h.direction = 'in' AND h.language <> ''
    AND h.conversation_id NOT IN (SELECT c.conversation_id FROM c)
    AND h.user_id IN (
        SELECT i.user_id
        FROM fortnight_events.message i
        WHERE i.tenant_id = @tenant::text AND i.direction = 'in' AND i.sent_at >= @from::timestamptz AND i.sent_at < @to::timestamptz)
