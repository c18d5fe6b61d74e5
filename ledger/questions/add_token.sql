-- Keep a key to a project's API, as its hash.
INSERT INTO fortnight.api_tokens (project_id, name, scopes, token_hash, hint, made_by, made_at, expires_at)
VALUES (@project_id, @name, @scopes, @token_hash, @hint, @made_by, @now, @expires_at)
RETURNING token_id
