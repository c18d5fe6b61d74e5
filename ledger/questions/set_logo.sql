-- The project @project_id (bigint) shows the picture @hash (text) from now on; '' is none.
UPDATE fortnight.projects
SET logo = @hash
WHERE project_id = @project_id
