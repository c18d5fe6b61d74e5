-- Helper: which business hours go for a team's conversations, in which zone: the team's own, else the desk's; team 0 is none.
SELECT t.id AS team_id, CASE WHEN o.id IS NOT NULL THEN 'team:' || t.id ELSE 'desk' END AS calendar_id, h.id AS hours_id,
    coalesce(CASE WHEN o.id IS NOT NULL THEN nullif(t.timezone, '') END, (SELECT nullif(s.value #>> '{}', '') FROM settings s WHERE s.key = 'app.timezone')) AS time_zone
FROM (
    SELECT x.id, x.timezone::text AS timezone, x.business_hours_id FROM teams x
    UNION ALL
    SELECT 0, NULL, NULL
) t
LEFT JOIN libredesk_hours o ON o.id = t.business_hours_id
JOIN libredesk_hours h ON h.id = coalesce(o.id, (SELECT (s.value #>> '{}')::int FROM settings s WHERE s.key = 'app.business_hours_id' AND s.value #>> '{}' ~ '^[0-9]{1,9}$'))
