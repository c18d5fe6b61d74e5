-- What the model took each message for. Commands of the channel are none.
SELECT @tenant::text AS tenant_id, e.id::text AS message_id, t.conversation_id, e.sender_id::text AS user_id, e.sent_at AS hit_at, e.intent_name::text AS intent,
    (SELECT CASE WHEN json_typeof(j.value) = 'number' THEN (j.value #>> '{}')::double precision END
    FROM (SELECT replace(e.data, ': NaN', ': null')::json #> '{parse_data,intent,confidence}' AS value OFFSET 0) j) AS confidence, -- parsed once, and where it is asked for
    e.intent_name IN ('nlu_fallback', 'out_of_scope') AS is_fallback, 'nlu' AS source
FROM rasa_said e
LEFT JOIN rasa_thread t ON t.sender_id = e.sender_id AND e.id >= t.first_id AND e.id <= t.last_id
WHERE e.type_name = 'user' AND e.intent_name <> '' AND e.intent_name NOT IN ('restart', 'back')
