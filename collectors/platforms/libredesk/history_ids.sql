-- Asked once a period: what the log of the touched conversations tells, as of the period's end. One line an episode, and one an assignment; instants
-- are microseconds since 1970, - is null.
--   e  conversation, number, begin, end, who closed it, as what, contact, team, and the status that it was given
--   a  conversation, number of the episode, place in it, contact, agent, team, kind, when it was offered, accepted, first replied to and ended, who
--      ended it, and how
--
-- An episode ends as the log says that the conversation was given a status of the category resolved, and the next begins as it is given another. A
-- conversation that is resolved though its log never said so ended at the instant that is kept of its first resolution. The last one is open.
--
-- Who was in charge: in each episode a stretch begins with it, with a new assignee in place of another, and with one's removal. Waiting for
-- an assignee and his coming are one. Whoever had a conversation when it was resolved has it when it is reopened. What an assistant had is no
-- assignment; after it the first one is offered at its handing over. Taken with the first reply of any agent, or at the instant at which an agent
-- assigns it to himself. An episode that nobody was assigned to is of who replied, else of who closed it.
WITH change AS MATERIALIZED (
    SELECT x.conversation_id, x.at, x.is_end, x.actor_id, x.actor_kind, x.status
    FROM (
        SELECT w.conversation_id, w.at, w.id, w.is_end, w.actor_id, w.actor_kind, w.status, lag(w.is_end, 1, false) OVER (PARTITION BY w.conversation_id ORDER BY w.at, w.id) AS was_end
        FROM (
            SELECT l.conversation_id, l.at, l.id, l.category = 'resolved' AS is_end, l.actor_id, l.actor_kind, l.status
            FROM libredesk_log l
            WHERE l.kind = 'status'
            UNION ALL
            SELECT t.id, coalesce(t.resolved_at, t.closed_at), 0, true, NULL, 'system', t.status
            FROM libredesk_touched t
            WHERE t.category = 'resolved' AND coalesce(t.resolved_at, t.closed_at) < @to::timestamptz
                AND NOT EXISTS (SELECT FROM libredesk_log l WHERE l.conversation_id = t.id AND l.kind = 'status')
        ) w
    ) x
    WHERE x.is_end <> x.was_end
), settled AS MATERIALIZED (
    SELECT DISTINCT c.conversation_id, c.at
    FROM change c
    JOIN libredesk_bot_event e ON e.conversation_id = c.conversation_id AND e.type = 'resolve' AND e.at >= c.at - interval '1 minute' AND e.at <= c.at + interval '1 minute'
    WHERE c.is_end
), begun AS MATERIALIZED (
    SELECT c.conversation_id, min(c.at) AS at
    FROM change c
    GROUP BY c.conversation_id
), stretch AS (
    SELECT y.conversation_id, y.at AS opened_at, y.is_end, lead(y.at) OVER w AS closed_at, lead(y.actor_id) OVER w AS closer_id, lead(y.actor_kind) OVER w AS closer_kind,
        lead(y.status) OVER w AS status, max(y.contact_id) OVER whole AS contact_id, max(y.assigned_team_id) OVER whole AS assigned_team_id
    FROM (
        SELECT c.conversation_id, c.at, c.is_end, c.actor_id, c.actor_kind, c.status, NULL AS contact_id, NULL AS assigned_team_id FROM change c
        UNION ALL
        SELECT t.id, least(t.created_at, b.at), false, NULL, NULL, NULL, t.contact_id, t.assigned_team_id
        FROM libredesk_touched t
        LEFT JOIN begun b ON b.conversation_id = t.id
    ) y
    WINDOW whole AS (PARTITION BY y.conversation_id), w AS (PARTITION BY y.conversation_id ORDER BY y.at, y.is_end)
), span AS MATERIALIZED (
    SELECT s.conversation_id, row_number() OVER (PARTITION BY s.conversation_id ORDER BY s.opened_at, s.closed_at) AS seq, s.opened_at, s.closed_at, s.closer_id,
        CASE
            WHEN s.closed_at IS NULL THEN NULL
            WHEN s.closer_kind = 'bot' OR d.at IS NOT NULL THEN 'bot'
            ELSE s.closer_kind
        END AS closed_by,
        s.status, s.contact_id, s.assigned_team_id
    FROM stretch s
    LEFT JOIN settled d ON d.conversation_id = s.conversation_id AND d.at = s.closed_at
    WHERE NOT s.is_end AND s.contact_id IS NOT NULL
), kept AS MATERIALIZED ( -- from before the episode
    SELECT s.conversation_id, s.seq, (array_agg(l.assignee_id ORDER BY l.at DESC, l.id DESC))[1] AS who
    FROM span s
    JOIN libredesk_log l ON l.conversation_id = s.conversation_id AND l.kind IN ('assigned', 'removed') AND l.at < s.opened_at
    GROUP BY s.conversation_id, s.seq
), turn AS (
    SELECT s.conversation_id, s.seq, s.opened_at AS at, 0::bigint AS id, k.who, false AS is_self, true AS is_first
    FROM span s
    LEFT JOIN kept k ON k.conversation_id = s.conversation_id AND k.seq = s.seq
    UNION ALL
    SELECT s.conversation_id, s.seq, l.at, l.id, l.assignee_id, l.is_self, false
    FROM span s
    JOIN libredesk_log l ON l.conversation_id = s.conversation_id AND l.kind IN ('assigned', 'removed') AND l.at >= s.opened_at AND (s.closed_at IS NULL OR l.at < s.closed_at)
    UNION ALL
    SELECT s.conversation_id, s.seq, e.at, 0, NULL, false, false
    FROM span s
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
    JOIN span s ON s.conversation_id = h.conversation_id AND s.seq = h.seq
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
    JOIN span s ON s.conversation_id = h.conversation_id AND s.seq = h.seq
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
SELECT concat_ws(' ', 'e', e.conversation_id, e.seq, (extract(epoch FROM e.opened_at) * 1000000)::bigint, coalesce((extract(epoch FROM e.closed_at) * 1000000)::bigint::text, '-'),
    coalesce(e.closer_id::text, '-'), coalesce(e.closed_by, '-'), e.contact_id, coalesce(e.assigned_team_id::text, '-'), coalesce(e.status, '-')) AS id
FROM span e
UNION ALL
SELECT concat_ws(' ', 'a', a.conversation_id, a.seq, a.place, a.contact_id, coalesce(a.agent_id::text, '-'), coalesce(a.team_id::text, '-'), a.kind,
    (extract(epoch FROM a.offered_at) * 1000000)::bigint, coalesce((extract(epoch FROM a.accepted_at) * 1000000)::bigint::text, '-'),
    coalesce((extract(epoch FROM a.first_reply_at) * 1000000)::bigint::text, '-'), coalesce((extract(epoch FROM a.ended_at) * 1000000)::bigint::text, '-'),
    coalesce(a.ended_by, '-'), coalesce(a.end_reason, '-'))
FROM (
    SELECT s.conversation_id, s.seq, p.place, s.contact_id,
        coalesce(p.who, p.sender_id, CASE WHEN p.next_at IS NULL AND s.closed_by = 'agent' THEN s.closer_id END) AS agent_id, s.assigned_team_id AS team_id,
        CASE
            WHEN coalesce(p.who, p.sender_id, CASE WHEN p.next_at IS NULL AND s.closed_by = 'agent' THEN s.closer_id END) IS NULL THEN 'queue'
            WHEN p.place > 1 THEN 'transfer'
            ELSE 'initial'
        END AS kind,
        least(CASE WHEN p.place > 1 THEN p.since ELSE greatest(p.since, b.at) END, p.replied_at) AS offered_at, least(p.self_at, p.replied_at) AS accepted_at, p.replied_at AS first_reply_at,
        coalesce(p.next_at, s.closed_at) AS ended_at, CASE WHEN p.next_at IS NOT NULL THEN 'agent' ELSE s.closed_by END AS ended_by,
        CASE WHEN p.next_at IS NOT NULL THEN 'transferred' WHEN s.closed_at IS NOT NULL THEN 'closed' END AS end_reason
    FROM person p
    JOIN span s ON s.conversation_id = p.conversation_id AND s.seq = p.seq
    LEFT JOIN handed b ON b.conversation_id = p.conversation_id AND b.seq = p.seq AND b.number = p.number
    WHERE s.closed_by IS DISTINCT FROM 'bot' OR p.who IS NOT NULL OR p.replied_at IS NOT NULL
) a
