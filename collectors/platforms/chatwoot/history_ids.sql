-- Asked once a period: the episodes and assignments of the touched conversations, as of the period's end. One line each; instants are microseconds
-- since 1970, - is null.
--   e  conversation, number, begin, end, who closed it, as what, inbox, and why
--   a  conversation, number of the episode, of the assignment in it, contact, agent, team, its place, kind, when it was offered, accepted, first
--      replied to and ended, who ended it, and how
--
-- One episode ends at each conversation_resolved event, in order; one more is open after the last unless the conversation is
-- resolved now: it ends at infinity. The first begins with the conversation; a later one at the first conversation_opened event
-- after the previous end, else its first inbound message, else the previous end. What lies at an end belongs to the episode that
-- ends there. An episode that begins at or after the period's end is not there yet. No column holds the reason of a closing: the
-- conversation's attribute close_reason where the team has one, else who closed it.
--
-- Chatwoot keeps no history of assignments: they are derived from who replied inside each episode.
--
-- Each run of replies by one agent is an assignment: the first is initial, offered at the hand-off by the bot, else at the
-- opening; later ones are transfers, offered when taken. Accepted and first replied at the run's first message; ended at the
-- next run's first message, else at the episode's end. Without a reply: closed by a user it is accepted at its end; closed by
-- the bot it is none; else the queue's. An offer cannot be later than the reply to it. An echo from the channel's own app is a
-- person's message, but nobody's assignment: it does not say whose.
--
-- OFFSET 0 keeps the planner to one look into an index a conversation: it would rather hash the whole tables.
WITH span AS MATERIALIZED ( -- episodes, in Chatwoot's own types
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
), reply AS (
    SELECT s.conversation_id, s.seq, m.id, m.created_at, m.sender_id,
        m.sender_id IS DISTINCT FROM lag(m.sender_id) OVER written OR row_number() OVER written = 1 AS is_first
    FROM span s
    CROSS JOIN LATERAL (
        SELECT w.id, w.created_at, w.sender_id
        FROM messages w
        WHERE w.conversation_id = s.conversation_id AND w.account_id = @tenant::text::int AND w.message_type = 1 AND NOT w.private
            AND w.sender_type = 'User'
            AND (s.seq = 1 OR w.created_at > s.since AND w.created_at >= s.opened_at)
            AND w.created_at < (@to::timestamptz AT TIME ZONE 'UTC') AND (s.closed_at IS NULL OR w.created_at <= s.closed_at)
            AND coalesce(w.additional_attributes ->> 'campaign_id', '') = ''
            AND coalesce(w.content_attributes::text, '') !~ '[{,]\s*\\?"automation_rule_id\\?"\s*:\s*(\\?"[^\\"]|[1-9t])'
        OFFSET 0 -- by the index on conversation_id
    ) m
    WINDOW written AS (PARTITION BY s.conversation_id, s.seq ORDER BY m.created_at, m.id)
), run AS (
    SELECT conversation_id, seq, sender_id, created_at AS taken_at,
        row_number() OVER taken AS number, lead(created_at) OVER taken AS next_at
    FROM reply
    WHERE is_first
    WINDOW taken AS (PARTITION BY conversation_id, seq ORDER BY created_at, id)
)
SELECT concat_ws(' ', 'e', s.conversation_id, s.seq, (extract(epoch FROM s.opened_at) * 1000000)::bigint, coalesce((extract(epoch FROM s.closed_at) * 1000000)::bigint::text, '-'),
    coalesce(s.closer_id::text, '-'), CASE WHEN s.closed_at IS NULL THEN '-' WHEN s.bot_resolved THEN 'bot' WHEN s.closer_id IS NOT NULL THEN 'agent' ELSE 'system' END,
    coalesce(s.inbox_id::text, '-'), CASE WHEN s.closed_at IS NULL THEN '-' ELSE left(coalesce(nullif(s.custom_attributes ->> 'close_reason', ''),
        CASE WHEN s.bot_resolved THEN 'resolved_by_bot' WHEN s.closer_id IS NOT NULL THEN 'resolved_while_assigned' ELSE 'resolved_unassigned' END), 200) END) AS id
FROM span s
UNION ALL
SELECT concat_ws(' ', 'a', a.conversation_id, a.seq, a.number, coalesce(a.contact_id::text, '-'), coalesce(a.agent_id::text, '-'), coalesce(a.team_id::text, '-'), a.place, a.kind,
    (extract(epoch FROM a.offered_at) * 1000000)::bigint, coalesce((extract(epoch FROM a.accepted_at) * 1000000)::bigint::text, '-'), coalesce((extract(epoch FROM a.first_reply_at) * 1000000)::bigint::text, '-'),
    coalesce((extract(epoch FROM a.ended_at) * 1000000)::bigint::text, '-'), coalesce(a.ended_by, '-'), coalesce(a.end_reason, '-'))
FROM (
    SELECT s.conversation_id, s.seq, coalesce(r.number, 0) AS number, s.contact_id,
        CASE WHEN r.number IS NOT NULL THEN r.sender_id WHEN s.closed_at IS NOT NULL THEN s.closer_id ELSE s.assignee_id END AS agent_id, s.team_id, coalesce(r.number, 1) AS place,
        CASE WHEN r.number > 1 THEN 'transfer' WHEN r.number = 1 OR s.closer_id IS NOT NULL THEN 'initial' ELSE 'queue' END AS kind,
        CASE WHEN r.number > 1 THEN r.taken_at ELSE least(coalesce(s.handed_off_at, s.opened_at), r.taken_at) END AS offered_at,
        CASE WHEN r.number IS NOT NULL THEN r.taken_at WHEN s.closer_id IS NOT NULL THEN s.closed_at END AS accepted_at, r.taken_at AS first_reply_at,
        coalesce(r.next_at, s.closed_at) AS ended_at,
        CASE
            WHEN r.next_at IS NOT NULL THEN 'agent'
            WHEN s.closed_at IS NOT NULL THEN CASE WHEN s.bot_resolved THEN 'bot' WHEN s.closer_id IS NOT NULL THEN 'agent' ELSE 'system' END
        END AS ended_by,
        CASE WHEN r.next_at IS NOT NULL THEN 'transferred' WHEN s.closed_at IS NOT NULL THEN 'closed' END AS end_reason
    FROM span s
    LEFT JOIN run r ON r.conversation_id = s.conversation_id AND r.seq = s.seq
    WHERE r.number IS NOT NULL OR NOT s.bot_resolved
) a
