-- How many conversations were offered to people, who took them, how long did they wait, why were they closed, and who was there?
--
-- Parameters: @from, @to timestamptz, the period [from, to); @day_from, @day_to timestamptz[], its local days; @missed_after
-- float8, seconds; @exclude_away bool; @now timestamptz, the instant of the read. Days are numbered from 1. Durations are seconds.

-- name: facts
-- The facts of assignments and episodes, counted and measured by period, day, agent, agent and day, team, and reason:
--   handled, missed, waiting   what became of those offered in the period; day of the offer
--   transfer                   those of them that an agent took over from another
--   accepted_from_before       accepted in the period, offered before it
--   wait                       offer to first reply; day of the reply; transfers and conversations begun by an agent or campaign left out
--   time                       acceptance to end; day of the end
--   time_by_replies            those of time whose begin is known from replies alone
--   one_reply                  those of them that last 0 s: one reply, and nothing after it
--   charge                     acceptance to the last message, clipped to the period and split by day
--   message                    messages by users and agents sent while an assignment of their conversation lasted, both ends included, each once
--   user                       users whom an agent wrote to or accepted in the period, each once
--   closed                     episodes closed in the period, with the reason that was recorded
WITH assigned AS MATERIALIZED (
    SELECT a.assignment_id, a.conversation_id, a.user_id, nullif(a.agent_id, '') AS agent_id,
        coalesce(nullif(a.team_id, ''), nullif(g.team_id, '')) AS team_id, a.kind, a.derivation, a.offered_at, a.first_reply_at, a.ended_at,
        coalesce(a.accepted_at, a.first_reply_at, CASE -- ended by an agent, named or not, without a reply: accepted then
            WHEN (a.ended_by IN ('agent', a.agent_id) OR e.role <> 'bot') AND coalesce(a.end_reason, 'closed') IN ('closed', 'returned_to_bot')
            THEN a.ended_at END) AS accepted_at
    FROM assignment a
    LEFT JOIN agent g ON g.agent_id = a.agent_id
    LEFT JOIN agent e ON e.agent_id = a.ended_by
    WHERE a.offered_at < @to AND g.role IS DISTINCT FROM 'bot'
), written AS MATERIALIZED (
    SELECT conversation_id, user_id, author, sent_at
    FROM message
    WHERE sent_at >= @from AND sent_at < @to AND author IN ('user', 'agent', 'bot', 'automation')
), accepted AS ( -- and the last message in it of this period
    SELECT a.assignment_id, a.agent_id, a.team_id, a.conversation_id, a.derivation, a.offered_at, a.accepted_at, a.ended_at, max(w.sent_at) AS last_at
    FROM assigned a
    LEFT JOIN written w ON w.conversation_id = a.conversation_id AND w.sent_at >= a.offered_at AND (a.ended_at IS NULL OR w.sent_at <= a.ended_at)
    WHERE a.accepted_at < @to AND (a.ended_at IS NULL OR a.ended_at >= @from)
    GROUP BY a.assignment_id, a.agent_id, a.team_id, a.conversation_id, a.derivation, a.offered_at, a.accepted_at, a.ended_at
), silent AS MATERIALIZED ( -- those from before the period that have no message in it; keys, so that the mapping looks up no others; null where there are none
    SELECT jsonb_object_agg(conversation_id, true) AS conversations
    FROM accepted
    WHERE last_at IS NULL AND offered_at < @from AND derivation IS DISTINCT FROM 'replies'
), past AS MATERIALIZED ( -- when they had their last one
    SELECT h.conversation_id, max(h.sent_at) AS last_at
    FROM message_history h
    WHERE h.sent_at < @from AND h.author IN ('user', 'agent', 'bot', 'automation')
        AND (SELECT conversations IS NOT NULL FROM silent) AND (SELECT conversations FROM silent) ? h.conversation_id
    GROUP BY h.conversation_id
), charge AS MATERIALIZED ( -- ends at its last message; without any it ends where it ended
    SELECT a.agent_id, a.team_id, greatest(a.accepted_at, @from) AS since,
        greatest(a.accepted_at, CASE
            WHEN a.last_at IS NOT NULL THEN a.last_at
            WHEN a.offered_at < @from AND a.derivation = 'replies' THEN NULL -- its reply, and so its last message, came before the period
            WHEN a.offered_at < @from AND p.last_at >= a.offered_at THEN NULL
            ELSE a.ended_at END) AS until
    FROM accepted a
    LEFT JOIN past p ON p.conversation_id = a.conversation_id
), day AS (
    SELECT day, day_from, day_to
    FROM unnest(@day_from::timestamptz[], @day_to::timestamptz[]) WITH ORDINALITY AS d (day_from, day_to, day)
), fact AS (
    SELECT CASE
            WHEN accepted_at < @to THEN 'handled'
            WHEN ended_at < @to OR offered_at + make_interval(secs => @missed_after::float8) <= @to THEN 'missed'
            ELSE 'waiting' END AS fact,
        width_bucket(offered_at, @day_from::timestamptz[]) AS day, agent_id, team_id, NULL::text AS reason, offered_at AS at, NULL::float8 AS seconds
    FROM assigned
    WHERE offered_at >= @from AND offered_at < @to
    UNION ALL
    SELECT 'transfer', width_bucket(offered_at, @day_from::timestamptz[]), agent_id, team_id, NULL, offered_at, NULL
    FROM assigned
    WHERE offered_at >= @from AND offered_at < @to AND kind = 'transfer'
    UNION ALL
    SELECT 'accepted_from_before', width_bucket(accepted_at, @day_from::timestamptz[]), agent_id, team_id, NULL, accepted_at, NULL
    FROM assigned
    WHERE offered_at < @from AND accepted_at >= @from AND accepted_at < @to
    UNION ALL
    SELECT 'wait', width_bucket(a.first_reply_at, @day_from::timestamptz[]), a.agent_id, a.team_id, NULL, a.first_reply_at,
        extract(epoch FROM a.first_reply_at - a.offered_at)::float8
    FROM assigned a
    LEFT JOIN conversation c ON c.conversation_id = a.conversation_id
    WHERE a.first_reply_at >= @from AND a.first_reply_at < @to AND a.kind <> 'transfer'
      AND coalesce(c.initiated_by, 'unknown') NOT IN ('agent', 'campaign')
    UNION ALL
    SELECT f.fact, width_bucket(a.ended_at, @day_from::timestamptz[]), a.agent_id, a.team_id, NULL, a.ended_at,
        extract(epoch FROM a.ended_at - a.accepted_at)::float8
    FROM assigned a
    JOIN (VALUES ('time'), ('time_by_replies'), ('one_reply')) AS f (fact)
        ON f.fact = 'time' OR a.derivation = 'replies' AND (f.fact = 'time_by_replies' OR a.first_reply_at IS NOT NULL AND a.ended_at = a.accepted_at)
    WHERE a.ended_at >= @from AND a.ended_at < @to AND a.accepted_at IS NOT NULL
    UNION ALL
    SELECT 'charge', d.day, c.agent_id, c.team_id, NULL, greatest(c.since, d.day_from),
        extract(epoch FROM least(c.until, d.day_to) - greatest(c.since, d.day_from))::float8
    FROM charge c
    JOIN day d ON d.day_to > c.since AND (d.day_from < c.until OR d.day_from <= c.since)
    WHERE c.until >= @from
    UNION ALL
    SELECT 'message', NULL, NULL, NULL, NULL, w.sent_at, NULL
    FROM written w
    WHERE w.author IN ('user', 'agent') AND EXISTS (
        SELECT FROM assigned a
        WHERE a.conversation_id = w.conversation_id AND a.offered_at <= w.sent_at AND (a.ended_at IS NULL OR w.sent_at <= a.ended_at))
    UNION ALL
    SELECT 'user', NULL, NULL, NULL, NULL, NULL, NULL
    FROM (
        SELECT user_id FROM written WHERE author = 'agent'
        UNION
        SELECT user_id FROM assigned WHERE accepted_at >= @from AND accepted_at < @to) AS served
    WHERE user_id IS NOT NULL
    UNION ALL
    SELECT 'closed', width_bucket(closed_at, @day_from::timestamptz[]), NULL, NULL, left(nullif(close_reason, ''), 200), closed_at, NULL
    FROM episode
    WHERE closed_at >= @from AND closed_at < @to
)
SELECT fact,
    CASE grouping(day, agent_id, team_id, reason)
        WHEN 15 THEN 'period' WHEN 7 THEN 'day' WHEN 11 THEN 'agent' WHEN 3 THEN 'agent and day' WHEN 13 THEN 'team' ELSE 'reason' END AS "by",
    coalesce(day, 0) AS day, coalesce(agent_id, '') AS agent_id, coalesce(team_id, '') AS team_id, coalesce(reason, '') AS reason,
    count(*) AS count, min(at) AS first_at, coalesce(sum(seconds), 0) AS total, avg(seconds) AS mean,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) AS p90
FROM fact
GROUP BY GROUPING SETS ((fact), (fact, day), (fact, agent_id), (fact, agent_id, day), (fact, team_id), (fact, reason))
ORDER BY fact, "by", day, count DESC, first_at, agent_id, team_id, reason;

-- name: connected
-- One row an agent and day: seconds covered by at least one session, and how many sessions that nobody ended were cut short. A session still
-- open ends at the read; after 24 hours it is taken for forgotten, and ends at the last thing known of its agent.
WITH session AS MATERIALIZED (
    SELECT s.agent_id, s.started_at, s.ended_at, s.last_activity_at, least(@now::timestamptz, @to) AS read_at,
        s.ended_at IS NULL AND s.started_at < least(@now::timestamptz, @to) - interval '24 hours' AS forgotten
    FROM agent_session s
    LEFT JOIN agent g ON g.agent_id = s.agent_id
    WHERE s.started_at < @to AND g.role IS DISTINCT FROM 'bot'
      AND NOT (@exclude_away::bool AND s.state IS NOT DISTINCT FROM 'away')
), wrote AS (
    SELECT agent_id, max(sent_at) AS last_at
    FROM message
    WHERE author = 'agent' AND sent_at >= @from AND sent_at < @to
    GROUP BY agent_id
), ended AS MATERIALIZED (
    SELECT s.agent_id, s.started_at, s.forgotten, s.read_at,
        CASE WHEN s.forgotten THEN greatest(s.started_at, s.last_activity_at, w.last_at) ELSE coalesce(s.ended_at, s.read_at) END AS ended_at
    FROM session s
    LEFT JOIN wrote w ON w.agent_id = s.agent_id
), clipped AS (
    SELECT agent_id, greatest(started_at, @from) AS since, least(ended_at, @to) AS until
    FROM ended
    WHERE ended_at > @from AND ended_at > started_at
), added AS ( -- what a session covers that those begun before it do not: together, the union
    SELECT agent_id, until,
        greatest(since, max(until) OVER (PARTITION BY agent_id ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS since
    FROM clipped
), day AS (
    SELECT day, day_from, day_to
    FROM unnest(@day_from::timestamptz[], @day_to::timestamptz[]) WITH ORDINALITY AS d (day_from, day_to, day)
), piece AS (
    SELECT a.agent_id, d.day, greatest(a.since, d.day_from) AS at, 0 AS forgotten,
        extract(epoch FROM least(a.until, d.day_to) - greatest(a.since, d.day_from))::float8 AS seconds
    FROM added a
    JOIN day d ON d.day_to > a.since AND d.day_from < a.until
    WHERE a.since < a.until
    UNION ALL
    SELECT agent_id, width_bucket(greatest(started_at, @from), @day_from::timestamptz[]), greatest(started_at, @from), 1, 0
    FROM ended
    WHERE forgotten AND ended_at >= @from AND ended_at < read_at
)
SELECT coalesce(agent_id, '') AS agent_id, day, sum(seconds) AS seconds, sum(forgotten) AS forgotten, min(at) AS first_at
FROM piece
GROUP BY agent_id, day
ORDER BY agent_id, day;

-- name: agents
SELECT agent_id AS id, left(coalesce(nullif(display_name, ''), agent_id), 200) AS name
FROM agent
ORDER BY agent_id;

-- name: teams
SELECT team_id AS id, left(coalesce(nullif(name, ''), team_id), 200) AS name
FROM team
ORDER BY team_id;
