-- materialized
-- Helper: the questions of the period's runs of flows: the bot asks for a slot by an action that is called utter_ask_ or action_ask_ and the
-- slot. It belongs to the flow that was started or resumed last. Asked again it is one visit; the answer is the slot's last value.
WITH turn AS (
    SELECT u.id, f.first_id, f.end_id, f.sender_id
    FROM rasa_flow f
    CROSS JOIN LATERAL unnest(f.turns) AS u (id)
), happened AS ( -- each question after the turn that it belongs to, in one order for all senders
    SELECT h.id, h.timestamp, h.action_name, h.sender_id, max(h.turn) OVER (PARTITION BY h.sender_id COLLATE "C" ORDER BY h.id) AS turn
    FROM (
        SELECT t.id, NULL::float8 AS timestamp, NULL::text AS action_name, t.sender_id, t.id AS turn
        FROM turn t
        UNION ALL
        SELECT q.id, q.timestamp, q.action_name, s.sender_id, NULL
        FROM (SELECT DISTINCT f.sender_id FROM rasa_flow f) s
        CROSS JOIN LATERAL (
            SELECT e.id, e.timestamp, e.action_name
            FROM events e
            WHERE e.sender_id = s.sender_id AND e.type_name = 'action' AND (e.action_name LIKE 'utter\_ask\_%' OR e.action_name LIKE 'action\_ask\_%')
                AND e.timestamp >= extract(epoch FROM @from::timestamptz)::float8 AND e.timestamp < extract(epoch FROM @to::timestamptz)::float8
            OFFSET 0 -- by the index on sender_id
        ) q
    ) h
), asked AS (
    SELECT t.first_id AS flow_id, h.id, h.timestamp, regexp_replace(h.action_name, '^(utter|action)_ask_', '') AS slot, h.sender_id
    FROM happened h
    JOIN turn t ON t.id = h.turn
    WHERE h.action_name IS NOT NULL AND (t.end_id IS NULL OR h.id < t.end_id)
), numbered AS (
    SELECT b.flow_id, b.id, b.timestamp, b.slot, b.sender_id, count(*) FILTER (WHERE b.is_new) OVER (PARTITION BY b.flow_id ORDER BY b.id) AS visit
    FROM (SELECT a.flow_id, a.id, a.timestamp, a.slot, a.sender_id, a.slot IS DISTINCT FROM lag(a.slot) OVER (PARTITION BY a.flow_id ORDER BY a.id) AS is_new FROM asked a) b
), visited AS (
    SELECT n.flow_id, n.visit, min(n.slot) AS slot, min(n.sender_id) AS sender_id, min(n.id) AS first_id, min(n.timestamp) AS entered_at,
        lead(min(n.id)) OVER (PARTITION BY n.flow_id ORDER BY n.visit) AS next_id
    FROM numbered n
    GROUP BY n.flow_id, n.visit
)
SELECT v.flow_id, v.visit, v.slot, v.sender_id, v.first_id, v.next_id, v.entered_at, a.timestamp AS answered_at, a.answer
FROM visited v
LEFT JOIN LATERAL (
    SELECT x.timestamp, replace(x.data, ': NaN', ': null')::json ->> 'value' AS answer
    FROM (
        SELECT e.id, e.timestamp, e.data
        FROM events e
        WHERE e.sender_id = v.sender_id AND e.type_name = 'slot' AND e.action_name = v.slot AND e.id > v.first_id AND (v.next_id IS NULL OR e.id < v.next_id)
            AND e.timestamp < extract(epoch FROM @to::timestamptz)::float8 AND e.data NOT LIKE '%"value": null%'
        OFFSET 0
    ) x
    ORDER BY x.id DESC
    LIMIT 1
) a ON true
