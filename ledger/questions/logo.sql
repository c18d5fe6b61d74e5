-- What is the present picture of the project @project_id (bigint)?
SELECT l.hash, l.png, l.width, l.height
FROM fortnight.projects p
JOIN fortnight.logos l ON l.project_id = p.project_id AND l.hash = p.logo
WHERE p.project_id = @project_id
