-- Senders with a message in the period. The last language known of one is that of a slot, or noted beside one of its messages, before
-- the period's end. Names and addresses are not kept.
SELECT @tenant::text AS tenant_id, w.sender_id::text AS user_id, NULL::text AS display_name, NULL::text AS address,
    to_timestamp(f.first_at) AS first_seen_at, nullif(l.language, '') AS language, c.channel
FROM (SELECT DISTINCT e.sender_id FROM rasa_said e WHERE e.type_name = 'user') w
CROSS JOIN LATERAL (
    SELECT min(x.timestamp) AS first_at
    FROM (
        SELECT e.timestamp, e.intent_name, e.data
        FROM events e
        WHERE e.sender_id = w.sender_id AND e.type_name = 'user'
        OFFSET 0 -- by the index on sender_id
    ) x
    WHERE x.intent_name IS DISTINCT FROM 'session_start' AND x.data NOT LIKE '%"text": "EXTERNAL: %' AND x.data NOT LIKE '%"text": "/session_start%'
) f
LEFT JOIN LATERAL (
    SELECT CASE x.type_name WHEN 'slot' THEN x.data::json ->> 'value' ELSE coalesce(
        nullif(x.data::json #>> '{metadata,language}', ''), x.data::json #>> '{parse_data,language}') END AS language
    FROM (
        SELECT e.id, e.type_name, replace(e.data, ': NaN', ': null') AS data
        FROM events e
        WHERE e.sender_id = w.sender_id AND e.timestamp < extract(epoch FROM @to::timestamptz)::float8
            AND (e.type_name = 'slot' AND e.action_name = 'language' AND e.data NOT LIKE '%"value": null%' OR e.type_name = 'user' AND e.data LIKE '%"language": "%')
        OFFSET 0
    ) x
    ORDER BY x.id DESC
    LIMIT 1
) l ON true
LEFT JOIN LATERAL (
    SELECT x.data::json ->> 'input_channel' AS channel
    FROM (
        SELECT e.id, replace(e.data, ': NaN', ': null') AS data
        FROM events e
        WHERE e.sender_id = w.sender_id AND e.type_name = 'user'
        OFFSET 0
    ) x
    ORDER BY x.id
    LIMIT 1
) c ON true
