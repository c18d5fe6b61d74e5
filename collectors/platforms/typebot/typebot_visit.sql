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
SELECT o.id, o.answers + 1, coalesce(o.next_block, h.block_id, q.block_id), o.active_at, NULL, NULL
FROM (
    SELECT r.id, r.bot_id, r.answers, r.active_at, n.block_id AS next_block, here.group_id AS here, here.place, g.group_id AS there, g.block_id AS target
    FROM typebot_result r
    LEFT JOIN typebot_answer n ON n.result_id = r.id AND n.number = r.answers + 1
    LEFT JOIN typebot_answer l ON l.result_id = r.id AND l.number = r.answers
    LEFT JOIN typebot_block here ON here.bot_id = r.bot_id AND here.block_id = l.block_id
    LEFT JOIN typebot_reached w ON w.result_id = r.id
    LEFT JOIN typebot_edge g ON g.bot_id = r.bot_id AND g.edge_id = w.edge_id
    WHERE r.started_at >= @from::timestamptz AND (r.over_at IS NULL OR r.over_at >= @to::timestamptz)
) o
LEFT JOIN typebot_block h ON h.bot_id = o.bot_id AND h.group_id = o.here AND h.is_after = o.place AND (o.there IS NULL OR o.there = o.here)
LEFT JOIN typebot_block q ON q.bot_id = o.bot_id AND q.group_id = o.there AND o.there IS DISTINCT FROM o.here
    AND (q.block_id = o.target OR q.is_after IS NULL AND NOT coalesce(o.target IN (SELECT b.block_id FROM typebot_block b), false))
WHERE coalesce(o.next_block, h.block_id, q.block_id) IS NOT NULL
