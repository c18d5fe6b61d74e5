-- Whose is the account with the address @address (text)?
SELECT account_id, address, name, operator, created_at, seen_at
FROM fortnight.accounts
WHERE lower(address) = lower(@address::text)
