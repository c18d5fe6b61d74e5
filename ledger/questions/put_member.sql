-- Put an account into a project, or change its role there.
INSERT INTO fortnight.members (project_id, account_id, role, added_at)
VALUES (@project_id, @account, @role, @now)
ON CONFLICT (project_id, account_id) DO UPDATE SET role = excluded.role
