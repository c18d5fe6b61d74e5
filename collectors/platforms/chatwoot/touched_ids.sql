-- Asked once a period: the conversations in which something happened. An event's row is written once the event is over, so
-- the index on created_at leads to it; to those that began without a message or event none does in Chatwoot's own schema: doctor asks for one
-- where there are many.
SELECT t.id::text AS id
FROM (
    SELECT m.conversation_id AS id
    FROM messages m
    WHERE m.account_id = @tenant::text::int
        AND m.created_at >= (@from::timestamptz AT TIME ZONE 'UTC') AND m.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
    UNION
    SELECT e.conversation_id
    FROM reporting_events e
    WHERE e.account_id = @tenant::text::int
        AND e.name IN ('conversation_resolved', 'conversation_bot_resolved', 'conversation_opened', 'conversation_bot_handoff')
        AND e.created_at >= (@from::timestamptz AT TIME ZONE 'UTC')
        AND e.event_end_time >= (@from::timestamptz AT TIME ZONE 'UTC') AND e.event_end_time < (@to::timestamptz AT TIME ZONE 'UTC')
    UNION
    SELECT v.id
    FROM conversations v
    WHERE v.account_id = @tenant::text::int
        AND v.created_at >= (@from::timestamptz AT TIME ZONE 'UTC') AND v.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
) t
WHERE t.id IS NOT NULL
ORDER BY t.id
