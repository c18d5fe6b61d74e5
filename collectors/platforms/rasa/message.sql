-- Only the user and the bot write here: what people wrote after a hand-over is kept elsewhere. The language is the one that the channel or a
-- component noted beside the message. data is parsed only where a section asks for what is in it.
SELECT @tenant::text AS tenant_id, e.id::text AS message_id, t.conversation_id, e.sender_id::text AS user_id, e.sent_at,
    CASE e.type_name WHEN 'user' THEN 'in' ELSE 'out' END AS direction, CASE e.type_name WHEN 'user' THEN 'user' ELSE 'bot' END AS author,
    NULL::text AS agent_id, NULL::text AS delivery, NULL::text AS delivery_error,
    CASE WHEN e.type_name = 'user' AND e.data LIKE '%"language": "%' THEN coalesce(
        nullif(replace(e.data, ': NaN', ': null')::json #>> '{metadata,language}', ''),
        nullif(replace(e.data, ': NaN', ': null')::json #>> '{parse_data,language}', '')) END AS language,
    NULL::text AS body
FROM rasa_said e
LEFT JOIN rasa_thread t ON t.sender_id = e.sender_id AND e.id >= t.first_id AND e.id <= t.last_id
