-- materialized
-- Helper: the questions that each result begun in the period came to. Typebot records those that were answered. The one that a visitor was left
-- at is the next one that he answered after the period; else the next one in the group of the last answer; else, where an edge was gone
-- along since, the first one where it leads to. None, where Typebot's own flow asks for nothing more there.
SELECT a.result_id, a.number AS visit, a.block_id, coalesce(lag(a.at) OVER (PARTITION BY a.result_id ORDER BY a.number), r.started_at) AS entered_at,
    a.at AS answered_at, a.content AS answer
FROM typebot_answer a
JOIN typebot_result r ON r.id = a.result_id
WHERE r.started_at >= @from::timestamptz AND a.at < @to::timestamptz
UNION ALL
SELECT o.id, o.answers + 1, o.block_id, o.active_at, NULL, NULL
FROM (
    SELECT r.id, coalesce(r.answers, 0) AS answers, r.active_at, CASE
        WHEN n.block_id IS NOT NULL THEN n.block_id
        WHEN here.group_id IS NOT NULL AND (g.group_id IS NULL OR g.group_id = here.group_id) THEN (
            SELECT q.block_id
            FROM typebot_block q
            WHERE q.bot_id = r.bot_id AND q.group_id = here.group_id AND q.place > here.place
            ORDER BY q.place
            LIMIT 1)
        ELSE (
            SELECT q.block_id
            FROM typebot_block q
            WHERE q.bot_id = r.bot_id AND q.group_id = g.group_id
                AND q.place >= coalesce((SELECT f.place FROM typebot_block f WHERE f.bot_id = r.bot_id AND f.block_id = g.block_id), 0)
            ORDER BY q.place
            LIMIT 1)
        END AS block_id
    FROM typebot_result r
    LEFT JOIN typebot_answer n ON n.result_id = r.id AND n.number = coalesce(r.answers, 0) + 1
    LEFT JOIN typebot_answer l ON l.result_id = r.id AND l.number = r.answers
    LEFT JOIN typebot_block here ON here.bot_id = r.bot_id AND here.block_id = l.block_id
    LEFT JOIN typebot_reached w ON w.result_id = r.id
    LEFT JOIN typebot_edge g ON g.bot_id = r.bot_id AND g.edge_id = w.edge_id
    WHERE r.started_at >= @from::timestamptz AND (r.over_at IS NULL OR r.over_at >= @to::timestamptz)
) o
WHERE o.block_id IS NOT NULL
