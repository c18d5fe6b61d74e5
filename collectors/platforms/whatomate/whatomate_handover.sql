-- materialized
-- Helper: the hand-overs to people in the period's conversations, as of the period's end. One that was given to its agent within a second
-- of being made was given by the platform: nobody picked it up. Whatomate records a first response when its timer next looks, so the
-- first message that a person wrote while it lasted is taken, and what is recorded where there is none.
SELECT h.conversation_id, h.contact_id, h.started_at, a.id, a.team_id, a.transferred_at, a.transferred_by_user_id, a.resumed_by,
    CASE WHEN a.picked_up_at < @to::timestamptz OR a.picked_up_at IS NULL THEN a.agent_id END AS agent_id,
    CASE WHEN a.picked_up_at < @to::timestamptz AND a.picked_up_at >= a.transferred_at + interval '1 second' THEN a.picked_up_at END AS picked_up_at,
    coalesce((
        SELECT min(m.created_at)
        FROM messages m
        WHERE m.contact_id = a.contact_id AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL
            AND m.direction = 'outgoing' AND m.sent_by_user_id IS NOT NULL AND m.message_type NOT IN ('reaction', 'call')
            AND m.created_at >= a.transferred_at AND (e.ended_at IS NULL OR m.created_at <= e.ended_at) AND m.created_at < @to::timestamptz
        ), CASE WHEN a.first_response_at < @to::timestamptz THEN a.first_response_at END) AS first_reply_at,
    CASE WHEN e.ended_at < @to::timestamptz THEN e.ended_at END AS ended_at,
    CASE WHEN e.ended_at < @to::timestamptz THEN a.status END AS status
FROM (
    SELECT t.conversation_id, t.contact_id, t.started_at, i.id::uuid AS id
    FROM whatomate_thread t
    CROSS JOIN LATERAL unnest(string_to_array(t.transfers, ',')) AS i (id)
    WHERE t.transfers IS NOT NULL
) h
CROSS JOIN LATERAL (
    SELECT x.id, x.contact_id, x.status, x.agent_id, x.team_id, x.transferred_by_user_id, x.transferred_at, x.picked_up_at, x.first_response_at,
        x.resumed_at, x.resumed_by, x.expires_at, x.updated_at
    FROM agent_transfers x
    WHERE x.id = h.id
    OFFSET 0 -- by the primary key
) a
CROSS JOIN LATERAL (
    SELECT coalesce(a.resumed_at, CASE WHEN a.status = 'expired' THEN coalesce(a.expires_at, a.updated_at) END) AS ended_at
) e
