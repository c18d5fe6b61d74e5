-- Helper: the messages of the period. What a channel or an operator triggered, and the opening of a session, nobody wrote.
SELECT e.id, e.sender_id, e.type_name, e.timestamp, to_timestamp(e.timestamp) AS sent_at, e.intent_name, e.data
FROM events e
WHERE e.id >= (@range_ids::text[]::bigint[])[1] AND e.id < (@range_ids::text[]::bigint[])[2]
    AND e.timestamp >= extract(epoch FROM @from::timestamptz)::float8 AND e.timestamp < extract(epoch FROM @to::timestamptz)::float8
    AND e.type_name IN ('user', 'bot')
    AND NOT (e.type_name = 'user' AND (e.intent_name IS NOT DISTINCT FROM 'session_start'
        OR e.data LIKE '%"text": "EXTERNAL: %' OR e.data LIKE '%"text": "/session_start%'))
