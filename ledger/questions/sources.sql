-- Which sources has the project @project_id (bigint)? Their DSNs are sealed.
SELECT key, platform, dsn_sealed, tenant, link
FROM fortnight.sources
WHERE project_id = @project_id
ORDER BY source_id
