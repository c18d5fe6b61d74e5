-- A session that ended at or after the period's end was open then, and active up to then.
SELECT tenant_id, session_id, agent_id, started_at,
    CASE WHEN ended_at < @to::timestamptz THEN ended_at END AS ended_at,
    CASE WHEN ended_at >= @to::timestamptz OR last_activity_at >= @to::timestamptz THEN @to::timestamptz ELSE last_activity_at END AS last_activity_at,
    state
FROM fortnight_events.agent_session
WHERE tenant_id = @tenant::text AND started_at < @to::timestamptz
    AND (ended_at >= @from::timestamptz OR ended_at IS NULL)
