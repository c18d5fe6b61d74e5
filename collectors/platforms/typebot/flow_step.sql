SELECT @tenant::text AS tenant_id, v.result_id AS flow_session_id, v.visit::int AS visit, NULL::int AS position, v.block_id AS step_id,
    coalesce(q.name, v.block_id) AS step_name, q.asked AS prompt, true AS is_question, v.entered_at, v.answered_at, v.answer
FROM typebot_visit v
JOIN typebot_result r ON r.id = v.result_id
LEFT JOIN typebot_block q ON q.bot_id = r.bot_id AND q.block_id = v.block_id
