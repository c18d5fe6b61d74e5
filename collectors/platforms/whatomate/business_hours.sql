-- One window a day and WhatsApp account, those of the account without a name for all that have none of their own. Its zone is the
-- organization's where one is set, else the project's. A closing time counts to its last second.
SELECT @tenant::text AS tenant_id, 'account:' || s.account AS calendar_id, (h.slot ->> 'day')::smallint AS weekday,
    (h.slot ->> 'start_time')::time AS opens,
    CASE WHEN h.slot ->> 'end_time' = '23:59' THEN time '24:00' ELSE (h.slot ->> 'end_time')::time END AS closes,
    (SELECT nullif(o.settings ->> 'timezone', '') FROM organizations o WHERE o.id = @tenant::text::uuid) AS time_zone
FROM whatomate_hours s
CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(s.business_hours) = 'array' THEN s.business_hours ELSE '[]' END) AS h (slot)
WHERE h.slot ->> 'enabled' = 'true' AND h.slot ->> 'day' ~ '^[0-6]$'
    AND h.slot ->> 'start_time' ~ '^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)$' AND h.slot ->> 'end_time' ~ '^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)$'
