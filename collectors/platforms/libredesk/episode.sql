-- No column holds the reason of a closing: it is the status that was given, or that the assistant settled it.
SELECT @tenant::text AS tenant_id, s.conversation_id::text AS conversation_id, s.seq, s.opened_at, s.closed_at,
    CASE WHEN s.closed_at IS NOT NULL THEN CASE s.closed_by WHEN 'bot' THEN 'resolved_by_bot' ELSE lower(s.status) END END AS close_reason,
    s.closed_by, CASE WHEN s.closed_by = 'agent' THEN s.closer_id END::text AS agent_id, k.calendar_id
FROM libredesk_span s
LEFT JOIN libredesk_calendar k ON k.team_id = coalesce(s.assigned_team_id, 0)
