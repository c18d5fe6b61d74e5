SELECT DISTINCT @tenant::text AS tenant_id, k.calendar_id, (h.item ->> 'date')::date AS holiday
FROM libredesk_calendar k
JOIN libredesk_hours b ON b.id = k.hours_id
CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(b.holidays) WHEN 'array' THEN b.holidays ELSE '[]' END) AS h (item)
WHERE NOT b.is_always_open AND h.item ->> 'date' ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
