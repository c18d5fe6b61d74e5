-- Helper: the episodes of the touched conversations as of the period's end (history_ids.sql).
SELECT f.f[2]::bigint AS conversation_id, f.f[3]::int AS seq, timestamptz 'epoch' + f.f[4]::bigint * interval '1 microsecond' AS opened_at,
    timestamptz 'epoch' + f.f[5]::bigint * interval '1 microsecond' AS closed_at, f.f[6]::bigint AS closer_id, f.f[7] AS closed_by, f.f[8]::bigint AS contact_id,
    f.f[9]::int AS assigned_team_id, nullif(array_to_string(f.f[10:], ' ', '-'), '-') AS status
FROM unnest(@history_ids::text[]) AS i (line)
CROSS JOIN LATERAL (SELECT string_to_array(i.line, ' ', '-') AS f OFFSET 0) f
WHERE left(i.line, 1) = 'e'
