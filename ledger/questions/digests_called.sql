-- What are the digests of the project called, and which of them are switched on?
SELECT d.key, coalesce(d.config ->> 'Name', '') AS name, d.active
FROM fortnight.digests d
WHERE d.project_id = @project
ORDER BY d.key
