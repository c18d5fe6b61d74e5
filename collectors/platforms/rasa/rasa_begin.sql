-- Helper: what the sessions that began in the period began with: the first flow, else the first intent that the model understood.
SELECT f.first_id, CASE WHEN f.flow IS NOT NULL THEN replace(f.flow, ': NaN', ': null')::json ->> 'flow_id' ELSE f.intent_name END::text AS entry_point
FROM (
    SELECT DISTINCT ON (t.first_id) t.first_id, e.intent_name, CASE e.type_name WHEN 'flow_started' THEN e.data END AS flow
    FROM events e
    JOIN rasa_thread t ON t.sender_id = e.sender_id AND e.id >= t.first_id AND e.id <= t.last_id
    WHERE e.id >= (@range_ids::text[]::bigint[])[1] AND e.id < (@range_ids::text[]::bigint[])[2]
        AND e.timestamp >= extract(epoch FROM @from::timestamptz)::float8 AND e.timestamp < extract(epoch FROM @to::timestamptz)::float8
        AND (e.type_name = 'flow_started' AND e.data NOT LIKE '%"flow_id": "pattern\_%'
            OR e.type_name = 'user' AND e.intent_name <> '' AND e.intent_name NOT IN ('session_start', 'restart', 'back', 'nlu_fallback', 'out_of_scope')
                AND e.data NOT LIKE '%"text": "EXTERNAL: %')
    ORDER BY t.first_id, e.type_name, e.id
) f
