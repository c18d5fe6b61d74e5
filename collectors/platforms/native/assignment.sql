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
SELECT tenant_id, assignment_id, conversation_id, user_id, agent_id, team_id, seq, kind, offered_at,
    accepted_at, first_reply_at, ended_at, ended_by, end_reason, derivation
FROM fortnight_events.assignment
WHERE tenant_id = @tenant::text AND ended_at < @from::timestamptz
    AND conversation_id IN (
        SELECT conversation_id
        FROM fortnight_events.episode
        WHERE tenant_id = @tenant::text AND closed_at >= @from::timestamptz AND closed_at < @to::timestamptz)
