-- Who asks, and does PostgreSQL show that user all projects?
SELECT current_user::text AS who,
       (SELECT r.rolsuper OR r.rolbypassrls FROM pg_roles r WHERE r.rolname = current_user)
       OR EXISTS (SELECT 1
                  FROM pg_policies p
                  CROSS JOIN LATERAL unnest(p.roles) AS r (name)
                  WHERE p.schemaname = 'fortnight' AND p.tablename = 'projects' AND p.policyname LIKE 'service%' AND r.name <> 'public'
                    AND pg_has_role(current_user, r.name, 'USAGE')) AS sees_all
