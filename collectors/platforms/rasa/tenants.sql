SELECT 'default' AS tenant_id, left(current_database(), 200)::text AS name
