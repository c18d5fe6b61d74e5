-- Add a digest.
INSERT INTO fortnight.digests (project_id, key, active, config, created_at)
VALUES (@project_id, @key, @active, @config, @now)
RETURNING digest_id
