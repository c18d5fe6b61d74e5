-- When do the organization's data begin? The first entry of the index on account and time, for each of its accounts.
WITH RECURSIVE used AS (
    (SELECT m.whats_app_account AS name FROM messages m ORDER BY m.whats_app_account LIMIT 1)
    UNION ALL
    SELECT (SELECT m.whats_app_account FROM messages m WHERE m.whats_app_account > u.name ORDER BY m.whats_app_account LIMIT 1)
    FROM used u
    WHERE u.name IS NOT NULL
), account AS (
    SELECT a.name FROM whatsapp_accounts a WHERE a.organization_id = @tenant::text::uuid
    UNION
    SELECT u.name FROM used u WHERE u.name IS NOT NULL AND NOT EXISTS (SELECT FROM whatsapp_accounts a WHERE a.name = u.name)
)
SELECT min((
    SELECT m.created_at
    FROM messages m
    WHERE m.whats_app_account = a.name AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL
    ORDER BY m.created_at
    LIMIT 1)) AS first
FROM account a
