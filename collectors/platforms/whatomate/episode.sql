-- A conversation is open until its hand-over to people ends, or, where none lasts, until 24 hours have passed without a message; it opens
-- again when the contact writes after that, or is handed over. What was only sent, such as a campaign that nobody answered, opens none.
WITH closing AS (
    SELECT h.conversation_id, h.contact_id, h.ended_at, h.status, h.resumed_by, h.agent_id, h.transferred_at,
        lag(h.ended_at) OVER past AS since, row_number() OVER past AS number
    FROM whatomate_handover h
    WHERE h.ended_at IS NOT NULL
    WINDOW past AS (PARTITION BY h.conversation_id ORDER BY h.ended_at, h.id)
), lasting AS (
    SELECT h.conversation_id, min(h.transferred_at) AS transferred_at
    FROM whatomate_handover h
    WHERE h.ended_at IS NULL
    GROUP BY h.conversation_id
), ended AS (
    SELECT c.conversation_id, max(c.ended_at) AS ended_at, count(*) AS times
    FROM closing c
    GROUP BY c.conversation_id
), stretch AS (
    SELECT t.conversation_id, t.contact_id, c.number AS seq,
        CASE WHEN c.since IS NULL THEN least(t.started_at, c.transferred_at) ELSE least(c.transferred_at, (
            SELECT min(m.created_at)
            FROM messages m
            WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.direction = 'incoming' AND m.deleted_at IS NULL
                AND m.message_type NOT IN ('reaction', 'call') AND m.created_at > c.since AND m.created_at <= c.ended_at)) END AS opened_at,
        c.ended_at AS closed_at, CASE WHEN c.status = 'expired' OR c.resumed_by IS NULL THEN 'auto_closed' ELSE 'returned_to_bot' END AS reason,
        c.resumed_by, c.agent_id
    FROM closing c
    JOIN whatomate_thread t ON t.conversation_id = c.conversation_id
    UNION ALL
    SELECT t.conversation_id, t.contact_id, coalesce(e.times, 0) + 1, least(o.opened_at, l.transferred_at),
        CASE WHEN l.transferred_at IS NULL THEN t.last_at + interval '24 hours' END, 'silence', NULL, NULL
    FROM whatomate_thread t
    LEFT JOIN ended e ON e.conversation_id = t.conversation_id
    LEFT JOIN lasting l ON l.conversation_id = t.conversation_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN e.ended_at IS NULL THEN t.started_at ELSE (
            SELECT min(m.created_at)
            FROM messages m
            WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.direction = 'incoming' AND m.deleted_at IS NULL
                AND m.message_type NOT IN ('reaction', 'call') AND m.created_at > e.ended_at AND m.created_at <= t.last_at) END AS opened_at
    ) o
    WHERE t.by_person AND (o.opened_at IS NOT NULL OR l.transferred_at IS NOT NULL)
)
SELECT @tenant::text AS tenant_id, s.conversation_id, s.seq::int AS seq, s.opened_at,
    CASE WHEN s.closed_at < @to::timestamptz THEN s.closed_at END AS closed_at,
    CASE WHEN s.closed_at < @to::timestamptz THEN s.reason END AS close_reason,
    CASE WHEN s.closed_at < @to::timestamptz THEN CASE s.reason WHEN 'returned_to_bot' THEN 'agent' ELSE 'system' END END AS closed_by,
    CASE WHEN s.closed_at < @to::timestamptz THEN coalesce(s.resumed_by, s.agent_id) END::text AS agent_id,
    'account:' || (
        SELECT m.whats_app_account
        FROM messages m
        WHERE m.contact_id = s.contact_id AND m.organization_id = @tenant::text::uuid AND m.created_at >= s.opened_at
        ORDER BY m.created_at
        LIMIT 1) AS calendar_id
FROM stretch s
WHERE s.opened_at < @to::timestamptz
