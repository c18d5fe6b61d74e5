-- materialized
-- Helper: the episodes of the touched conversations as of the period's end, in Chatwoot's own types.
--
-- One episode ends at each conversation_resolved event, in order; one more is open after the last unless the conversation is
-- resolved now. The first begins with the conversation; a later one at the first conversation_opened event after the previous
-- end, else its first inbound message, else the previous end. What lies inside [opened_at, closed_at] belongs to it; what lies
-- at the previous end (since), to the one before. An episode that begins at or after the period's end is not there yet.
WITH ended AS (
    SELECT e.conversation_id, e.event_end_time AS closed_at, e.user_id,
        row_number() OVER past AS seq, lag(e.event_end_time) OVER past AS since
    FROM (
        SELECT DISTINCT ON (r.conversation_id, r.event_end_time) r.conversation_id, r.event_end_time, r.user_id
        FROM touched t
        JOIN reporting_events r ON r.conversation_id = t.id
        WHERE r.account_id = @tenant::text::int AND r.name = 'conversation_resolved'
        ORDER BY r.conversation_id, r.event_end_time, r.id
    ) e
    WINDOW past AS (PARTITION BY e.conversation_id ORDER BY e.event_end_time)
), stretch AS (
    SELECT conversation_id, seq, since, closed_at, user_id
    FROM ended
    UNION ALL
    SELECT v.id, coalesce(last.seq, 0) + 1, last.closed_at, NULL, NULL
    FROM touched t
    JOIN conversations v ON v.id = t.id
    LEFT JOIN (SELECT conversation_id, max(seq) AS seq, max(closed_at) AS closed_at FROM ended GROUP BY conversation_id) last
        ON last.conversation_id = v.id
    WHERE v.status <> 1
), opened AS (
    SELECT s.conversation_id, s.seq, s.since, s.closed_at, s.user_id, v.contact_id, v.inbox_id, v.team_id, v.assignee_id, v.custom_attributes,
        CASE WHEN s.seq = 1 THEN v.created_at ELSE coalesce(
            (SELECT min(o.event_end_time)
            FROM reporting_events o
            WHERE o.conversation_id = s.conversation_id AND o.account_id = @tenant::text::int AND o.name = 'conversation_opened'
                AND o.event_end_time > s.since AND (s.closed_at IS NULL OR o.event_end_time <= s.closed_at)),
            (SELECT min(m.created_at)
            FROM messages m
            WHERE m.conversation_id = s.conversation_id AND m.account_id = @tenant::text::int AND m.message_type = 0 AND NOT m.private
                AND m.created_at > s.since AND (s.closed_at IS NULL OR m.created_at <= s.closed_at)),
            s.since) END AS opened_at
    FROM stretch s
    JOIN conversations v ON v.id = s.conversation_id
    WHERE v.account_id = @tenant::text::int
), current AS ( -- as of the period's end
    SELECT o.conversation_id, o.seq, o.since, o.opened_at, o.contact_id, o.inbox_id, o.team_id, o.assignee_id, o.custom_attributes,
        CASE WHEN o.closed_at < (@to::timestamptz AT TIME ZONE 'UTC') THEN o.closed_at END AS closed_at,
        CASE WHEN o.closed_at < (@to::timestamptz AT TIME ZONE 'UTC') THEN o.user_id END AS closer_id
    FROM opened o
    WHERE o.opened_at < (@to::timestamptz AT TIME ZONE 'UTC')
)
SELECT c.conversation_id, c.seq, c.since, c.opened_at, c.closed_at, c.closer_id, c.contact_id, c.inbox_id, c.team_id, c.assignee_id, c.custom_attributes,
    (SELECT min(h.event_end_time)
    FROM reporting_events h
    WHERE h.conversation_id = c.conversation_id AND h.account_id = @tenant::text::int AND h.name = 'conversation_bot_handoff'
        AND (c.since IS NULL OR h.event_end_time > c.since AND h.event_end_time >= c.opened_at)
        AND h.event_end_time < (@to::timestamptz AT TIME ZONE 'UTC') AND (c.closed_at IS NULL OR h.event_end_time <= c.closed_at)
    ) AS handed_off_at,
    c.closed_at IS NOT NULL AND EXISTS (
        SELECT
        FROM reporting_events b
        WHERE b.conversation_id = c.conversation_id AND b.account_id = @tenant::text::int AND b.name = 'conversation_bot_resolved'
            AND b.event_end_time = c.closed_at) AS bot_resolved
FROM current c
