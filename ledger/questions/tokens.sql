-- Which keys to its API has the project @project_id (bigint)? Those that are good first, the newest first, each with its maker's role there ("": none).
SELECT t.token_id, t.project_id, p.key AS project_key, t.name, t.scopes, t.hint, t.made_by, t.maker, t.made_at, t.used_at, t.expires_at, t.revoked_at,
       CASE WHEN t.maker = 0 THEN 'owner' ELSE coalesce(m.role, '') END AS role
FROM fortnight.api_tokens t
JOIN fortnight.projects p ON p.project_id = t.project_id
LEFT JOIN fortnight.members m ON m.project_id = t.project_id AND m.account_id = t.maker
WHERE t.project_id = @project_id
ORDER BY t.revoked_at IS NOT NULL OR coalesce(t.expires_at <= @now, false), t.token_id DESC
