-- As message.sql, with what was answered before the period.
SELECT @tenant::text AS tenant_id, a.id AS message_id, a.result_id AS conversation_id, a.result_id AS user_id, a.at AS sent_at, 'in' AS direction,
    'user' AS author, NULL::text AS agent_id, NULL::text AS delivery, NULL::text AS delivery_error, NULL::text AS language, NULL::text AS body
FROM typebot_answer a
JOIN typebot_result r ON r.id = a.result_id
WHERE a.at < @to::timestamptz
