SELECT @tenant::text AS tenant_id, t.conversation_id, 1 AS seq, t.started_at AS opened_at, t.ended_at AS closed_at,
    CASE WHEN t.ended_at IS NOT NULL THEN t.reason END AS close_reason,
    CASE WHEN t.ended_at IS NOT NULL THEN CASE t.reason WHEN 'restarted' THEN 'user' WHEN 'session_ended' THEN 'bot' ELSE 'system' END END AS closed_by,
    NULL::text AS agent_id, NULL::text AS calendar_id
FROM rasa_thread t
WHERE t.by_user
