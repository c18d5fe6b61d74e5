-- Who is in the project @project_id (bigint)?
SELECT account_id, role, added_at
FROM fortnight.members
WHERE project_id = @project_id
ORDER BY account_id
