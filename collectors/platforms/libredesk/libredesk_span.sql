-- materialized
-- Helper: the episodes of the touched conversations as of the period's end. One ends as the log says that the conversation was given a
-- status of the category resolved, and the next begins as it is given another. A conversation that is resolved though its log never said so
-- ended at the instant that is kept of its first resolution. The last one is open: closed_at is null.
WITH change AS MATERIALIZED (
    SELECT x.conversation_id, x.at, x.is_end, x.actor_id, x.actor_kind, x.status
    FROM (
        SELECT w.conversation_id, w.at, w.id, w.is_end, w.actor_id, w.actor_kind, w.status, lag(w.is_end, 1, false) OVER (PARTITION BY w.conversation_id ORDER BY w.at, w.id) AS was_end
        FROM (
            SELECT l.conversation_id, l.at, l.id, l.category = 'resolved' AS is_end, l.actor_id, l.actor_kind, l.status
            FROM libredesk_log l
            WHERE l.kind = 'status'
            UNION ALL
            SELECT t.id, coalesce(t.resolved_at, t.closed_at), 0, true, NULL, 'system', t.status
            FROM libredesk_touched t
            WHERE t.category = 'resolved' AND coalesce(t.resolved_at, t.closed_at) < @to::timestamptz
                AND NOT EXISTS (SELECT FROM libredesk_log l WHERE l.conversation_id = t.id AND l.kind = 'status')
        ) w
    ) x
    WHERE x.is_end <> x.was_end
), settled AS MATERIALIZED (
    SELECT DISTINCT c.conversation_id, c.at
    FROM change c
    JOIN libredesk_bot_event e ON e.conversation_id = c.conversation_id AND e.type = 'resolve' AND e.at >= c.at - interval '1 minute' AND e.at <= c.at + interval '1 minute'
    WHERE c.is_end
), begun AS MATERIALIZED (
    SELECT c.conversation_id, min(c.at) AS at
    FROM change c
    GROUP BY c.conversation_id
), stretch AS (
    SELECT y.conversation_id, y.at AS opened_at, y.is_end, lead(y.at) OVER w AS closed_at, lead(y.actor_id) OVER w AS closer_id, lead(y.actor_kind) OVER w AS closer_kind,
        lead(y.status) OVER w AS status
    FROM (
        SELECT c.conversation_id, c.at, c.is_end, c.actor_id, c.actor_kind, c.status FROM change c
        UNION ALL
        SELECT t.id, least(t.created_at, b.at), false, NULL, NULL, NULL
        FROM libredesk_touched t
        LEFT JOIN begun b ON b.conversation_id = t.id
    ) y
    WINDOW w AS (PARTITION BY y.conversation_id ORDER BY y.at, y.is_end)
)
SELECT s.conversation_id, (row_number() OVER (PARTITION BY s.conversation_id ORDER BY s.opened_at, s.closed_at))::int AS seq, s.opened_at, s.closed_at, s.closer_id,
    CASE
        WHEN s.closed_at IS NULL THEN NULL
        WHEN s.closer_kind = 'bot' OR d.at IS NOT NULL THEN 'bot'
        ELSE s.closer_kind
    END AS closed_by,
    s.status, t.contact_id, t.assigned_team_id
FROM stretch s
JOIN libredesk_touched t ON t.id = s.conversation_id
LEFT JOIN settled d ON d.conversation_id = s.conversation_id AND d.at = s.closed_at
WHERE NOT s.is_end
