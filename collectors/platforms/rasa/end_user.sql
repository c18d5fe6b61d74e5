-- Senders with a message in the period. The last language known of one is that of a slot, or noted beside one of its messages, before
-- the period's end. Names and addresses are not kept. OFFSET 0 keeps the planner to one look into the index on sender_id a sender.
SELECT @tenant::text AS tenant_id, w.sender_id::text AS user_id, NULL::text AS display_name, NULL::text AS address,
    (SELECT to_timestamp(min(x.timestamp))
    FROM (
        SELECT e.timestamp, e.intent_name, e.data
        FROM events e
        WHERE e.sender_id = w.sender_id AND e.type_name = 'user'
        OFFSET 0
    ) x
    WHERE x.intent_name IS DISTINCT FROM 'session_start' AND x.data NOT LIKE '%"text": "EXTERNAL: %' AND x.data NOT LIKE '%"text": "/session_start%'
    ) AS first_seen_at,
    (SELECT nullif(CASE x.type_name WHEN 'slot' THEN replace(x.data, ': NaN', ': null')::json ->> 'value' ELSE coalesce(
        nullif(replace(x.data, ': NaN', ': null')::json #>> '{metadata,language}', ''), replace(x.data, ': NaN', ': null')::json #>> '{parse_data,language}') END, '')
    FROM (
        SELECT e.id, e.type_name, e.data
        FROM events e
        WHERE e.sender_id = w.sender_id AND e.timestamp < extract(epoch FROM @to::timestamptz)::float8
            AND (e.type_name = 'slot' AND e.action_name = 'language' AND e.data NOT LIKE '%"value": null%' OR e.type_name = 'user' AND e.data LIKE '%"language": "%')
        OFFSET 0
    ) x
    ORDER BY x.id DESC
    LIMIT 1) AS language,
    (SELECT replace(x.data, ': NaN', ': null')::json ->> 'input_channel'
    FROM (
        SELECT e.id, e.data
        FROM events e
        WHERE e.sender_id = w.sender_id AND e.type_name = 'user'
        OFFSET 0
    ) x
    ORDER BY x.id
    LIMIT 1) AS channel
FROM (SELECT DISTINCT e.sender_id FROM rasa_said e WHERE e.type_name = 'user') w
