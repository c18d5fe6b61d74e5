-- Who owns which digests of the project @project_id (bigint)?
SELECT owner_id, array_agg(key ORDER BY key) AS digests
FROM fortnight.digests
WHERE project_id = @project_id AND owner_id IS NOT NULL
GROUP BY owner_id
ORDER BY owner_id
