SELECT 'default' AS tenant_id, left(coalesce((SELECT s.value #>> '{}' FROM settings s WHERE s.key = 'app.site_name'), current_database()), 200)::text AS name
