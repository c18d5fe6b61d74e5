-- No column holds the reason of a closing: the conversation's attribute close_reason where the team has one, else who closed it.
SELECT @tenant::text AS tenant_id, s.conversation_id::text AS conversation_id, s.seq::int AS seq,
    s.opened_at AT TIME ZONE 'UTC' AS opened_at, s.closed_at AT TIME ZONE 'UTC' AS closed_at,
    CASE WHEN s.closed_at IS NOT NULL THEN coalesce(nullif(s.custom_attributes ->> 'close_reason', ''),
        CASE WHEN s.bot_resolved THEN 'resolved_by_bot' WHEN s.closer_id IS NOT NULL THEN 'resolved_while_assigned' ELSE 'resolved_unassigned' END)
    END AS close_reason,
    CASE WHEN s.closed_at IS NOT NULL THEN
        CASE WHEN s.bot_resolved THEN 'bot' WHEN s.closer_id IS NOT NULL THEN 'agent' ELSE 'system' END
    END AS closed_by,
    s.closer_id::text AS agent_id, 'inbox:' || s.inbox_id AS calendar_id
FROM span s
