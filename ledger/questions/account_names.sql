-- How are the accounts @accounts (bigint[]) called?
SELECT account_id, coalesce(nullif(name, ''), address) AS name
FROM fortnight.accounts
WHERE account_id = ANY (@accounts::bigint[])
