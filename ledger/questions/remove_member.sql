-- Take the account @account (bigint) out of the project @project_id (bigint).
DELETE FROM fortnight.members
WHERE project_id = @project_id AND account_id = @account
