-- One hand-over is one assignment. Passed on by a colleague it is a transfer; whoever picks it from the queue is recorded as the one who
-- passed it on too, which is none. Given to another agent while it lasts it stays one row, with the last agent.
SELECT @tenant::text AS tenant_id, h.id::text AS assignment_id, h.conversation_id, h.contact_id::text AS user_id, h.agent_id::text AS agent_id,
    h.team_id::text AS team_id, (row_number() OVER (PARTITION BY h.conversation_id ORDER BY h.transferred_at, h.id))::int AS seq,
    CASE
        WHEN h.agent_id IS NULL AND h.first_reply_at IS NULL AND h.picked_up_at IS NULL THEN 'queue'
        WHEN h.transferred_by_user_id <> h.agent_id THEN 'transfer'
        ELSE 'initial'
    END AS kind,
    h.transferred_at AS offered_at, coalesce(h.picked_up_at, h.first_reply_at) AS accepted_at, h.first_reply_at, h.ended_at,
    CASE WHEN h.ended_at IS NULL THEN NULL WHEN h.status = 'resumed' AND h.resumed_by IS NOT NULL THEN h.resumed_by::text ELSE 'system' END AS ended_by,
    CASE WHEN h.ended_at IS NULL THEN NULL WHEN h.status = 'expired' THEN 'expired' ELSE 'returned_to_bot' END AS end_reason,
    'recorded' AS derivation
FROM whatomate_handover h
