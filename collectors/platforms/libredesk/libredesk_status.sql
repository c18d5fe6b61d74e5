-- Helper: statuses with their category: open, waiting or resolved.
SELECT s.id, s.name::text AS name,
    coalesce(to_jsonb(s) ->> 'category', CASE lower(s.name) WHEN 'resolved' THEN 'resolved' WHEN 'closed' THEN 'resolved' WHEN 'snoozed' THEN 'waiting' ELSE 'open' END) AS category
FROM conversation_statuses s
