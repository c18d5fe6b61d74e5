-- name: assignees
-- How much does each assignee have open now, and how much do those have that nobody has? Filters: none of each means all. Whose turn it is:
-- ours where the user wrote last, or waits since something that no agent has answered. The longest wait is from where that began.
WITH o AS MATERIALIZED (
    SELECT c.assignee_id, c.status, c.waiting_since, c.last_message_at, c.last_message_by, c.last_user_message_at, c.urgency, c.is_unread,
        c.last_message_by = 'user' OR c.waiting_since IS NOT NULL AND (c.last_message_by IS DISTINCT FROM 'agent' OR c.waiting_since > c.last_message_at) AS ours
    FROM open_conversation c
    WHERE (cardinality(@practices::text[]) = 0 OR c.practice = ANY (@practices::text[]))
        AND (cardinality(@initiated_by::text[]) = 0 OR c.initiated_by = ANY (@initiated_by::text[]))
        AND (cardinality(@assignees::text[]) = 0 OR c.assignee_id = ANY (@assignees::text[]))
        AND (NOT @unread::boolean OR c.is_unread)
        AND (@urgency::int = 0 OR c.urgency >= @urgency::int)
), a AS MATERIALIZED (
    SELECT agent_id, min(display_name) AS display_name FROM agent GROUP BY agent_id
)
SELECT o.assignee_id, a.display_name AS assignee,
    count(*) FILTER (WHERE o.status <> 'snoozed') AS open,
    count(*) FILTER (WHERE o.status = 'pending') AS pending,
    count(*) FILTER (WHERE o.status = 'snoozed') AS snoozed,
    count(*) FILTER (WHERE o.status <> 'snoozed' AND o.ours) AS waiting_on_us,
    count(*) FILTER (WHERE o.status <> 'snoozed' AND o.urgency = 3) AS urgent,
    count(*) FILTER (WHERE o.status <> 'snoozed' AND o.is_unread) AS unread,
    extract(epoch FROM @now::timestamptz - min(coalesce(o.waiting_since, o.last_user_message_at)) FILTER (WHERE o.status <> 'snoozed' AND o.ours))::float8 AS oldest_wait
FROM o
LEFT JOIN a ON a.agent_id = o.assignee_id
GROUP BY o.assignee_id, a.display_name
ORDER BY o.assignee_id IS NOT NULL, a.display_name, o.assignee_id

-- name: list
-- Which conversations are open now, the most urgent first, then those with the newest last message? @most of each assignee, and of those
-- that nobody has; what is snoozed is counted, not listed.
WITH o AS MATERIALIZED (
    SELECT c.conversation_id, c.public_id, c.user_name, c.user_address, c.assignee_id, c.channel, c.status, c.waiting_since,
        c.last_message_at, c.last_message_by, c.last_user_message_at, c.urgency, c.is_unread, c.last_delivery, c.last_delivery_error
    FROM open_conversation c
    WHERE c.status <> 'snoozed'
        AND (cardinality(@practices::text[]) = 0 OR c.practice = ANY (@practices::text[]))
        AND (cardinality(@initiated_by::text[]) = 0 OR c.initiated_by = ANY (@initiated_by::text[]))
        AND (cardinality(@assignees::text[]) = 0 OR c.assignee_id = ANY (@assignees::text[]))
        AND (NOT @unread::boolean OR c.is_unread)
        AND (@urgency::int = 0 OR c.urgency >= @urgency::int)
), ranked AS (
    SELECT o.*, row_number() OVER (PARTITION BY o.assignee_id ORDER BY o.urgency DESC NULLS LAST, o.last_message_at DESC NULLS LAST, o.conversation_id) AS place
    FROM o
), a AS MATERIALIZED (
    SELECT agent_id, min(display_name) AS display_name FROM agent GROUP BY agent_id
)
SELECT r.conversation_id, coalesce(r.public_id, r.conversation_id) AS public_id, r.user_name, r.user_address,
    extract(epoch FROM @now::timestamptz - r.last_user_message_at)::float8 AS age,
    CASE
        WHEN r.last_message_by = 'user' THEN 'us'
        WHEN r.waiting_since IS NOT NULL AND (r.last_message_by IS DISTINCT FROM 'agent' OR r.waiting_since > r.last_message_at) THEN 'us'
        WHEN r.last_message_by IS NOT NULL THEN 'user'
    END AS waiting_on,
    r.assignee_id, a.display_name AS assignee, r.channel, r.last_delivery AS delivery, r.last_delivery_error AS delivery_error,
    r.urgency, r.is_unread, r.status
FROM ranked r
LEFT JOIN a ON a.agent_id = r.assignee_id
WHERE r.place <= @most::int
ORDER BY r.urgency DESC NULLS LAST, r.last_message_at DESC NULLS LAST, r.conversation_id
LIMIT @all::int
