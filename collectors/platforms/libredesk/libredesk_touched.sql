-- materialized
-- Helper: the touched conversations. A status is resolved by its category, and in a version without categories by its name.
SELECT c.id, c.created_at, c.contact_id, c.assigned_user_id, c.assigned_team_id, c.inbox_id, c.priority_id, c.waiting_since, c.resolved_at, c.closed_at, s.category, s.name AS status
FROM unnest(@touched_ids::text[]::bigint[]) AS t (id)
CROSS JOIN LATERAL (
    SELECT n.id, n.created_at, n.contact_id, n.assigned_user_id, n.assigned_team_id, n.inbox_id, n.priority_id, n.waiting_since, n.resolved_at, n.closed_at, n.status_id
    FROM conversations n
    WHERE n.id = t.id AND n.created_at < @to::timestamptz
    OFFSET 0 -- by the primary key
) c
LEFT JOIN libredesk_status s ON s.id = c.status_id
