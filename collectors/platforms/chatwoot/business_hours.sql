-- One window a day and inbox; the zone is the inbox's.
SELECT w.account_id::text AS tenant_id, 'inbox:' || w.inbox_id AS calendar_id, w.day_of_week::smallint AS weekday,
    CASE WHEN w.open_all_day THEN time '00:00' ELSE make_time(w.open_hour, w.open_minutes, 0) END AS opens,
    CASE WHEN w.open_all_day THEN time '24:00' ELSE make_time(w.close_hour, w.close_minutes, 0) END AS closes,
    i.timezone::text AS time_zone
FROM working_hours w
JOIN inboxes i ON i.id = w.inbox_id
WHERE w.account_id = @tenant::text::int AND i.working_hours_enabled AND NOT w.closed_all_day
