-- Sessions of the last hour, which Rasa would go on with: those handed to people, and those in which the user wrote last. Whether people have
-- answered is not kept here. Without an index on timestamp, the hour's events are among the last ids.
WITH indexed AS MATERIALIZED (
    SELECT EXISTS (
        SELECT
        FROM pg_index i
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = to_regclass('events') AND a.attname = 'timestamp' AND i.indisvalid AND i.indpred IS NULL) AS yes
), recent AS (
    SELECT e.id, e.sender_id, e.type_name, e.timestamp
    FROM ( -- one of both
        SELECT x.id, x.sender_id, x.type_name, x.timestamp, x.intent_name, x.data
        FROM events x
        WHERE (SELECT i.yes FROM indexed i)
            AND x.timestamp > extract(epoch FROM @now::timestamptz)::float8 - 3600 AND x.timestamp <= extract(epoch FROM @now::timestamptz)::float8
        UNION ALL
        SELECT y.id, y.sender_id, y.type_name, y.timestamp, y.intent_name, y.data
        FROM (
            SELECT x.id, x.sender_id, x.type_name, x.timestamp, x.intent_name, x.data
            FROM events x
            WHERE NOT (SELECT i.yes FROM indexed i)
            ORDER BY x.id DESC
            LIMIT 100000
        ) y
    ) e
    WHERE e.type_name IN ('user', 'bot')
        AND e.timestamp > extract(epoch FROM @now::timestamptz)::float8 - 3600 AND e.timestamp <= extract(epoch FROM @now::timestamptz)::float8
        AND NOT (e.type_name = 'user' AND (e.intent_name IS NOT DISTINCT FROM 'session_start'
            OR e.data LIKE '%"text": "EXTERNAL: %' OR e.data LIKE '%"text": "/session_start%'))
), sender AS (
    SELECT r.sender_id, max(r.id) AS last_id
    FROM recent r
    GROUP BY r.sender_id
)
SELECT @tenant::text AS tenant_id, s.sender_id || ':' || p.first_id AS conversation_id, s.sender_id::text AS user_id, l.data::json ->> 'input_channel' AS channel,
    NULL::text AS inbox_id, NULL::text AS calendar_id, NULL::text AS practice, to_timestamp(p.started_at) AS started_at, p.initiated_by::text AS initiated_by,
    CASE WHEN p.handed_at IS NOT NULL THEN 'open' ELSE 'pending' END AS status,
    CASE WHEN p.handed_at IS NOT NULL THEN to_timestamp(p.handed_at) ELSE to_timestamp(p.user_at) END AS waiting_since,
    s.last_id::text AS last_message_id, to_timestamp(l.timestamp) AS last_message_at, l.type_name::text AS last_message_by,
    to_timestamp(p.user_at) AS last_user_message_at, NULL::text AS assignee_id, NULL::smallint AS urgency, NULL::boolean AS is_unread, NULL::text AS entry_point,
    NULL::text AS user_name, NULL::text AS user_address, NULL::text AS inbox_name, NULL::text AS last_delivery, NULL::text AS last_delivery_error, s.sender_id::text AS public_id
FROM sender s
CROSS JOIN LATERAL (SELECT e.type_name, e.timestamp, replace(e.data, ': NaN', ': null') AS data FROM events e WHERE e.id = s.last_id OFFSET 0) l
CROSS JOIN LATERAL (
    SELECT min(x.id) AS first_id, min(x.timestamp) AS started_at,
        (array_agg(x.type_name ORDER BY x.id) FILTER (WHERE x.type_name IN ('user', 'bot')))[1] AS initiated_by,
        max(x.timestamp) FILTER (WHERE x.type_name = 'user') AS user_at,
        max(x.timestamp) FILTER (WHERE x.type_name = 'pause' OR x.action_name = 'action_human_handoff') AS handed_at,
        bool_or(x.type_name IN ('session_ended', 'restart')) AS ended
    FROM (
        SELECT e.id, e.timestamp, e.type_name, e.action_name, max(e.id) FILTER (WHERE e.type_name = 'session_started') OVER () AS since
        FROM events e
        WHERE e.sender_id = s.sender_id
        OFFSET 0 -- by the index on sender_id
    ) x
    WHERE x.since IS NULL OR x.id >= x.since
) p
WHERE NOT p.ended AND (p.handed_at IS NOT NULL OR l.type_name = 'user')
