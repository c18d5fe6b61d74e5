-- Which digests has the project @project_id (bigint)?
SELECT digest_id, key, active, config
FROM fortnight.digests
WHERE project_id = @project_id
ORDER BY digest_id
FOR NO KEY UPDATE
