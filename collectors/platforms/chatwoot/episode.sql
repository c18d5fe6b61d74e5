-- Episodes (history_ids.sql).
SELECT @tenant::text AS tenant_id, f.f[2] AS conversation_id, f.f[3]::int AS seq, timestamptz 'epoch' + f.f[4]::bigint * interval '1 microsecond' AS opened_at,
    timestamptz 'epoch' + f.f[5]::bigint * interval '1 microsecond' AS closed_at,
    CASE WHEN f.f[5] IS NOT NULL THEN array_to_string(f.f[9:], ' ', '-') END AS close_reason, f.f[7] AS closed_by, f.f[6] AS agent_id, 'inbox:' || f.f[8] AS calendar_id
FROM unnest(@history_ids::text[]) AS i (line)
CROSS JOIN LATERAL (SELECT string_to_array(i.line, ' ', '-') AS f OFFSET 0) f
WHERE left(i.line, 1) = 'e'
