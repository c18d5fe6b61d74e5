-- When does the key @token (bigint) of the project @project_id (bigint), which makes another, end? No row: it is revoked or over. It stays
-- as it is until the transaction ends.
SELECT t.expires_at
FROM fortnight.api_tokens t
WHERE t.project_id = @project_id AND t.token_id = @token AND t.revoked_at IS NULL AND coalesce(t.expires_at > @now::timestamptz, true)
FOR UPDATE
