-- That a session was handed to people is known, and when; what they did with it is not.
SELECT @tenant::text AS tenant_id, t.handed_id::text AS assignment_id, t.conversation_id, t.sender_id::text AS user_id, NULL::text AS agent_id, NULL::text AS team_id,
    1 AS seq, 'queue' AS kind, to_timestamp(e.timestamp) AS offered_at, NULL::timestamptz AS accepted_at, NULL::timestamptz AS first_reply_at,
    t.ended_at, CASE WHEN t.ended_at IS NOT NULL THEN 'system' END AS ended_by, CASE WHEN t.ended_at IS NOT NULL THEN 'closed' END AS end_reason,
    'history' AS derivation
FROM rasa_thread t
JOIN LATERAL (SELECT x.timestamp FROM events x WHERE x.id = t.handed_id OFFSET 0) e ON true
WHERE t.handed_id IS NOT NULL AND t.by_user
