-- Whose are the accounts @accounts (bigint[]), and who runs the installation?
SELECT account_id, address, name, operator, created_at, seen_at
FROM fortnight.accounts
WHERE account_id = ANY (@accounts::bigint[]) OR operator
ORDER BY account_id
