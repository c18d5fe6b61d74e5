-- Which digest of the project has the key @key (text)? It stays as it is until the transaction ends. No row: none.
SELECT d.digest_id, d.active, d.config, d.version, d.owner_id
FROM fortnight.digests d
WHERE d.project_id = @project AND d.key = @key
FOR NO KEY UPDATE
