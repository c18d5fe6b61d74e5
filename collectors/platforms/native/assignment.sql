-- Those that overlap the period, and, for episodes closed in it, those that ended before. What happened at or after the
-- period's end has not happened yet.
SELECT tenant_id, assignment_id, conversation_id, user_id, agent_id, team_id, seq, kind, offered_at,
    CASE WHEN accepted_at < @to::timestamptz THEN accepted_at END AS accepted_at,
    CASE WHEN first_reply_at < @to::timestamptz THEN first_reply_at END AS first_reply_at,
    CASE WHEN ended_at < @to::timestamptz THEN ended_at END AS ended_at,
    CASE WHEN ended_at < @to::timestamptz THEN ended_by END AS ended_by,
    CASE WHEN ended_at < @to::timestamptz THEN end_reason END AS end_reason,
    derivation
FROM fortnight_events.assignment
WHERE tenant_id = @tenant::text AND offered_at < @to::timestamptz
    AND (ended_at >= @from::timestamptz OR ended_at IS NULL)
UNION ALL
SELECT a.tenant_id, a.assignment_id, a.conversation_id, a.user_id, a.agent_id, a.team_id, a.seq, a.kind, a.offered_at,
    a.accepted_at, a.first_reply_at, a.ended_at, a.ended_by, a.end_reason, a.derivation
FROM (
    SELECT DISTINCT e.conversation_id
    FROM fortnight_events.episode e
    WHERE e.tenant_id = @tenant::text AND e.closed_at >= @from::timestamptz AND e.closed_at < @to::timestamptz
) c
CROSS JOIN LATERAL (
    SELECT p.tenant_id, p.assignment_id, p.conversation_id, p.user_id, p.agent_id, p.team_id, p.seq, p.kind, p.offered_at,
        p.accepted_at, p.first_reply_at, p.ended_at, p.ended_by, p.end_reason, p.derivation
    FROM fortnight_events.assignment p
    WHERE p.tenant_id = @tenant::text AND p.conversation_id = c.conversation_id AND p.ended_at < @from::timestamptz
    OFFSET 0 -- by the index on conversation_id, not by reading the whole table
) a
