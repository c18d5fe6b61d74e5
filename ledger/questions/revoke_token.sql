-- Revoke the key @token (bigint) to the API of the project @project_id (bigint), and those that were made by it. The first time counts;
-- no row: there is no such key.
WITH RECURSIVE family AS (
    SELECT t.token_id
    FROM fortnight.api_tokens t
    WHERE t.project_id = @project_id AND t.token_id = @token
    UNION
    SELECT t.token_id
    FROM fortnight.api_tokens t
    JOIN family f ON t.parent = f.token_id
    WHERE t.project_id = @project_id
)
UPDATE fortnight.api_tokens t
SET revoked_at = coalesce(t.revoked_at, @now::timestamptz)
FROM fortnight.api_tokens was
JOIN family f ON f.token_id = was.token_id
WHERE was.token_id = t.token_id
RETURNING t.token_id, t.name, was.revoked_at IS NOT NULL AS before
