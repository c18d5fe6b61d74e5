SELECT @tenant::text AS tenant_id, v.flow_id::text AS flow_session_id, v.visit::int AS visit, NULL::int AS position, v.slot AS step_id, v.slot AS step_name,
    v.prompt, true AS is_question, to_timestamp(v.entered_at) AS entered_at, to_timestamp(v.answered_at) AS answered_at, v.answer
FROM rasa_visit v
