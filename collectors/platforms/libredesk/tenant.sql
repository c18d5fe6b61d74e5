-- A database is one desk.
SELECT 'default' AS tenant_id,
    (SELECT s.value #>> '{}' FROM settings s WHERE s.key = 'app.site_name') AS name,
    (SELECT nullif(s.value #>> '{}', '') FROM settings s WHERE s.key = 'app.timezone') AS time_zone,
    (SELECT nullif(s.value #>> '{}', '') FROM settings s WHERE s.key = 'app.lang') AS locale
WHERE @tenant::text = 'default'
