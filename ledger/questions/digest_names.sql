-- What are all digests called?
SELECT p.key || '/' || d.key AS name
FROM fortnight.digests d
JOIN fortnight.projects p ON p.project_id = d.project_id
ORDER BY p.key, d.key
