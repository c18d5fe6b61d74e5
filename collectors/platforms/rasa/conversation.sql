-- Sessions in which the user wrote. Began in: the first flow, else the first intent that the model understood. What is in data is looked up
-- only where a section asks for it.
SELECT @tenant::text AS tenant_id, t.conversation_id, t.sender_id::text AS user_id,
    (SELECT replace(x.data, ': NaN', ': null')::json ->> 'input_channel'
    FROM (
        SELECT e.id, e.data
        FROM events e
        WHERE e.sender_id = t.sender_id AND e.id >= t.first_id AND e.id <= t.last_id AND e.type_name = 'user'
        OFFSET 0 -- by the index on sender_id
    ) x
    ORDER BY x.id
    LIMIT 1) AS channel,
    NULL::text AS inbox_id, NULL::text AS calendar_id, NULL::text AS practice, t.started_at,
    (SELECT x.type_name
    FROM (
        SELECT e.id, e.type_name
        FROM events e
        WHERE e.sender_id = t.sender_id AND e.id >= t.first_id AND e.id <= t.last_id AND e.type_name IN ('user', 'bot')
            AND NOT (e.type_name = 'user' AND (e.intent_name IS NOT DISTINCT FROM 'session_start'
                OR e.data LIKE '%"text": "EXTERNAL: %' OR e.data LIKE '%"text": "/session_start%'))
        OFFSET 0
    ) x
    ORDER BY x.id
    LIMIT 1)::text AS initiated_by,
    CASE WHEN t.reason <> 'session_ended' AND t.last_at > @now::timestamptz - interval '1 hour' THEN 'open' ELSE 'closed' END AS status,
    NULL::timestamptz AS waiting_since,
    (SELECT max(x.id)
    FROM (
        SELECT e.id
        FROM events e
        WHERE e.sender_id = t.sender_id AND e.id >= t.first_id AND e.id <= t.last_id AND e.type_name IN ('user', 'bot')
        OFFSET 0
    ) x)::text AS last_message_id,
    t.last_at AS last_message_at,
    (SELECT x.type_name
    FROM (
        SELECT e.id, e.type_name
        FROM events e
        WHERE e.sender_id = t.sender_id AND e.id >= t.first_id AND e.id <= t.last_id AND e.type_name IN ('user', 'bot')
        OFFSET 0
    ) x
    ORDER BY x.id DESC
    LIMIT 1)::text AS last_message_by,
    (SELECT to_timestamp(max(x.timestamp))
    FROM (
        SELECT e.timestamp
        FROM events e
        WHERE e.sender_id = t.sender_id AND e.id >= t.first_id AND e.id <= t.last_id AND e.type_name = 'user' AND e.timestamp < extract(epoch FROM @to::timestamptz)::float8
        OFFSET 0
    ) x) AS last_user_message_at,
    NULL::text AS assignee_id, NULL::smallint AS urgency, NULL::boolean AS is_unread,
    CASE WHEN t.started_at >= @from::timestamptz THEN b.entry_point ELSE (
    SELECT CASE x.type_name WHEN 'flow_started' THEN replace(x.data, ': NaN', ': null')::json ->> 'flow_id' ELSE x.intent_name END
    FROM (
        SELECT e.id, e.type_name, e.intent_name, e.data
        FROM events e
        WHERE e.sender_id = t.sender_id AND e.id >= t.first_id AND e.id <= t.last_id
            AND (e.type_name = 'flow_started' AND e.data NOT LIKE '%"flow_id": "pattern\_%'
                OR e.type_name = 'user' AND e.intent_name <> '' AND e.intent_name NOT IN ('session_start', 'restart', 'back', 'nlu_fallback', 'out_of_scope')
                    AND e.data NOT LIKE '%"text": "EXTERNAL: %')
        OFFSET 0
    ) x
    ORDER BY x.type_name, x.id
    LIMIT 1)::text END AS entry_point
FROM rasa_thread t
LEFT JOIN rasa_begin b ON b.first_id = t.first_id
WHERE t.by_user
