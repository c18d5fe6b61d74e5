-- Chatwoot keeps no history of assignments: they are derived from who replied inside each episode.
--
-- Each run of replies by one agent is an assignment: the first is initial, offered at the hand-off by the bot, else at the
-- opening; later ones are transfers, offered when taken. Accepted and first replied at the run's first message; ended at the
-- next run's first message, else at the episode's end. Without a reply: closed by a user it is accepted at its end; closed by
-- the bot it is none; else the queue's. An offer cannot be later than the reply to it. An echo from the channel's own app is a
-- person's message, but nobody's assignment: it does not say whose.
WITH reply AS (
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
SELECT @tenant::text AS tenant_id, s.conversation_id || ':' || s.seq || ':' || coalesce(r.number, 0) AS assignment_id,
    s.conversation_id::text AS conversation_id, s.contact_id::text AS user_id,
    CASE WHEN r.number IS NOT NULL THEN r.sender_id WHEN s.closed_at IS NOT NULL THEN s.closer_id ELSE s.assignee_id END::text AS agent_id,
    s.team_id::text AS team_id, coalesce(r.number, 1)::int AS seq,
    CASE WHEN r.number > 1 THEN 'transfer' WHEN r.number = 1 OR s.closer_id IS NOT NULL THEN 'initial' ELSE 'queue' END AS kind,
    CASE WHEN r.number > 1 THEN r.taken_at ELSE least(coalesce(s.handed_off_at, s.opened_at), r.taken_at) END AT TIME ZONE 'UTC' AS offered_at,
    CASE WHEN r.number IS NOT NULL THEN r.taken_at WHEN s.closer_id IS NOT NULL THEN s.closed_at END AT TIME ZONE 'UTC' AS accepted_at,
    r.taken_at AT TIME ZONE 'UTC' AS first_reply_at,
    coalesce(r.next_at, s.closed_at) AT TIME ZONE 'UTC' AS ended_at,
    CASE
        WHEN r.next_at IS NOT NULL THEN 'agent'
        WHEN s.closed_at IS NOT NULL THEN CASE WHEN s.bot_resolved THEN 'bot' WHEN s.closer_id IS NOT NULL THEN 'agent' ELSE 'system' END
    END AS ended_by,
    CASE WHEN r.next_at IS NOT NULL THEN 'transferred' WHEN s.closed_at IS NOT NULL THEN 'closed' END AS end_reason,
    'replies' AS derivation
FROM span s
LEFT JOIN run r ON r.conversation_id = s.conversation_id AND r.seq = s.seq
WHERE r.number IS NOT NULL OR NOT s.bot_resolved
