-- How is the project @project (bigint) called in names? It is locked against other changes until the transaction ends: a source does
-- not go while a digest begins to read it. No row: there is no such project.
SELECT key
FROM fortnight.projects
WHERE project_id = @project
FOR NO KEY UPDATE
