-- needs chatbot_flow_steps
-- else SELECT NULL::uuid AS flow_id, NULL::text AS step_name, NULL::int AS position, NULL::text AS label, NULL::text AS prompt, NULL::boolean AS is_question WHERE false
-- Helper: the steps of flows made before they were graphs.
SELECT p.flow_id, p.step_name::text AS step_name, p.step_order::int AS position, p.step_name::text AS label, p.message::text AS prompt,
    coalesce(p.input_type, 'none') NOT IN ('', 'none') AS is_question
FROM chatbot_flow_steps p
WHERE p.deleted_at IS NULL
