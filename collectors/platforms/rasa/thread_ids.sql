-- Asked once a period: its sessions, which are its conversations. A session runs from one session_started of a sender to the next; it is
-- over when that comes, when it was ended or restarted, or when an hour has passed without a message, which is Rasa's own default. One
-- line each: first id, last id, begin, last message and end in microseconds since 1970 (0: none), how it ended, the id of the event that handed
-- it to people (0: none), whether the user wrote (1), and the sender.
--
-- From the period's events and those of the hour before it; one that began earlier is followed back by its sender. Bounds of ids are
-- those of range_ids.sql, found here anew: arguments do not build on each other.
WITH RECURSIVE indexed AS MATERIALIZED (
    SELECT EXISTS (
        SELECT
        FROM pg_index i
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = to_regclass('events') AND a.attname = 'timestamp' AND i.indisvalid AND i.indpred IS NULL) AS yes
), ordered AS (
    SELECT NOT (SELECT i.yes FROM indexed i)
        AND coalesce((
            SELECT bool_and(s.correlation > 0.98)
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname IN ('timestamp', 'id')
            WHERE c.oid = to_regclass('events')
            HAVING count(*) = 2), false) AS yes
), ends AS (
    SELECT (SELECT min(e.id) FROM events e)::bigint AS first, (SELECT max(e.id) FROM events e)::bigint + 1 AS last
), search AS (
    SELECT v.edge, v.at, n.first AS low, n.last AS high
    FROM ends n
    CROSS JOIN (VALUES
        (1, extract(epoch FROM @from::timestamptz)::float8 - 2 * 3600),
        (2, extract(epoch FROM @to::timestamptz)::float8 + 3600)) AS v (edge, at)
    WHERE (SELECT o.yes FROM ordered o)
    UNION ALL
    SELECT s.edge, s.at, CASE WHEN m.timestamp < s.at THEN m.middle + 1 ELSE s.low END, CASE WHEN m.timestamp < s.at THEN s.high ELSE m.middle END
    FROM search s
    CROSS JOIN LATERAL (
        SELECT (s.low + s.high) / 2 AS middle, (SELECT e.timestamp FROM events e WHERE e.id >= (s.low + s.high) / 2 ORDER BY e.id LIMIT 1) AS timestamp
    ) m
    WHERE s.low < s.high
), written AS MATERIALIZED (
    SELECT e.id, e.sender_id COLLATE "C" AS sender_id, e.timestamp, -- compared by octets: in order of a language it takes twice as long
        e.type_name = 'session_started' AS starts, e.type_name = 'bot' AS by_bot,
        e.type_name = 'user' AND e.intent_name IS DISTINCT FROM 'session_start' AND e.data NOT LIKE '%"text": "EXTERNAL: %'
            AND e.data NOT LIKE '%"text": "/session_start%' AS by_user,
        e.type_name = 'pause' OR e.action_name = 'action_human_handoff' AND e.type_name = 'action' AS hands_over,
        CASE WHEN e.type_name IN ('session_ended', 'restart') THEN e.type_name END AS ends
    FROM ( -- one of both: by the index on timestamp, else by ids
        SELECT t.id, t.sender_id, t.timestamp, t.type_name, t.intent_name, t.action_name, t.data
        FROM events t
        WHERE (SELECT i.yes FROM indexed i)
            AND t.timestamp >= extract(epoch FROM @from::timestamptz)::float8 - 3600 AND t.timestamp < extract(epoch FROM @to::timestamptz)::float8
        UNION ALL
        SELECT t.id, t.sender_id, t.timestamp, t.type_name, t.intent_name, t.action_name, t.data
        FROM events t
        WHERE NOT (SELECT i.yes FROM indexed i)
            AND t.id >= coalesce((SELECT min(s.low) FROM search s WHERE s.edge = 1 AND s.low >= s.high), (SELECT n.first FROM ends n))
            AND t.id < coalesce((SELECT min(s.low) FROM search s WHERE s.edge = 2 AND s.low >= s.high), (SELECT n.last FROM ends n))
            AND t.timestamp >= extract(epoch FROM @from::timestamptz)::float8 - 3600 AND t.timestamp < extract(epoch FROM @to::timestamptz)::float8
    ) e
    WHERE (e.type_name IN ('session_started', 'user', 'bot', 'pause', 'session_ended', 'restart') OR e.action_name = 'action_human_handoff')
), piece AS MATERIALIZED (
    SELECT p.sender_id, p.session, min(p.id) AS first_id, max(p.id) AS last_id, min(p.timestamp) AS started_at, max(p.timestamp) FILTER (WHERE p.by_bot OR p.by_user) AS last_at,
        bool_or(p.by_user) AS by_user, min(p.id) FILTER (WHERE p.hands_over) AS handed_id,
        min(p.timestamp) FILTER (WHERE p.ends IS NOT NULL) AS ended_at, min(p.ends) AS ends
    FROM (
        SELECT w.id, w.sender_id, w.timestamp, w.by_bot, w.by_user, w.hands_over, w.ends,
            count(*) FILTER (WHERE w.starts) OVER (PARTITION BY w.sender_id ORDER BY w.id) AS session
        FROM written w
    ) p
    GROUP BY p.sender_id, p.session
), whole AS (
    SELECT p.sender_id, coalesce(b.first_id, p.first_id) AS first_id, p.last_id, coalesce(b.started_at, p.started_at) AS started_at,
        coalesce(p.last_at, b.last_at) AS last_at, p.by_user OR coalesce(b.by_user, false) AS by_user, coalesce(b.handed_id, p.handed_id) AS handed_id,
        p.ended_at, p.ends, lead(p.started_at) OVER (PARTITION BY p.sender_id ORDER BY p.session) AS next_at
    FROM piece p
    LEFT JOIN LATERAL ( -- what came before the window in a session that began before it
        SELECT min(x.id) AS first_id, min(x.timestamp) AS started_at, max(x.timestamp) FILTER (WHERE x.type_name IN ('user', 'bot')) AS last_at,
            bool_or(x.type_name = 'user' AND x.intent_name IS DISTINCT FROM 'session_start' AND x.data NOT LIKE '%"text": "EXTERNAL: %'
                AND x.data NOT LIKE '%"text": "/session_start%') AS by_user,
            min(x.id) FILTER (WHERE x.type_name = 'pause' OR x.type_name = 'action' AND x.action_name = 'action_human_handoff') AS handed_id
        FROM (
            SELECT e.id, e.timestamp, e.type_name, e.intent_name, e.action_name, e.data,
                max(e.id) FILTER (WHERE e.type_name = 'session_started') OVER () AS since
            FROM events e
            WHERE p.session = 0 AND e.sender_id = p.sender_id COLLATE "default" AND e.id < p.first_id
            OFFSET 0 -- by the index on sender_id
        ) x
        WHERE (x.since IS NULL OR x.id >= x.since) AND x.type_name IN ('session_started', 'user', 'bot', 'pause', 'action')
    ) b ON p.session = 0
)
SELECT w.first_id || ' ' || w.last_id || ' ' || (w.started_at * 1000000)::bigint || ' ' || coalesce((w.last_at * 1000000)::bigint, 0) || ' '
    || CASE WHEN e.ended_at < extract(epoch FROM @to::timestamptz)::float8 THEN (e.ended_at * 1000000)::bigint ELSE 0 END || ' '
    || CASE WHEN w.handed_id IS NOT NULL THEN 'handed_off' WHEN w.ends = 'restart' THEN 'restarted' WHEN w.ends IS NOT NULL THEN 'session_ended' ELSE 'session_expired' END || ' '
    || coalesce(w.handed_id, 0) || ' ' || CASE WHEN w.by_user THEN 1 ELSE 0 END || ' ' || w.sender_id AS id
FROM whole w
CROSS JOIN LATERAL (SELECT least(w.ended_at, w.next_at, coalesce(w.last_at, w.started_at) + 3600) AS ended_at) e
WHERE coalesce(w.last_at, w.started_at) >= extract(epoch FROM @from::timestamptz)::float8 OR e.ended_at >= extract(epoch FROM @from::timestamptz)::float8
ORDER BY w.first_id
