-- How fast were people answered and served, by the hours at which the practice was open?
--
-- Parameters: @from, @to timestamptz, what is read: [from, to), where from may lie before the period so that what came due in it is
-- whole; @hour_from timestamptz[], the first instants of each local hour of the period; @conversations text[], @opened, @deadlines
-- timestamptz[], episodes that passed their deadline. Instants leave as they are: business time is added up in Go. A calendar '' is not
-- known.

-- name: calendars
-- One row a window: minutes of the day, a second begun counting as a minute.
SELECT calendar_id, weekday::int AS weekday, floor(extract(epoch FROM opens) / 60)::int AS opens, ceil(extract(epoch FROM closes) / 60)::int AS closes,
    coalesce(time_zone, '') AS time_zone
FROM business_hours
WHERE calendar_id IS NOT NULL AND weekday BETWEEN 0 AND 6 AND opens IS NOT NULL AND closes IS NOT NULL
ORDER BY calendar_id, weekday, opens, closes;

-- name: holidays
SELECT calendar_id, holiday::text AS holiday
FROM business_holiday
WHERE calendar_id IS NOT NULL AND holiday IS NOT NULL
ORDER BY calendar_id, holiday;

-- name: episodes
-- Those opened or closed in what is read.
SELECT e.conversation_id, coalesce(nullif(e.calendar_id, ''), c.calendar_id, '') AS calendar_id, e.opened_at, e.closed_at
FROM episode e
LEFT JOIN conversation c ON c.conversation_id = e.conversation_id
WHERE e.opened_at < @to AND (e.opened_at >= @from OR e.closed_at >= @from)
ORDER BY e.opened_at, e.conversation_id, e.seq;

-- name: turns
-- Whose turn was it when an episode passed its deadline? Ours, where its last message up to then was the user's, or where it has none.
WITH overdue AS (
    SELECT conversation_id, opened_at, deadline, place
    FROM unnest(@conversations::text[], @opened::timestamptz[], @deadlines::timestamptz[]) WITH ORDINALITY
        AS o (conversation_id, opened_at, deadline, place)
), said AS MATERIALIZED (
    SELECT conversation_id, message_id, sent_at, author
    FROM message
    WHERE author IN ('user', 'agent', 'bot')
)
SELECT o.place::int AS place,
    coalesce((array_agg(s.author ORDER BY s.sent_at DESC, s.message_id DESC) FILTER (WHERE s.author IS NOT NULL))[1], 'user') = 'user' AS is_ours
FROM overdue o
LEFT JOIN said s ON s.conversation_id = o.conversation_id AND s.sent_at >= o.opened_at AND s.sent_at <= o.deadline
GROUP BY o.place
ORDER BY o.place;

-- name: runs
-- One row a run: what a user writes until an agent answers or the episode ends. Bots and automatic messages do not end it. It begins with its
-- first message or, if that is later, with the hand-off to people (offered_at); one of a conversation that nobody was assigned to meanwhile is
-- left out. Where it is the first of what is read and its conversation is older, it may have begun before. is_carried: it did, if the user had
-- the last word then; nothing was said since, up to where it ends, but it was handed over.
--   ended_by   agent, agent_closing, closing (by the user, a bot or the system); '' where it goes on
WITH said AS MATERIALIZED (
    SELECT conversation_id, message_id, sent_at, author
    FROM message
    WHERE author IN ('user', 'agent')
), happened AS (
    SELECT conversation_id, sent_at AS at, author AS what, 1 AS rank, message_id FROM said
    UNION ALL
    SELECT conversation_id, closed_at, CASE WHEN closed_by = 'agent' THEN 'agent_closing' ELSE 'closing' END, 2, '' FROM episode WHERE closed_at >= @from
), marked AS (
    SELECT conversation_id, at, what, rank, message_id, lag(what) OVER (PARTITION BY conversation_id ORDER BY at, rank, message_id) AS before
    FROM happened
), turn AS (
    SELECT conversation_id, at, what, before,
        lead(at) OVER (PARTITION BY conversation_id ORDER BY at, rank, message_id) AS ends_at,
        lead(what) OVER (PARTITION BY conversation_id ORDER BY at, rank, message_id) AS ended_by
    FROM marked
    WHERE what <> 'user' OR before IS DISTINCT FROM 'user'
), offered AS MATERIALIZED (
    SELECT a.conversation_id, a.offered_at, a.ended_at
    FROM assignment a
    LEFT JOIN agent g ON g.agent_id = a.agent_id
    WHERE a.offered_at < @to AND g.role IS DISTINCT FROM 'bot'
), run AS MATERIALIZED (
    SELECT t.conversation_id, t.at, min(o.offered_at) AS offered_at, t.ends_at, t.ended_by, t.before IS NULL AS is_first
    FROM turn t
    JOIN offered o ON o.conversation_id = t.conversation_id AND (o.ended_at IS NULL OR o.ended_at > t.at OR o.offered_at >= t.at)
        AND (t.ends_at IS NULL OR o.offered_at <= t.ends_at)
    WHERE t.what = 'user'
    GROUP BY t.conversation_id, t.at, t.ends_at, t.ended_by, t.before
), carried AS (
    SELECT o.conversation_id, o.offered_at, m.at AS ends_at, m.what AS ended_by
    FROM (
        SELECT conversation_id, min(offered_at) AS offered_at
        FROM offered
        WHERE offered_at >= @from OR ended_at IS NULL OR ended_at >= @from
        GROUP BY conversation_id
    ) o
    LEFT JOIN turn m ON m.conversation_id = o.conversation_id AND m.before IS NULL
    WHERE o.offered_at >= @from AND m.what IS DISTINCT FROM 'user' AND (m.at IS NULL OR o.offered_at <= m.at)
)
SELECT r.conversation_id, coalesce(c.calendar_id, '') AS calendar_id, r.at, r.offered_at, r.ends_at, coalesce(r.ended_by, '') AS ended_by,
    r.is_first AND coalesce(c.started_at < @from, true) AS may_go_on, false AS is_carried
FROM run r
LEFT JOIN conversation c ON c.conversation_id = r.conversation_id
UNION ALL
SELECT k.conversation_id, coalesce(c.calendar_id, ''), k.offered_at, k.offered_at, k.ends_at, coalesce(k.ended_by, ''), true, true
FROM carried k
LEFT JOIN conversation c ON c.conversation_id = k.conversation_id
WHERE coalesce(c.started_at < @from, true)
ORDER BY at, conversation_id;

-- name: words
-- Which of these conversations ended with a user's word that nobody answered, and that was not closed, when what is read began? Episodes may be
-- known as of a later instant than the @to that is handed over here.
WITH happened AS (
    SELECT conversation_id, sent_at AS at, author AS what, 1 AS rank, message_id
    FROM message
    WHERE conversation_id = ANY (@conversations::text[]) AND author IN ('user', 'agent')
    UNION ALL
    SELECT conversation_id, closed_at, 'closing', 2, ''
    FROM episode
    WHERE conversation_id = ANY (@conversations::text[]) AND closed_at >= @from AND closed_at < @to
)
SELECT conversation_id
FROM happened
GROUP BY conversation_id
HAVING (array_agg(what ORDER BY at DESC, rank DESC, message_id DESC))[1] = 'user'
ORDER BY conversation_id;

-- name: responses
-- First replies in the period to what was offered: transfers and conversations begun by an agent or campaign left out, as in waits.
SELECT coalesce(c.calendar_id, '') AS calendar_id, a.offered_at, a.first_reply_at
FROM assignment a
LEFT JOIN agent g ON g.agent_id = a.agent_id
LEFT JOIN conversation c ON c.conversation_id = a.conversation_id
WHERE a.first_reply_at >= @from AND a.first_reply_at < @to AND a.kind <> 'transfer' AND g.role IS DISTINCT FROM 'bot'
  AND coalesce(c.initiated_by, 'unknown') NOT IN ('agent', 'campaign')
ORDER BY a.first_reply_at, a.assignment_id;

-- name: inbound
-- Inbound messages by calendar and minute: hours open and close at minutes.
SELECT coalesce(c.calendar_id, '') AS calendar_id, date_trunc('minute', m.sent_at) AS minute, count(*) AS count
FROM message m
LEFT JOIN conversation c ON c.conversation_id = m.conversation_id
WHERE m.direction = 'in' AND m.author = 'user' AND m.sent_at >= @from AND m.sent_at < @to
GROUP BY 1, 2
ORDER BY 1, 2;

-- name: unserved
-- What was offered in each local hour of the period, numbered from 1, and was missed or is waiting.
SELECT width_bucket(a.offered_at, @hour_from::timestamptz[]) AS hour, count(*) AS count
FROM assignment a
LEFT JOIN agent g ON g.agent_id = a.agent_id
LEFT JOIN agent e ON e.agent_id = a.ended_by
WHERE a.offered_at >= @from AND a.offered_at < @to AND g.role IS DISTINCT FROM 'bot'
  AND coalesce(a.accepted_at, a.first_reply_at, CASE -- as contact_center has it: ended by an agent without a reply is accepted then
        WHEN (a.ended_by IN ('agent', a.agent_id) OR e.role <> 'bot') AND coalesce(a.end_reason, 'closed') IN ('closed', 'returned_to_bot')
        THEN a.ended_at END) IS NULL
GROUP BY 1
ORDER BY 1;
