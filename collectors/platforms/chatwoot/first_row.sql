-- When do the account's data begin? The first entry of the index on (account_id, created_at).
SELECT min(created_at) AT TIME ZONE 'UTC' AS first
FROM messages
WHERE account_id = @tenant::text::int
