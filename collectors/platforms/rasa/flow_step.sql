-- The prompt is what the bot said first after it had decided to ask.
SELECT @tenant::text AS tenant_id, v.flow_id::text AS flow_session_id, v.visit::int AS visit, NULL::int AS position, v.slot AS step_id, v.slot AS step_name,
    (SELECT replace(x.data, ': NaN', ': null')::json ->> 'text'
    FROM (
        SELECT e.id, e.data
        FROM events e
        WHERE e.sender_id = v.sender_id AND e.type_name = 'bot' AND e.id > v.first_id AND (v.next_id IS NULL OR e.id < v.next_id)
        OFFSET 0 -- by the index on sender_id
    ) x
    ORDER BY x.id
    LIMIT 1) AS prompt,
    true AS is_question, to_timestamp(v.entered_at) AS entered_at, to_timestamp(v.answered_at) AS answered_at, v.answer
FROM rasa_visit v
