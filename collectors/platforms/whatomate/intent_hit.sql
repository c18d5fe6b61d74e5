-- Which keyword matched, and what the model of a bot understood, is not kept: the flow that a message set off stands in for it.
SELECT @tenant::text AS tenant_id, NULL::text AS message_id, t.conversation_id, s.contact_id::text AS user_id, s.started_at AS hit_at,
    coalesce(f.name, s.session_data ->> '_flow_name')::text AS intent, NULL::double precision AS confidence, false AS is_fallback, 'keyword' AS source
FROM chatbot_sessions s
LEFT JOIN chatbot_flows f ON f.id = s.current_flow_id
LEFT JOIN whatomate_thread t ON t.contact_id = s.contact_id AND s.started_at >= t.started_at - interval '1 minute' AND s.started_at <= t.last_at + interval '1 minute'
WHERE s.organization_id = @tenant::text::uuid AND s.deleted_at IS NULL AND s.current_flow_id IS NOT NULL
    AND s.started_at >= @from::timestamptz AND s.started_at < @to::timestamptz
