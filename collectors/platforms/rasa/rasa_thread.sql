-- materialized
-- Helper: the period's sessions (thread_ids.sql). A session is called after its sender and its first event.
SELECT r.sender_id, r.sender_id || ':' || r.first_id AS conversation_id, r.first_id, r.last_id, r.handed_id, r.by_user, r.reason,
    timestamptz 'epoch' + r.started * interval '1 microsecond' AS started_at,
    CASE WHEN r.last > 0 THEN timestamptz 'epoch' + r.last * interval '1 microsecond' END AS last_at,
    CASE WHEN r.ended > 0 THEN timestamptz 'epoch' + r.ended * interval '1 microsecond' END AS ended_at
FROM (
    SELECT split_part(i.line, ' ', 1)::bigint AS first_id, split_part(i.line, ' ', 2)::bigint AS last_id, split_part(i.line, ' ', 3)::bigint AS started,
        split_part(i.line, ' ', 4)::bigint AS last, split_part(i.line, ' ', 5)::bigint AS ended, split_part(i.line, ' ', 6) AS reason,
        nullif(split_part(i.line, ' ', 7)::bigint, 0) AS handed_id, split_part(i.line, ' ', 8) = '1' AS by_user,
        regexp_replace(i.line, '^([^ ]* ){8}', '') AS sender_id
    FROM unnest(@thread_ids::text[]) AS i (line)
) r
