-- Up to when do the account's data reach, before @to? The last entry of the index on (account_id, created_at) that is a message.
SELECT (
    SELECT m.created_at
    FROM messages m
    WHERE m.account_id = @tenant::text::int AND m.message_type IN (0, 1, 3) AND NOT m.private
        AND m.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
    ORDER BY m.created_at DESC
    LIMIT 1
) AT TIME ZONE 'UTC' AS newest
