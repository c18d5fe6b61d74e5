-- What is the picture @hash (text) of the project with the key @project (text)?
SELECT l.hash, l.png, l.width, l.height
FROM fortnight.projects p
JOIN fortnight.logos l ON l.project_id = p.project_id
WHERE p.key = @project AND l.hash = @hash
