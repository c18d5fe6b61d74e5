-- materialized
-- Helper: the episodes of the touched conversations as of the period's end, in Chatwoot's own types.
--
-- One episode ends at each conversation_resolved event, in order; one more is open after the last unless the conversation is
-- resolved now: it ends at infinity. The first begins with the conversation; a later one at the first conversation_opened event
-- after the previous end, else its first inbound message, else the previous end. What lies at an end belongs to the episode that
-- ends there. An episode that begins at or after the period's end is not there yet.
--
-- OFFSET 0 keeps the planner to one look into an index a conversation: it would rather hash the whole tables.
SELECT v.id AS conversation_id, e.seq, e.since, o.opened_at, c.closed_at, c.closer_id, v.contact_id, v.inbox_id, v.team_id, v.assignee_id,
    v.custom_attributes,
    (SELECT min(h.event_end_time)
    FROM reporting_events h
    WHERE h.conversation_id = v.id AND h.account_id = @tenant::text::int AND h.name = 'conversation_bot_handoff'
        AND (e.seq = 1 OR h.event_end_time > e.since AND h.event_end_time >= o.opened_at)
        AND h.event_end_time < (@to::timestamptz AT TIME ZONE 'UTC') AND h.event_end_time <= e.ends_at
    ) AS handed_off_at,
    c.closed_at IS NOT NULL AND EXISTS (
        SELECT
        FROM reporting_events b
        WHERE b.conversation_id = v.id AND b.account_id = @tenant::text::int AND b.name = 'conversation_bot_resolved'
            AND b.event_end_time = c.closed_at) AS bot_resolved
FROM touched t
CROSS JOIN LATERAL (
    SELECT n.id, n.status, n.created_at, n.contact_id, n.inbox_id, n.team_id, n.assignee_id, n.custom_attributes
    FROM conversations n
    WHERE n.id = t.id AND n.account_id = @tenant::text::int
    OFFSET 0
) v
CROSS JOIN LATERAL (
    SELECT row_number() OVER past AS seq, lag(p.ends_at) OVER past AS since, p.ends_at, p.user_id
    FROM (
        (SELECT DISTINCT ON (r.event_end_time) r.event_end_time AS ends_at, r.user_id
        FROM reporting_events r
        WHERE r.conversation_id = v.id AND r.account_id = @tenant::text::int AND r.name = 'conversation_resolved'
        ORDER BY r.event_end_time, r.id)
        UNION ALL
        SELECT timestamp 'infinity', NULL
        WHERE v.status <> 1
    ) p
    WINDOW past AS (ORDER BY p.ends_at)
) e
CROSS JOIN LATERAL (
    SELECT CASE WHEN e.seq = 1 THEN v.created_at ELSE coalesce(
        (SELECT min(a.event_end_time)
        FROM reporting_events a
        WHERE a.conversation_id = v.id AND a.account_id = @tenant::text::int AND a.name = 'conversation_opened'
            AND a.event_end_time > e.since AND a.event_end_time <= e.ends_at),
        (SELECT min(m.created_at)
        FROM messages m
        WHERE m.conversation_id = v.id AND m.account_id = @tenant::text::int AND m.message_type = 0 AND NOT m.private
            AND m.created_at > e.since AND m.created_at <= e.ends_at),
        e.since) END AS opened_at
    OFFSET 0
) o
CROSS JOIN LATERAL ( -- as of the period's end
    SELECT CASE WHEN e.ends_at < (@to::timestamptz AT TIME ZONE 'UTC') THEN e.ends_at END AS closed_at,
        CASE WHEN e.ends_at < (@to::timestamptz AT TIME ZONE 'UTC') THEN e.user_id END AS closer_id
) c
WHERE o.opened_at < (@to::timestamptz AT TIME ZONE 'UTC')
