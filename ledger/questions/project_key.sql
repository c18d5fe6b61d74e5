-- How is the project @project (bigint) called in names? No row: there is no such project.
SELECT key
FROM fortnight.projects
WHERE project_id = @project
