-- materialized
-- Helper: the runs of flows that were started in the period, as of its end: of CALM assistants alone. Rasa's own patterns are no flows.
WITH happened AS (
    SELECT e.id, e.sender_id, e.type_name, e.timestamp, replace(e.data, ': NaN', ': null')::json ->> 'flow_id' AS flow_id
    FROM events e
    WHERE e.id >= (@range_ids::text[]::bigint[])[1] AND e.id < (@range_ids::text[]::bigint[])[2]
        AND e.timestamp >= extract(epoch FROM @from::timestamptz)::float8 AND e.timestamp < extract(epoch FROM @to::timestamptz)::float8
        AND e.type_name IN ('flow_started', 'flow_completed', 'flow_cancelled', 'flow_interrupted', 'flow_resumed')
        AND e.data NOT LIKE '%"flow_id": "pattern\_%'
), numbered AS (
    SELECT h.id, h.sender_id, h.type_name, h.timestamp, h.flow_id,
        count(*) FILTER (WHERE h.type_name = 'flow_started') OVER (PARTITION BY h.sender_id, h.flow_id ORDER BY h.id) AS run
    FROM happened h
)
SELECT n.sender_id, n.flow_id, min(n.id) AS first_id, min(n.timestamp) AS started_at, max(n.timestamp) AS last_at,
    min(n.id) FILTER (WHERE n.type_name IN ('flow_completed', 'flow_cancelled')) AS end_id,
    min(n.timestamp) FILTER (WHERE n.type_name IN ('flow_completed', 'flow_cancelled')) AS ended_at,
    bool_or(n.type_name = 'flow_completed') AS completed,
    array_agg(n.id) FILTER (WHERE n.type_name IN ('flow_started', 'flow_resumed')) AS turns
FROM numbered n
WHERE n.run > 0
GROUP BY n.sender_id, n.flow_id, n.run
