-- materialized
-- Helper: the period's sessions (thread_ids.sql). A session is called after its sender and its first event.
SELECT r.sender_id, r.sender_id || ':' || r.first_id AS conversation_id, r.first_id, r.last_id, r.handed_id, r.by_user, r.reason,
    timestamptz 'epoch' + r.started * interval '1 microsecond' AS started_at,
    CASE WHEN r.last > 0 THEN timestamptz 'epoch' + r.last * interval '1 microsecond' END AS last_at,
    CASE WHEN r.ended > 0 THEN timestamptz 'epoch' + r.ended * interval '1 microsecond' END AS ended_at
FROM (
    SELECT w.line[1]::bigint AS first_id, w.line[2]::bigint AS last_id, w.line[3]::bigint AS started, w.line[4]::bigint AS last, w.line[5]::bigint AS ended,
        w.line[6] AS reason, nullif(w.line[7]::bigint, 0) AS handed_id, w.line[8] = '1' AS by_user,
        array_to_string(w.line[9:], ' ') AS sender_id -- which may have spaces in it
    FROM (SELECT string_to_array(i.line, ' ') AS line FROM unnest(@thread_ids::text[]) AS i (line) OFFSET 0) w -- taken apart once
) r
