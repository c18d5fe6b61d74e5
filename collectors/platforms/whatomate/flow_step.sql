SELECT @tenant::text AS tenant_id, v.session_id::text AS flow_session_id, v.visit::int AS visit, n.position, v.step_name::text AS step_id,
    coalesce(n.label, v.step_name)::text AS step_name, coalesce(n.prompt, v.prompt) AS prompt,
    coalesce(n.is_question, v.answered_at IS NOT NULL) AS is_question, v.entered_at, v.answered_at, v.answer
FROM whatomate_visit v
JOIN whatomate_flow s ON s.id = v.session_id
LEFT JOIN whatomate_node n ON n.flow_id = s.current_flow_id AND n.step_name = v.step_name
