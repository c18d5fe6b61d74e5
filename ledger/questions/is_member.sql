-- Is the account @account (bigint) a member of the project?
SELECT EXISTS (SELECT 1 FROM fortnight.members WHERE project_id = @project AND account_id = @account)
