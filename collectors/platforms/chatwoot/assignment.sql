-- Who was in charge, derived from replies (history_ids.sql).
SELECT @tenant::text AS tenant_id, f.f[2] || ':' || f.f[3] || ':' || f.f[4] AS assignment_id, f.f[2] AS conversation_id, f.f[5] AS user_id, f.f[6] AS agent_id, f.f[7] AS team_id,
    f.f[8]::int AS seq, f.f[9] AS kind, timestamptz 'epoch' + f.f[10]::bigint * interval '1 microsecond' AS offered_at,
    timestamptz 'epoch' + f.f[11]::bigint * interval '1 microsecond' AS accepted_at, timestamptz 'epoch' + f.f[12]::bigint * interval '1 microsecond' AS first_reply_at,
    timestamptz 'epoch' + f.f[13]::bigint * interval '1 microsecond' AS ended_at, f.f[14] AS ended_by, f.f[15] AS end_reason, 'replies' AS derivation
FROM unnest(@history_ids::text[]) AS i (line)
CROSS JOIN LATERAL (SELECT string_to_array(i.line, ' ', '-') AS f OFFSET 0) f
WHERE left(i.line, 1) = 'a'
