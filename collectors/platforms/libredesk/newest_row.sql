-- Up to when do the desk's data reach, before @to? The last entry of the index on time that is a message.
SELECT (
    SELECT m.created_at
    FROM conversation_messages m
    WHERE @tenant::text = 'default' AND m.created_at < @to::timestamptz AND m.type <> 'activity' AND NOT m.private
    ORDER BY m.created_at DESC
    LIMIT 1) AS newest
