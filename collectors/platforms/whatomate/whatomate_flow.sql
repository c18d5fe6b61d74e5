-- materialized
-- Helper: the chatbot sessions of the period that ran a flow, as of its end. A session that was left alone stays active in Whatomate for
-- ever: it expires when the account's time-out has passed since its last message. One that a hand-over to people cut off was cancelled.
SELECT s.id, s.contact_id, s.whats_app_account, s.current_flow_id, s.current_step, s.session_data, s.started_at, s.status, s.completed_at,
    coalesce(s.completed_at, CASE WHEN s.status IN ('completed', 'cancelled', 'timeout') THEN s.last_activity_at END) AS over_at,
    CASE WHEN s.last_activity_at < @to::timestamptz THEN s.last_activity_at ELSE coalesce((
        SELECT max(m.created_at)
        FROM chatbot_session_messages m
        WHERE m.session_id = s.id AND m.deleted_at IS NULL AND m.created_at < @to::timestamptz), s.started_at) END AS last_activity_at,
    make_interval(mins => coalesce(nullif(coalesce(
        (SELECT c.session_timeout_mins
        FROM chatbot_settings c
        WHERE c.organization_id = @tenant::text::uuid AND c.whats_app_account = s.whats_app_account AND c.deleted_at IS NULL
        LIMIT 1),
        (SELECT c.session_timeout_mins
        FROM chatbot_settings c
        WHERE c.organization_id = @tenant::text::uuid AND coalesce(c.whats_app_account, '') = '' AND c.deleted_at IS NULL
        LIMIT 1)), 0), 30)::int) AS patience
FROM chatbot_sessions s
WHERE s.organization_id = @tenant::text::uuid AND s.deleted_at IS NULL AND s.current_flow_id IS NOT NULL
    AND s.started_at >= @from::timestamptz AND s.started_at < @to::timestamptz
