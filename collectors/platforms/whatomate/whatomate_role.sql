-- needs custom_roles
-- else SELECT NULL::uuid AS id, NULL::text AS name WHERE false
-- Helper: what roles are called, since they are rows of their own.
SELECT r.id, r.name::text AS name
FROM custom_roles r
