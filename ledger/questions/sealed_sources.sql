-- Which DSNs are sealed?
SELECT s.source_id AS id, p.key AS project, s.key AS source, s.dsn_sealed AS sealed
FROM fortnight.sources s
JOIN fortnight.projects p ON p.project_id = s.project_id
ORDER BY s.source_id
FOR UPDATE OF s
