-- The person of the account @account (bigint) is called otherwise. No row: there is no such account.
UPDATE fortnight.accounts
SET name = @name
WHERE account_id = @account
RETURNING account_id
