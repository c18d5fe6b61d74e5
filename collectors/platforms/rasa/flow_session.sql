-- A run that neither completed nor was cancelled expires with its session: an hour after its last message.
SELECT @tenant::text AS tenant_id, f.first_id::text AS flow_session_id, f.flow_id, f.flow_id AS flow_name, NULL::text AS flow_version, NULL::text AS practice,
    t.conversation_id, f.sender_id::text AS user_id, NULL::text AS channel, to_timestamp(f.started_at) AS started_at,
    to_timestamp(w.first_at) AS first_response_at, greatest(to_timestamp(f.last_at), t.last_at) AS last_activity_at,
    coalesce(t.ended_at, greatest(to_timestamp(f.last_at), t.last_at) + interval '1 hour') AS expires_at, to_timestamp(f.ended_at) AS ended_at,
    CASE WHEN f.ended_at IS NULL THEN 'in_progress' WHEN f.completed THEN 'completed' ELSE 'failed' END AS status,
    CASE WHEN f.ended_at IS NOT NULL AND NOT f.completed THEN 'CANCELLED' END AS failure_reason,
    v.last_slot AS last_step_id, greatest(v.slots, 1)::int AS steps_reached, w.outbound::int AS outbound_messages, NULL::boolean AS has_mention, NULL::text AS started_by
FROM rasa_flow f
LEFT JOIN rasa_thread t ON t.sender_id = f.sender_id AND f.first_id >= t.first_id AND f.first_id <= t.last_id
LEFT JOIN (
    SELECT x.flow_id, count(DISTINCT x.slot) AS slots, (array_agg(x.slot ORDER BY x.visit DESC))[1] AS last_slot
    FROM rasa_visit x
    GROUP BY x.flow_id
) v ON v.flow_id = f.first_id
LEFT JOIN LATERAL ( -- one row; not looked up where nothing of it is asked
    SELECT min(x.timestamp) FILTER (WHERE x.type_name = 'user') AS first_at, count(*) FILTER (WHERE x.type_name = 'bot') AS outbound
    FROM (
        SELECT e.type_name, e.timestamp
        FROM events e
        WHERE e.sender_id = f.sender_id AND e.id > f.first_id AND (f.end_id IS NULL OR e.id < f.end_id) AND (t.last_id IS NULL OR e.id <= t.last_id)
            AND e.type_name IN ('user', 'bot') AND e.timestamp < extract(epoch FROM @to::timestamptz)::float8
        OFFSET 0 -- by the index on sender_id
    ) x
) w ON true
