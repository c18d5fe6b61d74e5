-- One bot a database.
SELECT @tenant::text AS tenant_id, current_database()::text AS name, NULL::text AS time_zone, NULL::text AS locale
WHERE @tenant::text IN ('default', current_database())
