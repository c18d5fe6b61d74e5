-- needs user_organizations
-- else SELECT NULL::uuid AS user_id, NULL::uuid AS role_id WHERE false
-- Helper: users of other organizations who are members of this one too.
SELECT o.user_id, o.role_id
FROM user_organizations o
WHERE o.organization_id = @tenant::text::uuid
