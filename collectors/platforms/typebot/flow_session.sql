-- One result is one run of a bot. Typebot records that it was completed; one that was left alone expires a day after its last answer.
SELECT @tenant::text AS tenant_id, r.id AS flow_session_id, r.bot_id AS flow_id, r.bot AS flow_name, NULL::text AS flow_version, NULL::text AS practice,
    r.id AS conversation_id, r.id AS user_id, NULL::text AS channel, r.started_at, r.first_at AS first_response_at, r.active_at AS last_activity_at,
    r.active_at + interval '24 hours' AS expires_at, CASE WHEN r.over_at < @to::timestamptz THEN r.over_at END AS ended_at,
    CASE WHEN r.over_at < @to::timestamptz THEN 'completed' ELSE 'in_progress' END AS status, NULL::text AS failure_reason,
    v.last_block AS last_step_id, greatest(v.blocks, 1)::int AS steps_reached, NULL::int AS outbound_messages, NULL::boolean AS has_mention, NULL::text AS started_by
FROM typebot_result r
LEFT JOIN (
    SELECT x.result_id, count(DISTINCT x.block_id) AS blocks, (array_agg(x.block_id ORDER BY x.visit DESC))[1] AS last_block
    FROM typebot_visit x
    GROUP BY x.result_id
) v ON v.result_id = r.id
WHERE r.started_at >= @from::timestamptz
