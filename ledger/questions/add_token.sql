-- Keep a key to a project's API, as its hash. One that is made by the key @parent (bigint, 0 for none) needs the role of that one's maker.
INSERT INTO fortnight.api_tokens (project_id, name, scopes, token_hash, hint, made_by, maker, parent, made_at, expires_at)
VALUES (@project_id, @name, @scopes, @token_hash, @hint, @made_by,
        coalesce((SELECT t.maker FROM fortnight.api_tokens t WHERE t.project_id = @project_id AND t.token_id = @parent::bigint), @account::bigint),
        @parent, @now, @expires_at)
RETURNING token_id
