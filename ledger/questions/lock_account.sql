-- Who has the address @address (text) and may see anything? The account is locked against changes until the transaction ends.
SELECT account_id, address, name, operator, created_at, seen_at
FROM fortnight.accounts a
WHERE lower(address) = lower(@address::text)
  AND (operator OR EXISTS (SELECT 1 FROM fortnight.members m WHERE m.account_id = a.account_id))
FOR NO KEY UPDATE
