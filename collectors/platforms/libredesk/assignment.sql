-- Who was in charge, by the log: in each episode a stretch begins with it, with a new assignee in place of another, and with one's removal. Waiting for
-- an assignee and his coming are one. Whoever had a conversation when it was resolved has it when it is reopened. What an assistant had is no
-- assignment; after it the first one is offered at its handing over. Taken with the first reply of any agent, or at the instant at which an agent
-- assigns it to himself. An episode that nobody was assigned to is of who replied, else of who closed it.
WITH kept AS MATERIALIZED ( -- from before the episode
    SELECT s.conversation_id, s.seq, (array_agg(l.assignee_id ORDER BY l.at DESC, l.id DESC))[1] AS who
    FROM libredesk_span s
    JOIN libredesk_log l ON l.conversation_id = s.conversation_id AND l.kind IN ('assigned', 'removed') AND l.at < s.opened_at
    GROUP BY s.conversation_id, s.seq
), turn AS (
    SELECT s.conversation_id, s.seq, s.opened_at AS at, 0::bigint AS id, k.who, false AS is_self, true AS is_first
    FROM libredesk_span s
    LEFT JOIN kept k ON k.conversation_id = s.conversation_id AND k.seq = s.seq
    UNION ALL
    SELECT s.conversation_id, s.seq, l.at, l.id, l.assignee_id, l.is_self, false
    FROM libredesk_span s
    JOIN libredesk_log l ON l.conversation_id = s.conversation_id AND l.kind IN ('assigned', 'removed') AND l.at >= s.opened_at AND (s.closed_at IS NULL OR l.at < s.closed_at)
    UNION ALL
    SELECT s.conversation_id, s.seq, e.at, 0, NULL, false, false
    FROM libredesk_span s
    JOIN libredesk_bot_event e ON e.conversation_id = s.conversation_id AND e.type = 'handoff' AND e.at >= s.opened_at AND (s.closed_at IS NULL OR e.at < s.closed_at)
), stretched AS (
    SELECT w.conversation_id, w.seq, w.at, w.id, w.who, w.is_self,
        count(*) FILTER (WHERE w.is_first OR w.who IS DISTINCT FROM w.had AND w.had IS NOT NULL) OVER (PARTITION BY w.conversation_id, w.seq ORDER BY w.at, w.is_first DESC, w.id) AS number
    FROM (
        SELECT t.conversation_id, t.seq, t.at, t.id, t.who, t.is_self, t.is_first, lag(t.who) OVER (PARTITION BY t.conversation_id, t.seq ORDER BY t.at, t.is_first DESC, t.id) AS had
        FROM turn t
    ) w
), held AS MATERIALIZED (
    SELECT h.conversation_id, h.seq, h.number, h.since, h.who, h.self_at, lead(h.since) OVER (PARTITION BY h.conversation_id, h.seq ORDER BY h.number) AS next_at, g.kind AS who_kind
    FROM (
        SELECT x.conversation_id, x.seq, x.number, min(x.at) AS since, (array_agg(x.who ORDER BY x.at, x.id) FILTER (WHERE x.who IS NOT NULL))[1] AS who,
            min(x.at) FILTER (WHERE x.is_self) AS self_at
        FROM stretched x
        GROUP BY x.conversation_id, x.seq, x.number
    ) h
    LEFT JOIN libredesk_agent g ON g.id = h.who
), replied AS MATERIALIZED (
    SELECT DISTINCT ON (h.conversation_id, h.seq, h.number) h.conversation_id, h.seq, h.number, m.created_at AS at, m.sender_id
    FROM held h
    JOIN libredesk_span s ON s.conversation_id = h.conversation_id AND s.seq = h.seq
    CROSS JOIN LATERAL (
        SELECT x.created_at, x.id, x.sender_id
        FROM conversation_messages x
        WHERE x.conversation_id = h.conversation_id AND x.type = 'outgoing' AND NOT x.private AND x.sender_type = 'agent' AND x.created_at >= h.since AND x.created_at < @to::timestamptz
            AND (h.next_at IS NULL OR x.created_at < h.next_at) AND (s.closed_at IS NULL OR x.created_at <= s.closed_at)
            AND x.meta ->> 'continuity_email' IS DISTINCT FROM 'true'
        OFFSET 0 -- by the index on conversation and time
    ) m
    JOIN libredesk_agent g ON g.id = m.sender_id AND g.kind = 'agent'
    ORDER BY h.conversation_id, h.seq, h.number, m.created_at, m.id
), handed AS MATERIALIZED (
    SELECT h.conversation_id, h.seq, h.number, min(e.at) AS at
    FROM held h
    JOIN libredesk_span s ON s.conversation_id = h.conversation_id AND s.seq = h.seq
    JOIN libredesk_bot_event e ON e.conversation_id = h.conversation_id AND e.type = 'handoff' AND e.at >= h.since AND (h.next_at IS NULL OR e.at < h.next_at)
        AND (s.closed_at IS NULL OR e.at < s.closed_at)
    GROUP BY h.conversation_id, h.seq, h.number
), person AS (
    SELECT h.conversation_id, h.seq, h.number, h.since, h.who, h.self_at, h.next_at, r.at AS replied_at, r.sender_id,
        row_number() OVER (PARTITION BY h.conversation_id, h.seq ORDER BY h.number) AS place
    FROM held h
    LEFT JOIN replied r ON r.conversation_id = h.conversation_id AND r.seq = h.seq AND r.number = h.number
    WHERE h.who_kind IS DISTINCT FROM 'bot'
)
SELECT @tenant::text AS tenant_id, s.conversation_id || ':' || s.seq || ':' || p.place AS assignment_id, s.conversation_id::text AS conversation_id, s.contact_id::text AS user_id,
    coalesce(p.who, p.sender_id, CASE WHEN p.next_at IS NULL AND s.closed_by = 'agent' THEN s.closer_id END)::text AS agent_id, s.assigned_team_id::text AS team_id, p.place::int AS seq,
    CASE
        WHEN coalesce(p.who, p.sender_id, CASE WHEN p.next_at IS NULL AND s.closed_by = 'agent' THEN s.closer_id END) IS NULL THEN 'queue'
        WHEN p.place > 1 THEN 'transfer'
        ELSE 'initial'
    END AS kind,
    least(CASE WHEN p.place > 1 THEN p.since ELSE greatest(p.since, b.at) END, p.replied_at) AS offered_at, least(p.self_at, p.replied_at) AS accepted_at, p.replied_at AS first_reply_at,
    coalesce(p.next_at, s.closed_at) AS ended_at, CASE WHEN p.next_at IS NOT NULL THEN 'agent' ELSE s.closed_by END AS ended_by,
    CASE WHEN p.next_at IS NOT NULL THEN 'transferred' WHEN s.closed_at IS NOT NULL THEN 'closed' END AS end_reason, 'history' AS derivation
FROM person p
JOIN libredesk_span s ON s.conversation_id = p.conversation_id AND s.seq = p.seq
LEFT JOIN handed b ON b.conversation_id = p.conversation_id AND b.seq = p.seq AND b.number = p.number
WHERE s.closed_by IS DISTINCT FROM 'bot' OR p.who IS NOT NULL OR p.replied_at IS NOT NULL
