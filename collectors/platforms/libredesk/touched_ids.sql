-- Asked once a period: the conversations that began or in which anything was written in it. All that happens to one is written into it: who
-- was assigned, and what status it was given.
SELECT t.id::text AS id
FROM (
    SELECT m.conversation_id AS id
    FROM conversation_messages m
    WHERE @tenant::text = 'default' AND m.created_at >= @from::timestamptz AND m.created_at < @to::timestamptz
    UNION
    SELECT c.id
    FROM conversations c
    WHERE @tenant::text = 'default' AND c.created_at >= @from::timestamptz AND c.created_at < @to::timestamptz
) t
ORDER BY t.id
