-- In which zone does the project @project (bigint) live? No row: there is no such project.
SELECT zone
FROM fortnight.projects
WHERE project_id = @project
