-- Forget the account of the address @address (text), with its links and sessions, unless it is in a project or runs the installation.
DELETE FROM fortnight.accounts a
WHERE lower(a.address) = lower(@address::text) AND NOT a.operator
  AND NOT EXISTS (SELECT 1 FROM fortnight.members m WHERE m.account_id = a.account_id)
RETURNING a.account_id
