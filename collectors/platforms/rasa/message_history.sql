-- As message.sql, of the period's sessions from their begin. Of what a sender wrote in earlier ones only the language counts: end_user has
-- it. What was written in the period is read as one piece, what came before it is looked up a session. OFFSET 0 keeps the planner to one
-- look into the index on sender_id for each.
SELECT @tenant::text AS tenant_id, e.id::text AS message_id, t.conversation_id, t.sender_id::text AS user_id, e.sent_at,
    CASE e.type_name WHEN 'user' THEN 'in' ELSE 'out' END AS direction, CASE e.type_name WHEN 'user' THEN 'user' ELSE 'bot' END AS author,
    NULL::text AS agent_id, NULL::text AS delivery, NULL::text AS delivery_error,
    CASE WHEN e.type_name = 'user' AND e.data LIKE '%"language": "%' THEN coalesce(
        nullif(replace(e.data, ': NaN', ': null')::json #>> '{metadata,language}', ''),
        nullif(replace(e.data, ': NaN', ': null')::json #>> '{parse_data,language}', '')) END AS language,
    NULL::text AS body
FROM rasa_said e
JOIN rasa_thread t ON t.sender_id = e.sender_id AND e.id >= t.first_id AND e.id <= t.last_id
UNION ALL
SELECT @tenant::text AS tenant_id, e.id::text AS message_id, t.conversation_id, t.sender_id::text AS user_id, to_timestamp(e.timestamp) AS sent_at,
    CASE e.type_name WHEN 'user' THEN 'in' ELSE 'out' END AS direction, CASE e.type_name WHEN 'user' THEN 'user' ELSE 'bot' END AS author,
    NULL::text AS agent_id, NULL::text AS delivery, NULL::text AS delivery_error,
    CASE WHEN e.type_name = 'user' AND e.data LIKE '%"language": "%' THEN coalesce(
        nullif(replace(e.data, ': NaN', ': null')::json #>> '{metadata,language}', ''),
        nullif(replace(e.data, ': NaN', ': null')::json #>> '{parse_data,language}', '')) END AS language,
    NULL::text AS body
FROM rasa_thread t
CROSS JOIN LATERAL (
    SELECT x.id, x.timestamp, x.type_name, x.data
    FROM events x
    WHERE x.sender_id = t.sender_id AND x.id >= t.first_id AND x.id <= t.last_id
        AND x.timestamp < extract(epoch FROM @from::timestamptz)::float8 AND x.type_name IN ('user', 'bot')
        AND NOT (x.type_name = 'user' AND (x.intent_name IS NOT DISTINCT FROM 'session_start'
            OR x.data LIKE '%"text": "EXTERNAL: %' OR x.data LIKE '%"text": "/session_start%'))
    OFFSET 0
) e
WHERE t.started_at < @from::timestamptz
