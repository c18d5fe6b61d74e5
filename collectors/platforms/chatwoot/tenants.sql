SELECT id::text AS tenant_id, name::text AS name
FROM accounts
ORDER BY id
