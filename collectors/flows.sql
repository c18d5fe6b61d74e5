-- How did guided conversations go, what came of them, and what did people answer?
--
-- Parameters: @from, @to timestamptz, the period [from, to); @flows, @practices, @channels text[], whose sessions count (empty: all).
-- A session that did not end and is past its expiry is failed with TIMEOUT. What was answered at least once has a first response.

-- name: sessions
-- Rows by one of all, flow and channel, practice, reason, flow: sessions started in the period, what became of them, and what of that
-- was answered. `open` are those whose 72 hours reach past the period's end. Names are those of the latest session.
WITH session AS MATERIALIZED (
    SELECT flow_session_id, coalesce(flow_id, flow_name) AS flow, flow_name, practice, channel, user_id, started_at,
        CASE
            WHEN status IN ('completed', 'failed') THEN status
            WHEN expires_at < @to THEN 'failed'
            ELSE 'pending'
        END AS state,
        CASE
            WHEN status = 'completed' THEN NULL
            WHEN nullif(failure_reason, '') IS NOT NULL AND (status = 'failed' OR expires_at < @to) THEN left(failure_reason, 200)
            WHEN status = 'failed' AND (expires_at IS NULL OR expires_at > ended_at) THEN 'UNKNOWN'
            WHEN expires_at < @to THEN 'TIMEOUT'
        END AS reason,
        first_response_at IS NOT NULL AS answered, coalesce(steps_reached, 0) <= 1 AS at_first, outbound_messages, has_mention
    FROM flow_session
    WHERE started_at >= @from AND started_at < @to
        AND (cardinality(@flows::text[]) = 0 OR flow_id = ANY(@flows::text[]))
        AND (cardinality(@practices::text[]) = 0 OR practice = ANY(@practices::text[]))
        AND (cardinality(@channels::text[]) = 0 OR channel = ANY(@channels::text[]))
), counted AS (
    SELECT
        CASE GROUPING(flow, channel, practice, reason)
            WHEN 15 THEN 'all' WHEN 3 THEN 'flow and channel' WHEN 7 THEN 'flow' WHEN 13 THEN 'practice' WHEN 14 THEN 'reason'
        END AS by,
        flow, channel, practice, reason,
        count(*) AS initiated,
        count(*) FILTER (WHERE state = 'completed') AS completed,
        count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'pending') AS pending,
        count(*) FILTER (WHERE answered) AS started,
        count(*) FILTER (WHERE answered AND state = 'completed') AS answered_completed,
        count(*) FILTER (WHERE answered AND state = 'failed') AS answered_failed,
        count(*) FILTER (WHERE state = 'failed' AND at_first) AS failed_at_first,
        count(*) FILTER (WHERE state <> 'pending' AND has_mention) AS mentions,
        count(*) FILTER (WHERE state <> 'pending' AND has_mention IS NOT NULL) AS mentions_known,
        sum(outbound_messages) AS outbound,
        count(outbound_messages) AS outbound_known,
        count(*) FILTER (WHERE started_at > @to - interval '72 hours') AS open,
        min(started_at) AS first_at
    FROM session
    GROUP BY GROUPING SETS ((), (flow), (flow, channel), (practice), (reason))
), named AS (
    SELECT DISTINCT ON (flow) flow, nullif(flow_name, '') AS name
    FROM session
    ORDER BY flow, started_at DESC, flow_session_id
)
SELECT c.by, left(c.flow, 200) AS flow, left(c.channel, 200) AS channel, left(c.practice, 200) AS practice, c.reason,
    CASE WHEN c.by = 'flow' THEN left(coalesce(n.name, c.flow), 200) END AS name,
    CASE WHEN c.by = 'all' THEN (SELECT count(DISTINCT user_id) FROM session WHERE state <> 'pending' AND answered) END AS users,
    c.initiated, c.completed, c.failed, c.pending, c.started, c.answered_completed, c.answered_failed, c.failed_at_first,
    c.mentions, c.mentions_known, c.outbound, c.outbound_known, c.open, c.first_at
FROM counted c
LEFT JOIN named n ON c.by = 'flow' AND n.flow IS NOT DISTINCT FROM c.flow
WHERE c.by <> 'reason' OR c.reason IS NOT NULL
ORDER BY c.by, c.initiated DESC, c.first_at, c.flow, c.channel, c.practice, c.reason;

-- name: steps
-- Rows of four facts, each a count of sessions, by the steps that they visited first. A step's place is that of the flow, else the order
-- of visiting; a session without steps has as many as its count says, and one at least.
--   passed   by position: of those that ended, those that went on from a step, or completed there
--   failed   by position and reason: those whose last new step it was
--   node     of the four flows with the most sessions, by flow and step: those that visited it
--   link     of these, by flow, step and the next new one; where there is none, by what became of the session
WITH session AS MATERIALIZED (
    SELECT flow_session_id, coalesce(flow_id, flow_name) AS flow, started_at, greatest(coalesce(steps_reached, 0), 1) AS steps,
        CASE
            WHEN status IN ('completed', 'failed') THEN status
            WHEN expires_at < @to THEN 'failed'
            ELSE 'pending'
        END AS state,
        CASE
            WHEN status = 'completed' THEN NULL
            WHEN nullif(failure_reason, '') IS NOT NULL AND (status = 'failed' OR expires_at < @to) THEN left(failure_reason, 200)
            WHEN status = 'failed' AND (expires_at IS NULL OR expires_at > ended_at) THEN 'UNKNOWN'
            WHEN expires_at < @to THEN 'TIMEOUT'
        END AS reason
    FROM flow_session
    WHERE started_at >= @from AND started_at < @to
        AND (cardinality(@flows::text[]) = 0 OR flow_id = ANY(@flows::text[]))
        AND (cardinality(@practices::text[]) = 0 OR practice = ANY(@practices::text[]))
        AND (cardinality(@channels::text[]) = 0 OR channel = ANY(@channels::text[]))
), largest AS (
    SELECT flow
    FROM session
    GROUP BY flow
    ORDER BY count(*) DESC, min(started_at), flow
    LIMIT 4
), entered AS MATERIALIZED (
    SELECT flow_session_id, coalesce(step_id, step_name, position::text) AS step, min(position) AS position, min(step_name) AS name, min(visit) AS visit
    FROM flow_step
    GROUP BY flow_session_id, coalesce(step_id, step_name, position::text)
), visited AS (
    SELECT flow_session_id, step, position, name, visit FROM entered
    UNION ALL
    SELECT s.flow_session_id, n::text, n, NULL, n
    FROM session s
    CROSS JOIN LATERAL generate_series(1, least(s.steps, 1000)) AS g (n)
    WHERE NOT EXISTS (SELECT FROM entered e WHERE e.flow_session_id = s.flow_session_id)
), way AS MATERIALIZED (
    SELECT s.flow, s.state, s.reason, v.step, v.name,
        coalesce(v.position, row_number() OVER one_session) AS position,
        lead(v.step) OVER one_session AS next,
        lead(v.position) OVER one_session AS next_position
    FROM session s
    JOIN visited v USING (flow_session_id)
    WINDOW one_session AS (PARTITION BY v.flow_session_id ORDER BY v.visit, v.step)
), name AS (
    SELECT flow, step, min(position) AS position, min(nullif(name, '')) AS name
    FROM way
    GROUP BY flow, step
)
SELECT f.fact, f.flow, left(f.step, 200) AS step, left(coalesce(n.name, f.step), 200) AS name, coalesce(n.position, f.position) AS position,
    left(f.next, 200) AS next, f.outcome, f.reason, f.sessions
FROM (
    SELECT 'passed' AS fact, NULL AS flow, NULL AS step, position, NULL AS next, NULL AS outcome, NULL AS reason, count(*) AS sessions
    FROM way
    WHERE state = 'completed' OR state = 'failed' AND next IS NOT NULL
    GROUP BY position
    UNION ALL
    SELECT 'failed', NULL, NULL, position, NULL, NULL, reason, count(*)
    FROM way
    WHERE state = 'failed' AND next IS NULL
    GROUP BY position, reason
    UNION ALL
    SELECT 'node', flow, step, NULL, NULL, NULL, NULL, count(*)
    FROM way
    WHERE EXISTS (SELECT FROM largest l WHERE l.flow IS NOT DISTINCT FROM way.flow)
    GROUP BY flow, step
    UNION ALL
    SELECT 'link', flow, step, NULL, next, CASE WHEN next IS NULL THEN state END, NULL, count(*)
    FROM way
    WHERE EXISTS (SELECT FROM largest l WHERE l.flow IS NOT DISTINCT FROM way.flow)
    GROUP BY flow, step, next, CASE WHEN next IS NULL THEN state END
) f
LEFT JOIN name n ON f.fact IN ('node', 'link') AND n.flow IS NOT DISTINCT FROM f.flow AND n.step = f.step
ORDER BY f.fact, f.flow, position, f.step, f.sessions DESC, f.next, f.outcome, f.reason;

-- name: responses
-- Rows by flow, question and answer, of the ten flows with the most sessions and the first eight questions of each, in order: sessions
-- that gave the answer last, however it was spelled. Answers that only one person gave are one row without an answer, unless @free_text;
-- so are those beyond the ten most frequent.
WITH session AS MATERIALIZED (
    SELECT flow_session_id, coalesce(flow_id, flow_name) AS flow, user_id, started_at
    FROM flow_session
    WHERE started_at >= @from AND started_at < @to
        AND (cardinality(@flows::text[]) = 0 OR flow_id = ANY(@flows::text[]))
        AND (cardinality(@practices::text[]) = 0 OR practice = ANY(@practices::text[]))
        AND (cardinality(@channels::text[]) = 0 OR channel = ANY(@channels::text[]))
), largest AS (
    SELECT flow, row_number() OVER (ORDER BY count(*) DESC, min(started_at), flow) AS rank
    FROM session
    GROUP BY flow
    ORDER BY rank
    LIMIT 10
), given AS MATERIALIZED (
    SELECT DISTINCT ON (p.flow_session_id, p.step) l.rank, s.flow, p.step, p.position, p.visit, p.prompt, p.answer,
        coalesce(s.user_id, s.flow_session_id) AS person
    FROM (
        SELECT flow_session_id, coalesce(step_id, step_name, position::text) AS step, position, visit,
            left(coalesce(nullif(prompt, ''), step_name), 300) AS prompt, left(btrim(answer), 300) AS answer
        FROM flow_step
        WHERE is_question IS NOT FALSE AND answered_at IS NOT NULL AND btrim(answer) <> ''
    ) p
    JOIN session s USING (flow_session_id)
    JOIN largest l ON l.flow IS NOT DISTINCT FROM s.flow
    ORDER BY p.flow_session_id, p.step, p.visit DESC
), question AS (
    SELECT rank, flow, step, min(prompt) AS prompt, count(*) AS answered,
        row_number() OVER (PARTITION BY rank ORDER BY min(position), min(visit), step) AS number
    FROM given
    GROUP BY rank, flow, step
), answer AS (
    SELECT rank, step, lower(answer) AS key, min(answer COLLATE "C") AS answer, count(*) AS sessions,
        count(DISTINCT person) > 1 OR @free_text::bool AS told
    FROM given
    GROUP BY rank, step, lower(answer)
), placed AS (
    SELECT rank, step, answer, sessions, told, row_number() OVER (PARTITION BY rank, step, told ORDER BY sessions DESC, key) AS place
    FROM answer
)
SELECT t.flow, t.number, left(t.question, 300) AS question, t.answered, t.answer, t.sessions, t.answers
FROM (
    SELECT q.rank, q.flow, q.number, coalesce(q.prompt, q.step) AS question, q.answered,
        CASE WHEN p.told AND p.place <= 10 THEN p.answer END AS answer, sum(p.sessions)::bigint AS sessions, count(*) AS answers
    FROM question q
    JOIN placed p USING (rank, step)
    WHERE q.number <= 8
    GROUP BY 1, 2, 3, 4, 5, 6
) t
ORDER BY t.rank, t.number, t.answer IS NULL, t.sessions DESC, t.answer;

-- name: goals
-- Rows of facts by practice and currency, or by status: what came of sessions. @until is the end of the cohort, @to the instant up to which
-- goals are known (later for the previous period, whose windows have closed since), @since the earliest session that may be meant. A goal
-- is linked to the session that it names, else to its user's latest before it; an appointment counts once, and so does who enrolled.
--   scheduled           linked to a session of the cohort that began less than 72 hours before
--   completed           before @until, of any earlier session within @attribution_days
--   enrolled            likewise
--   scheduled_status    the appointments of scheduled, by their latest status of all
--   appointment_status  the appointments that something happened to before @until, of any earlier session likewise
WITH goal AS MATERIALIZED (
    SELECT event_id, user_id, kind, occurred_at, appointment_id, flow_session_id, amount, upper(nullif(currency, '')) AS currency,
        nullif(status, '') AS status, coalesce(appointment_id, event_id) AS appointment
    FROM goal_event
    WHERE kind <> 'cancellation_kept'
), session AS MATERIALIZED (
    SELECT flow_session_id, user_id, started_at, practice,
        (cardinality(@flows::text[]) = 0 OR coalesce(flow_id = ANY(@flows::text[]), false))
        AND (cardinality(@practices::text[]) = 0 OR coalesce(practice = ANY(@practices::text[]), false))
        AND (cardinality(@channels::text[]) = 0 OR coalesce(channel = ANY(@channels::text[]), false)) AS chosen
    FROM flow_session_history
), linked AS MATERIALIZED (
    SELECT g.event_id, g.kind, g.occurred_at, g.appointment_id, g.appointment, g.status, g.amount, g.currency, s.flow_session_id, s.started_at,
        s.practice, s.chosen, coalesce(g.user_id, s.user_id, s.flow_session_id) AS person
    FROM goal g
    JOIN session s ON s.flow_session_id = g.flow_session_id AND s.started_at <= g.occurred_at
    UNION ALL
    SELECT g.event_id, g.kind, g.occurred_at, g.appointment_id, g.appointment, g.status, g.amount, g.currency, s.flow_session_id, s.started_at,
        s.practice, s.chosen, g.user_id
    FROM goal g
    JOIN session s ON s.user_id = g.user_id AND s.started_at <= g.occurred_at
    WHERE g.flow_session_id IS NULL
), latest AS (
    SELECT DISTINCT ON (event_id) event_id, occurred_at, appointment_id, appointment, status, amount, currency, started_at, practice, chosen
    FROM linked
    WHERE kind = 'appointment_scheduled'
    ORDER BY event_id, started_at DESC, flow_session_id
), scheduled AS MATERIALIZED (
    SELECT DISTINCT ON (appointment) appointment, appointment_id, status, practice, amount, currency
    FROM latest
    WHERE chosen AND started_at >= @from AND started_at < @until::timestamptz AND occurred_at < started_at + interval '72 hours'
    ORDER BY appointment, occurred_at, event_id
), earlier AS MATERIALIZED (
    SELECT event_id, kind, occurred_at, appointment_id, appointment, status, amount, currency, flow_session_id, started_at, practice, person
    FROM linked
    WHERE chosen AND occurred_at < @until::timestamptz AND started_at >= occurred_at - make_interval(days => @attribution_days::int)
), completed AS (
    SELECT DISTINCT ON (appointment) appointment, practice, amount, currency
    FROM earlier
    WHERE kind = 'appointment_completed'
    ORDER BY appointment, occurred_at, event_id, started_at DESC, flow_session_id
), enrolled AS (
    SELECT DISTINCT ON (person) person, practice, amount, currency
    FROM earlier
    WHERE kind = 'portal_enrolled'
    ORDER BY person, occurred_at, event_id, started_at DESC, flow_session_id
), appointment AS (
    SELECT DISTINCT ON (appointment) appointment, appointment_id, status
    FROM earlier
    WHERE kind IN ('appointment_scheduled', 'appointment_completed')
    ORDER BY appointment, occurred_at DESC, event_id DESC
), today AS MATERIALIZED (
    SELECT DISTINCT ON (appointment_id) appointment_id, status
    FROM goal_history
    WHERE appointment_id IS NOT NULL AND status <> ''
    ORDER BY appointment_id, occurred_at DESC, event_id DESC
)
SELECT f.fact, left(f.practice, 200) AS practice, f.currency, left(f.status, 200) AS status, f.goals, f.priced, f.amount
FROM (
    SELECT 'scheduled' AS fact, practice, currency, NULL AS status, count(*) AS goals, count(amount) AS priced, coalesce(sum(amount), 0)::float8 AS amount
    FROM scheduled
    GROUP BY practice, currency
    UNION ALL
    SELECT 'completed', practice, currency, NULL, count(*), count(amount), coalesce(sum(amount), 0)::float8
    FROM completed
    GROUP BY practice, currency
    UNION ALL
    SELECT 'enrolled', practice, currency, NULL, count(*), count(amount), coalesce(sum(amount), 0)::float8
    FROM enrolled
    GROUP BY practice, currency
    UNION ALL
    SELECT 'scheduled_status', NULL, NULL, coalesce(t.status, s.status), count(*), 0, 0
    FROM scheduled s
    LEFT JOIN today t USING (appointment_id)
    GROUP BY coalesce(t.status, s.status)
    UNION ALL
    SELECT 'appointment_status', NULL, NULL, coalesce(t.status, a.status), count(*), 0, 0
    FROM appointment a
    LEFT JOIN today t USING (appointment_id)
    GROUP BY coalesce(t.status, a.status)
) f
ORDER BY f.fact, f.goals DESC, f.status, f.practice, f.currency;

-- name: recovered
-- One row a cancellation that was not kept up, the latest first and @most of them, each with how many there are: a goal cancellation_kept
-- before @to of any earlier session within @attribution_days (or of none, where all sessions count), and sessions of the period that gave
-- the answer @kept_answer at the step @kept_step of the flow @kept_flow. A session counts once.
WITH chosen AS (
    SELECT flow_session_id, user_id, practice
    FROM flow_session
    WHERE started_at >= @from AND started_at < @to AND flow_id = @kept_flow::text
        AND (cardinality(@flows::text[]) = 0 OR flow_id = ANY(@flows::text[]))
        AND (cardinality(@practices::text[]) = 0 OR practice = ANY(@practices::text[]))
        AND (cardinality(@channels::text[]) = 0 OR channel = ANY(@channels::text[]))
), answered AS (
    SELECT DISTINCT ON (p.flow_session_id) p.flow_session_id, s.user_id, s.practice, p.answered_at, left(p.answer, 300) AS answer
    FROM (
        SELECT flow_session_id, answered_at, answer
        FROM flow_step
        WHERE @kept_step::text IN (step_id, step_name) AND lower(btrim(answer)) = lower(btrim(@kept_answer::text)) AND answered_at IS NOT NULL
    ) p
    JOIN chosen s USING (flow_session_id)
    ORDER BY p.flow_session_id, p.answered_at
), goal AS MATERIALIZED (
    SELECT event_id, user_id, occurred_at, practice, appointment_id, appointment_at, flow_session_id, left(detail, 300) AS detail
    FROM goal_event
    WHERE kind = 'cancellation_kept'
), session AS MATERIALIZED (
    SELECT flow_session_id, user_id, started_at, practice
    FROM flow_session_history
    WHERE (cardinality(@flows::text[]) = 0 OR flow_id = ANY(@flows::text[]))
        AND (cardinality(@practices::text[]) = 0 OR practice = ANY(@practices::text[]))
        AND (cardinality(@channels::text[]) = 0 OR channel = ANY(@channels::text[]))
), linked AS (
    SELECT g.event_id, s.flow_session_id, s.started_at, s.practice, s.user_id
    FROM goal g
    JOIN session s ON s.flow_session_id = g.flow_session_id
    WHERE s.started_at <= g.occurred_at AND s.started_at >= g.occurred_at - make_interval(days => @attribution_days::int)
    UNION ALL
    SELECT g.event_id, s.flow_session_id, s.started_at, s.practice, s.user_id
    FROM goal g
    JOIN session s ON s.user_id = g.user_id
    WHERE g.flow_session_id IS NULL AND s.started_at <= g.occurred_at AND s.started_at >= g.occurred_at - make_interval(days => @attribution_days::int)
), kept AS (
    SELECT DISTINCT ON (g.event_id) g.event_id, l.flow_session_id, coalesce(g.user_id, l.user_id) AS user_id, coalesce(l.practice, g.practice) AS practice,
        g.appointment_id, g.appointment_at, g.occurred_at, g.detail
    FROM goal g
    LEFT JOIN linked l USING (event_id)
    WHERE l.event_id IS NOT NULL OR cardinality(@flows::text[]) + cardinality(@channels::text[]) = 0
        AND (cardinality(@practices::text[]) = 0 OR g.practice = ANY(@practices::text[]))
    ORDER BY g.event_id, l.started_at DESC, l.flow_session_id
), both_ways AS (
    SELECT coalesce(flow_session_id, appointment_id, event_id) AS once, flow_session_id, user_id, practice, appointment_id, appointment_at, occurred_at, detail
    FROM kept
    UNION ALL
    SELECT flow_session_id, flow_session_id, user_id, practice, NULL, NULL, answered_at, answer
    FROM answered
), recovered AS (
    SELECT DISTINCT ON (once) once, user_id, left(practice, 200) AS practice, left(appointment_id, 200) AS appointment_id, appointment_at, occurred_at, detail
    FROM both_ways
    ORDER BY once, appointment_at NULLS LAST, occurred_at, flow_session_id
)
SELECT left(r.user_id, 200) AS user_id, left(u.display_name, 200) AS name, left(u.address, 200) AS address, r.practice, r.appointment_id, r.appointment_at,
    r.occurred_at, r.detail, count(*) OVER () AS all_of_them
FROM recovered r
LEFT JOIN end_user u ON u.user_id = r.user_id
ORDER BY r.occurred_at DESC, r.once
LIMIT @most::int;

-- name: answers
-- One row a session that answered, the latest first and @most of them, with its person and the answers to the first eight questions of its
-- flow, in order. Unless @free_text, an answer that only one person of the period gave is null, as is one to a question that was not asked.
WITH session AS MATERIALIZED (
    SELECT flow_session_id, coalesce(flow_id, flow_name) AS flow, left(coalesce(nullif(flow_name, ''), flow_id), 200) AS name, user_id, started_at
    FROM flow_session
    WHERE started_at >= @from AND started_at < @to
        AND (cardinality(@flows::text[]) = 0 OR flow_id = ANY(@flows::text[]))
        AND (cardinality(@practices::text[]) = 0 OR practice = ANY(@practices::text[]))
        AND (cardinality(@channels::text[]) = 0 OR channel = ANY(@channels::text[]))
), given AS MATERIALIZED (
    SELECT DISTINCT ON (p.flow_session_id, p.step) p.flow_session_id, s.flow, p.step, p.position, p.visit, p.answer,
        coalesce(s.user_id, s.flow_session_id) AS person
    FROM (
        SELECT flow_session_id, coalesce(step_id, step_name, position::text) AS step, position, visit, left(btrim(answer), 300) AS answer
        FROM flow_step
        WHERE is_question IS NOT FALSE AND answered_at IS NOT NULL AND btrim(answer) <> ''
    ) p
    JOIN session s USING (flow_session_id)
    ORDER BY p.flow_session_id, p.step, p.visit DESC
), question AS (
    SELECT flow, step, row_number() OVER (PARTITION BY flow ORDER BY min(position), min(visit), step) AS number
    FROM given
    GROUP BY flow, step
), answer AS (
    SELECT flow, step, lower(answer) AS key, count(DISTINCT person) > 1 AS told
    FROM given
    GROUP BY flow, step, lower(answer)
), shown AS MATERIALIZED (
    SELECT flow_session_id, flow, name, user_id, started_at
    FROM session s
    WHERE EXISTS (SELECT FROM given g WHERE g.flow_session_id = s.flow_session_id)
    ORDER BY started_at DESC, flow_session_id
    LIMIT @most::int
)
SELECT left(s.user_id, 200) AS user_id, left(u.display_name, 200) AS person, left(u.address, 200) AS address, s.name AS flow, s.started_at,
    a.answers, (SELECT count(DISTINCT flow_session_id) FROM given) AS all_of_them
FROM shown s
CROSS JOIN LATERAL (
    SELECT array_agg(CASE WHEN @free_text::bool OR w.told THEN g.answer END ORDER BY n.number) AS answers
    FROM generate_series(1, 8) AS n (number)
    LEFT JOIN question q ON q.flow IS NOT DISTINCT FROM s.flow AND q.number = n.number
    LEFT JOIN given g ON g.flow_session_id = s.flow_session_id AND g.step = q.step
    LEFT JOIN answer w ON w.flow IS NOT DISTINCT FROM s.flow AND w.step = q.step AND w.key = lower(g.answer)
) a
LEFT JOIN end_user u ON u.user_id = s.user_id
ORDER BY s.started_at DESC, s.flow_session_id;
