-- Which key to an API has the hash @token_hash (bytea), and which role has its maker now ("": none)? That it is used is noted to a minute.
WITH used AS (
    UPDATE fortnight.api_tokens
    SET used_at = @now
    WHERE token_hash = @token_hash AND revoked_at IS NULL AND coalesce(expires_at > @now, true)
      AND coalesce(used_at <= @now::timestamptz - interval '1 minute', true)
)
SELECT t.token_id, t.project_id, p.key AS project_key, t.name, t.scopes, t.hint, t.made_by, t.maker, t.made_at, t.used_at, t.expires_at, t.revoked_at,
       CASE WHEN t.maker = 0 OR a.operator THEN 'owner' ELSE coalesce(m.role, '') END AS role
FROM fortnight.api_tokens t
JOIN fortnight.projects p ON p.project_id = t.project_id
LEFT JOIN fortnight.accounts a ON a.account_id = t.maker
LEFT JOIN fortnight.members m ON m.project_id = t.project_id AND m.account_id = t.maker
WHERE t.token_hash = @token_hash AND t.revoked_at IS NULL AND coalesce(t.expires_at > @now, true)
