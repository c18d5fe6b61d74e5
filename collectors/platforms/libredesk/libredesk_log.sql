-- materialized
-- Helper: what the log of the touched conversations tells of statuses and assignees, up to the period's end. It is written in English sentences;
-- newer versions name the kind beside it.
--   kind   status, with category; assigned, with the new assignee, whom the sentence names in full; removed
WITH line AS MATERIALIZED (
    SELECT x.conversation_id, x.created_at, x.id, x.sender_id, x.content, x.meta
    FROM unnest(@touched_ids::text[]::bigint[]) AS t (id)
    CROSS JOIN LATERAL (
        SELECT y.conversation_id, y.created_at, y.id, y.sender_id, y.content, y.meta
        FROM conversation_messages y
        WHERE y.conversation_id = t.id AND y.type = 'activity' AND y.created_at < @to::timestamptz
        OFFSET 0 -- by the index on conversation and time
    ) x
), called AS MATERIALIZED (
    SELECT DISTINCT ON (g.full_name) g.full_name, g.id
    FROM libredesk_agent g
    ORDER BY g.full_name, g.is_active DESC, g.id
)
SELECT l.conversation_id, l.at, l.id, l.kind, l.actor_id, coalesce(a.kind, 'agent') AS actor_kind, l.status,
    coalesce(s.category, CASE WHEN lower(l.status) IN ('resolved', 'closed') THEN 'resolved' ELSE 'open' END) AS category,
    CASE WHEN l.is_self THEN l.actor_id ELSE coalesce(f.id, n.id) END AS assignee_id, l.is_self
FROM (
    SELECT m.conversation_id, m.created_at AS at, m.id, m.sender_id AS actor_id, m.content,
        CASE
            WHEN m.content LIKE '% marked the conversation as %' THEN 'status'
            WHEN m.content LIKE '% self-assigned this conversation' OR m.meta ->> 'activity_type' = 'self_assign' THEN 'assigned'
            WHEN m.content LIKE 'Assigned to % by %' AND coalesce(m.meta ->> 'activity_type', 'assigned_user_change') = 'assigned_user_change' THEN 'assigned'
            WHEN m.content LIKE '% unassigned themselves' OR m.content LIKE '% removed % as assignee' THEN 'removed'
        END AS kind,
        nullif(split_part(m.content, ' marked the conversation as ', 2), '') AS status,
        m.content LIKE '% self-assigned this conversation' OR coalesce(m.meta ->> 'activity_type' = 'self_assign', false) AS is_self,
        CASE WHEN m.content LIKE 'Assigned to % by %' THEN split_part(substr(m.content, 13), ' by ', 1) END AS called
    FROM line m
) l
LEFT JOIN libredesk_agent a ON a.id = l.actor_id
LEFT JOIN libredesk_status s ON s.name = l.status
LEFT JOIN called f ON f.full_name = l.called AND NOT (SELECT bool_or(g.full_name LIKE '% by %') FROM libredesk_agent g)
LEFT JOIN LATERAL ( -- a name with " by " in it is found by trying all
    SELECT g.id
    FROM libredesk_agent g
    WHERE f.id IS NULL AND l.kind = 'assigned' AND NOT l.is_self AND starts_with(l.content, 'Assigned to ' || g.full_name || ' by ')
    ORDER BY length(g.full_name) DESC, g.is_active DESC, g.id
    LIMIT 1
) n ON true
WHERE l.kind IS NOT NULL AND (l.kind <> 'assigned' OR l.is_self OR f.id IS NOT NULL OR n.id IS NOT NULL)
