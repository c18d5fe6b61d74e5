-- Which projects is the account @account (bigint) in? Who runs the installation is in all.
SELECT p.project_id, p.key, p.name, p.accent, CASE WHEN a.operator THEN 'owner' ELSE m.role END AS role
FROM fortnight.accounts a
CROSS JOIN fortnight.projects p
LEFT JOIN fortnight.members m ON m.project_id = p.project_id AND m.account_id = a.account_id
WHERE a.account_id = @account AND (a.operator OR m.role IS NOT NULL)
ORDER BY lower(p.name), p.key
