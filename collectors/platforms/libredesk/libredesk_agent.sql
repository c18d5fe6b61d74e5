-- materialized
-- Helper: whoever can have a conversation or act on it; the platform itself is a user called System. full_name is as the log spells it. By an
-- array, for how many ids it has nobody takes for half of all users.
SELECT u.id, btrim(concat_ws(' ', btrim(u.first_name), btrim(u.last_name)))::text AS full_name,
    CASE WHEN u.type::text = 'ai_assistant' THEN 'bot' WHEN u.email = 'System' THEN 'system' ELSE 'agent' END AS kind,
    u.enabled AND u.deleted_at IS NULL AS is_active, u.last_active_at
FROM unnest(ARRAY(
    SELECT w.id
    FROM users w
    WHERE w.type = ANY (ARRAY( -- of the column's own type, for the index; older versions know no assistants
        SELECT k.kind
        FROM unnest(enum_range((SELECT v.type FROM users v LIMIT 1))) AS k (kind)
        WHERE k.kind::text IN ('agent', 'ai_assistant'))))) AS i (id)
CROSS JOIN LATERAL (
    SELECT x.id, x.type, x.email, x.first_name, x.last_name, x.enabled, x.deleted_at, x.last_active_at
    FROM users x
    WHERE x.id = i.id
    OFFSET 0 -- by the primary key
) u
