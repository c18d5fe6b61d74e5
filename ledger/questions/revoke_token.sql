-- Revoke the key @token (bigint) to the API of the project @project_id (bigint). The first time counts; no row: there is no such key.
UPDATE fortnight.api_tokens t
SET revoked_at = coalesce(t.revoked_at, @now::timestamptz)
FROM fortnight.api_tokens was
WHERE t.project_id = @project_id AND t.token_id = @token AND was.token_id = t.token_id
RETURNING t.name, was.revoked_at IS NOT NULL AS before
