-- materialized
-- Helper: the period's conversations (thread_ids.sql). A conversation is called after its contact and the second in which it began.
SELECT r.contact_id, r.contact_id || ':' || (r.started / 1000000) AS conversation_id,
    timestamptz 'epoch' + r.started * interval '1 microsecond' AS started_at,
    timestamptz 'epoch' + r.last * interval '1 microsecond' AS last_at,
    r.by_person, r.transfers
FROM (
    SELECT split_part(i.line, ' ', 1)::uuid AS contact_id, split_part(i.line, ' ', 2)::bigint AS started, split_part(i.line, ' ', 3)::bigint AS last,
        split_part(i.line, ' ', 4) = '1' AS by_person, nullif(split_part(i.line, ' ', 5), '') AS transfers
    FROM unnest(@thread_ids::text[]) AS i (line)
) r
