-- One window a day. A day that is not named is closed.
SELECT DISTINCT @tenant::text AS tenant_id, k.calendar_id, w.weekday::smallint AS weekday, w.opens, w.closes, k.time_zone
FROM libredesk_calendar k
JOIN libredesk_hours b ON b.id = k.hours_id
CROSS JOIN LATERAL (
    SELECT d.weekday, time '00:00' AS opens, time '24:00' AS closes
    FROM generate_series(0, 6) AS d (weekday)
    WHERE b.is_always_open
    UNION ALL
    SELECT array_position(ARRAY['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'], lower(h.key)) - 1, (h.value ->> 'open')::time, (h.value ->> 'close')::time
    FROM jsonb_each(CASE jsonb_typeof(b.hours) WHEN 'object' THEN b.hours ELSE '{}' END) AS h (key, value)
    WHERE NOT b.is_always_open AND h.value ->> 'open' ~ '^([01]?[0-9]|2[0-3]):[0-5][0-9]' AND h.value ->> 'close' ~ '^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)'
) w
WHERE w.weekday IS NOT NULL
