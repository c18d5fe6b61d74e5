-- Whose is the account @account (bigint)?
SELECT account_id, address, name, operator, created_at, seen_at
FROM fortnight.accounts
WHERE account_id = @account
