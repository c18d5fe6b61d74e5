-- Which picture of the project with the key @project (text) has the hash @hash (text)?
SELECT g.png, g.width, g.height
FROM fortnight.logos g
JOIN fortnight.projects p ON p.project_id = g.project_id
WHERE p.key = @project AND g.hash = @hash
