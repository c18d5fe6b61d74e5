-- How did guided conversations go, what came of them, and what did people answer?
--
-- Parameters: @from, @to timestamptz, the period [from, to); @flows, @practices, @channels text[], whose sessions count (empty: all).
-- A session that did not end and is past its expiry is failed with TIMEOUT. What was answered at least once has a first response.

-- name: sessions
-- Rows by one of all, flow and channel, practice, reason, flow: sessions started in the period, what became of them, and what of that
-- was answered. `open` are those whose 72 hours reach past the period's end. Names are those of the latest session.
WITH session AS MATERIALIZED (
    SELECT flow_session_id, left(coalesce(flow_id, flow_name), 200) AS flow, flow_name, left(nullif(practice, ''), 200) AS practice,
        left(nullif(channel, ''), 200) AS channel, user_id, started_at,
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
SELECT c.by, c.flow, c.channel, c.practice, c.reason, CASE WHEN c.by = 'flow' THEN left(coalesce(n.name, c.flow), 200) END AS name,
    CASE WHEN c.by = 'all' THEN (SELECT count(DISTINCT user_id) FROM session WHERE state <> 'pending' AND answered) END AS users,
    c.initiated, c.completed, c.failed, c.pending, c.started, c.answered_completed, c.answered_failed, c.failed_at_first,
    c.mentions, c.mentions_known, c.outbound, c.outbound_known, c.open, c.first_at
FROM counted c
LEFT JOIN named n ON c.by = 'flow' AND n.flow IS NOT DISTINCT FROM c.flow
WHERE c.by <> 'reason' OR c.reason IS NOT NULL
ORDER BY c.by, c.initiated DESC, c.first_at, c.flow, c.channel, c.practice, c.reason;

-- name: steps
-- Rows of ways, each a count of sessions of a flow that ended in a state for a reason (or are pending).
--   way   that visited a step first, and which new one next; null: none. Its place is that of the flow, else the order of visiting.
--   bare  of which no step is known: position is how many they reached, one at least
WITH session AS MATERIALIZED (
    SELECT flow_session_id, left(coalesce(flow_id, flow_name), 200) AS flow, greatest(coalesce(steps_reached, 0), 1) AS steps,
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
), entered AS MATERIALIZED (
    SELECT flow_session_id, left(coalesce(step_id, step_name, position::text), 200) AS step, min(position) AS position,
        min(step_name COLLATE "C") AS name, min(visit) AS visit
    FROM flow_step
    GROUP BY flow_session_id, left(coalesce(step_id, step_name, position::text), 200)
), way AS (
    SELECT s.flow, s.state, s.reason, e.step, e.name, coalesce(e.position, row_number() OVER one_session) AS position, lead(e.step) OVER one_session AS next
    FROM session s
    JOIN entered e USING (flow_session_id)
    WINDOW one_session AS (PARTITION BY e.flow_session_id COLLATE "C" ORDER BY e.visit, e.step COLLATE "C")
)
SELECT w.fact, w.flow, w.step, left(w.name, 200) AS name, w.position, w.next, w.state, w.reason, w.sessions
FROM (
    SELECT 'way' AS fact, flow, step, min(nullif(name, '') COLLATE "C") AS name, position, next, state, reason, count(*) AS sessions
    FROM way
    GROUP BY flow, step, position, next, state, reason
    UNION ALL
    SELECT 'bare', flow, NULL, NULL, least(steps, 1000), NULL, state, reason, count(*)
    FROM session s
    WHERE NOT EXISTS (SELECT FROM entered e WHERE e.flow_session_id = s.flow_session_id)
    GROUP BY flow, least(steps, 1000), state, reason
) w
ORDER BY w.fact, w.flow, w.position, w.step, w.sessions DESC, w.next, w.state, w.reason;

-- name: responses
-- Rows by flow, question and answer, of the ten flows with the most sessions and the first eight questions of each, in order: sessions
-- that gave the answer last, however it was spelled. Answers that only one person gave are one row without an answer, unless @free_text;
-- so are those beyond the ten most frequent.
WITH session AS MATERIALIZED (
    SELECT flow_session_id, left(coalesce(flow_id, flow_name), 200) AS flow, user_id, started_at
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
), last AS ( -- of each session and step; a visit's number in front finds the last
    SELECT flow_session_id, left(coalesce(step_id, step_name, position::text), 200) AS step, min(position) AS position, min(visit) AS visit,
        min(coalesce(nullif(prompt, ''), step_name) COLLATE "C") AS prompt,
        substr(max((lpad(visit::text, 9, '0') || left(btrim(answer), 300)) COLLATE "C"), 10) AS answer
    FROM flow_step
    WHERE is_question IS NOT FALSE AND answered_at IS NOT NULL AND btrim(answer) <> ''
    GROUP BY flow_session_id, left(coalesce(step_id, step_name, position::text), 200)
), answer AS MATERIALIZED (
    SELECT l.rank, s.flow, p.step, lower(p.answer) AS key, min(p.answer COLLATE "C") AS answer, count(*) AS sessions, min(p.position) AS position,
        min(p.visit) AS visit, min(p.prompt COLLATE "C") AS prompt,
        min(coalesce(s.user_id, s.flow_session_id) COLLATE "C") <> max(coalesce(s.user_id, s.flow_session_id) COLLATE "C") OR @free_text::bool AS told
    FROM last p
    JOIN session s USING (flow_session_id)
    JOIN largest l ON l.flow IS NOT DISTINCT FROM s.flow
    GROUP BY l.rank, s.flow, p.step, lower(p.answer)
), question AS (
    SELECT rank, flow, step, min(prompt) AS prompt, sum(sessions)::bigint AS answered,
        row_number() OVER (PARTITION BY rank ORDER BY min(position), min(visit), step) AS number
    FROM answer
    GROUP BY rank, flow, step
), placed AS (
    SELECT rank, step, answer, sessions, told, row_number() OVER (PARTITION BY rank, step, told ORDER BY sessions DESC, key) AS place
    FROM answer
)
SELECT t.flow, t.number, t.step, left(t.question, 300) AS question, t.answered, t.answer, t.sessions
FROM (
    SELECT q.rank, q.flow, q.number, q.step, coalesce(q.prompt, q.step) AS question, q.answered,
        CASE WHEN p.told AND p.place <= 10 THEN p.answer END AS answer, sum(p.sessions)::bigint AS sessions
    FROM question q
    JOIN placed p USING (rank, step)
    WHERE q.number <= 8
    GROUP BY 1, 2, 3, 4, 5, 6, 7
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
--   recovered           cancellations that were not kept up: a goal cancellation_kept before @until, of any earlier session likewise (or of
--                       none, where all sessions count), and sessions of the cohort that gave the answer @kept_answer at the step @kept_step
--                       of the flow @kept_flow; a session counts once, and so does an appointment
--   recovered_detail    the latest @most of these but @skip, a row each
WITH goal AS MATERIALIZED (
    SELECT event_id, user_id, kind, occurred_at, appointment_id, flow_session_id, amount, upper(nullif(currency, '')) AS currency,
        left(nullif(status, ''), 200) AS status, coalesce('appointment ' || appointment_id, 'event ' || event_id) AS appointment,
        left(nullif(practice, ''), 200) AS practice, appointment_at, detail
    FROM goal_event
), session AS MATERIALIZED (
    SELECT flow_session_id, user_id, started_at, left(nullif(practice, ''), 200) AS practice,
        (cardinality(@flows::text[]) = 0 OR coalesce(flow_id = ANY(@flows::text[]), false))
        AND (cardinality(@practices::text[]) = 0 OR coalesce(practice = ANY(@practices::text[]), false))
        AND (cardinality(@channels::text[]) = 0 OR coalesce(channel = ANY(@channels::text[]), false)) AS chosen
    FROM flow_session_history
), linked AS MATERIALIZED (
    SELECT g.event_id, g.kind, g.occurred_at, g.appointment_id, g.appointment, g.status, g.amount, g.currency, s.flow_session_id, s.started_at,
        s.practice, s.chosen, s.user_id, coalesce(g.user_id, s.user_id, s.flow_session_id) AS person
    FROM goal g
    JOIN session s ON s.flow_session_id = g.flow_session_id AND s.started_at <= g.occurred_at
    UNION ALL
    SELECT g.event_id, g.kind, g.occurred_at, g.appointment_id, g.appointment, g.status, g.amount, g.currency, s.flow_session_id, s.started_at,
        s.practice, s.chosen, g.user_id, g.user_id
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
    SELECT event_id, kind, occurred_at, appointment_id, appointment, status, amount, currency, flow_session_id, started_at, practice, user_id, person
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
    SELECT DISTINCT ON (appointment_id) appointment_id, left(status, 200) AS status
    FROM goal_history
    WHERE appointment_id IS NOT NULL AND status <> ''
    ORDER BY appointment_id, occurred_at DESC, event_id DESC
), kept AS ( -- of an appointment the first
    SELECT DISTINCT ON (appointment) event_id, flow_session_id, user_id, practice, appointment, appointment_id, appointment_at, occurred_at, detail
    FROM (
        SELECT DISTINCT ON (g.event_id) g.event_id, l.flow_session_id, coalesce(g.user_id, l.user_id) AS user_id, coalesce(l.practice, g.practice) AS practice,
            g.appointment, g.appointment_id, g.appointment_at, g.occurred_at, g.detail
        FROM goal g
        LEFT JOIN linked l ON l.event_id = g.event_id AND l.started_at >= g.occurred_at - make_interval(days => @attribution_days::int)
        WHERE g.kind = 'cancellation_kept' AND g.occurred_at < @until::timestamptz
            AND (l.chosen OR l.event_id IS NULL AND cardinality(@flows::text[]) + cardinality(@channels::text[]) = 0
                AND (cardinality(@practices::text[]) = 0 OR g.practice = ANY(@practices::text[])))
        ORDER BY g.event_id, l.started_at DESC, l.flow_session_id
    ) k
    ORDER BY appointment, occurred_at, event_id
), answered AS (
    SELECT s.flow_session_id, min(s.user_id) AS user_id, left(min(s.practice), 200) AS practice, min(p.answered_at) AS answered_at, min(p.answer) AS answer
    FROM flow_session s
    JOIN flow_step p USING (flow_session_id)
    WHERE s.started_at >= @from AND s.started_at < @until::timestamptz AND s.flow_id = @kept_flow::text
        AND (cardinality(@flows::text[]) = 0 OR s.flow_id = ANY(@flows::text[]))
        AND (cardinality(@practices::text[]) = 0 OR s.practice = ANY(@practices::text[]))
        AND (cardinality(@channels::text[]) = 0 OR s.channel = ANY(@channels::text[]))
        AND @kept_step::text IN (p.step_id, p.step_name) AND lower(btrim(p.answer)) = lower(btrim(@kept_answer::text))
        AND p.answered_at < @until::timestamptz
    GROUP BY s.flow_session_id
), recovered AS MATERIALIZED (
    SELECT DISTINCT ON (once) once, user_id, practice, appointment_id, appointment_at, occurred_at, detail
    FROM (
        SELECT coalesce('session ' || flow_session_id, appointment) AS once, user_id, practice, appointment_id, appointment_at, occurred_at, detail
        FROM kept
        UNION ALL
        SELECT 'session ' || flow_session_id, user_id, practice, NULL, NULL, answered_at, answer
        FROM answered
    ) b
    ORDER BY once, appointment_at NULLS LAST, occurred_at
), shown AS (
    SELECT once, user_id, practice, appointment_id, appointment_at, occurred_at, detail
    FROM recovered
    ORDER BY occurred_at DESC, once
    LIMIT @most::int OFFSET @skip::int
)
SELECT f.fact, f.practice, f.currency, f.status, f.goals, f.priced, f.amount,
    left(f.user_id, 200) AS user_id, left(f.name, 200) AS name, left(f.address, 200) AS address, left(f.appointment_id, 200) AS appointment_id,
    f.appointment_at, f.occurred_at, left(f.detail, 300) AS detail
FROM (
    SELECT 'scheduled' AS fact, practice, currency, NULL AS status, count(*) AS goals, count(amount) AS priced, coalesce(sum(amount), 0)::float8 AS amount,
        NULL AS user_id, NULL AS name, NULL AS address, NULL AS appointment_id, NULL::timestamptz AS appointment_at, NULL::timestamptz AS occurred_at,
        NULL AS detail
    FROM scheduled
    GROUP BY practice, currency
    UNION ALL
    SELECT 'completed', practice, currency, NULL, count(*), count(amount), coalesce(sum(amount), 0)::float8, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM completed
    GROUP BY practice, currency
    UNION ALL
    SELECT 'enrolled', practice, currency, NULL, count(*), count(amount), coalesce(sum(amount), 0)::float8, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM enrolled
    GROUP BY practice, currency
    UNION ALL
    SELECT 'scheduled_status', NULL, NULL, coalesce(t.status, s.status), count(*), 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM scheduled s
    LEFT JOIN today t USING (appointment_id)
    GROUP BY coalesce(t.status, s.status)
    UNION ALL
    SELECT 'appointment_status', NULL, NULL, coalesce(t.status, a.status), count(*), 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM appointment a
    LEFT JOIN today t USING (appointment_id)
    GROUP BY coalesce(t.status, a.status)
    UNION ALL
    SELECT 'recovered', NULL, NULL, NULL, count(*), 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM recovered
    UNION ALL
    SELECT 'recovered_detail', r.practice, NULL, NULL, 1, 0, 0, r.user_id, u.display_name, u.address, r.appointment_id, r.appointment_at, r.occurred_at, r.detail
    FROM shown r
    LEFT JOIN end_user u ON u.user_id = r.user_id
) f
ORDER BY f.fact, f.occurred_at DESC, f.goals DESC, f.status, f.practice, f.currency, f.appointment_id, f.user_id;

-- name: answers
-- One row an answer of the sessions that answered, the latest @most of them but @skip, with its person: the last answer to each question,
-- and how many sessions there are in all. Sessions in the order of their start, the latest first.
WITH session AS MATERIALIZED (
    SELECT flow_session_id, left(coalesce(flow_id, flow_name), 200) AS flow, left(coalesce(nullif(flow_name, ''), flow_id), 200) AS name, user_id, practice, started_at,
        count(*) OVER () AS all_of_them
    FROM flow_session
    WHERE started_at >= @from AND started_at < @to AND first_response_at IS NOT NULL
        AND (cardinality(@flows::text[]) = 0 OR flow_id = ANY(@flows::text[]))
        AND (cardinality(@practices::text[]) = 0 OR practice = ANY(@practices::text[]))
        AND (cardinality(@channels::text[]) = 0 OR channel = ANY(@channels::text[]))
    ORDER BY started_at DESC, flow_session_id
    LIMIT @most::int OFFSET @skip::int
)
SELECT DISTINCT ON (s.started_at, s.flow_session_id, p.step) s.flow_session_id, left(s.user_id, 200) AS user_id, left(u.display_name, 200) AS person,
    left(u.address, 200) AS address, s.flow, s.name, left(s.practice, 200) AS practice, s.started_at, s.all_of_them, p.step,
    coalesce(p.position, 0) AS position, left(p.question, 300) AS question, p.answer
FROM session s
LEFT JOIN (
    SELECT flow_session_id, left(coalesce(step_id, step_name, position::text), 200) AS step, visit, position,
        coalesce(nullif(prompt, ''), nullif(step_name, ''), step_id, position::text) AS question, left(btrim(answer), 300) AS answer
    FROM flow_step
    WHERE is_question IS NOT FALSE AND answered_at IS NOT NULL AND btrim(answer) <> ''
) p USING (flow_session_id)
LEFT JOIN end_user u ON u.user_id = s.user_id
ORDER BY s.started_at DESC, s.flow_session_id, p.step, p.visit DESC;

-- name: choices
-- Rows of flow and practice: what the period's sessions can be chosen by, the most sessions first.
SELECT left(flow_id, 500) AS flow, left(max(nullif(flow_name, '') COLLATE "C"), 200) AS name, left(practice, 500) AS practice, count(*) AS sessions
FROM flow_session
WHERE started_at >= @from AND started_at < @to
    AND (cardinality(@flows::text[]) = 0 OR flow_id = ANY(@flows::text[]))
    AND (cardinality(@practices::text[]) = 0 OR practice = ANY(@practices::text[]))
    AND (cardinality(@channels::text[]) = 0 OR channel = ANY(@channels::text[]))
GROUP BY flow_id, practice
ORDER BY sessions DESC, flow, practice
LIMIT 500;
