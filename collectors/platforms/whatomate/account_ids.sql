-- Asked once a period: the names of the organization's WhatsApp accounts, which lead to its messages by index: one on organization and
-- time is not there. A name that messages bear and no account has any more may be the organization's too; each costs one look into the index.
WITH RECURSIVE used AS (
    (SELECT m.whats_app_account AS name FROM messages m ORDER BY m.whats_app_account LIMIT 1)
    UNION ALL
    SELECT (SELECT m.whats_app_account FROM messages m WHERE m.whats_app_account > u.name ORDER BY m.whats_app_account LIMIT 1)
    FROM used u
    WHERE u.name IS NOT NULL
)
SELECT a.name::text AS id
FROM whatsapp_accounts a
WHERE a.organization_id = @tenant::text::uuid
UNION
SELECT u.name::text
FROM used u
WHERE u.name IS NOT NULL AND NOT EXISTS (SELECT FROM whatsapp_accounts a WHERE a.name = u.name)
ORDER BY 1
