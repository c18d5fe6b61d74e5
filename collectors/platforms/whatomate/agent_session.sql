-- needs user_availability_logs
-- The stretches in which a user was set to available. Whatomate does not tell being away from being gone: that is no connection.
SELECT @tenant::text AS tenant_id, l.id::text AS session_id, l.user_id::text AS agent_id, l.started_at,
    CASE WHEN l.ended_at < @to::timestamptz THEN l.ended_at END AS ended_at,
    CASE WHEN l.ended_at >= @to::timestamptz THEN @to::timestamptz END AS last_activity_at, 'online' AS state
FROM user_availability_logs l
WHERE l.organization_id = @tenant::text::uuid AND l.is_available AND l.started_at < @to::timestamptz
    AND (l.ended_at >= @from::timestamptz OR l.ended_at IS NULL)
