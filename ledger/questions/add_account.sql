-- Give the address @address (text) an account. One that it has keeps its name, if it has one, and what it may.
INSERT INTO fortnight.accounts AS a (address, name, operator, created_at)
VALUES (@address, @name, @operator, @now)
ON CONFLICT (lower(address)) DO UPDATE
SET name = CASE WHEN a.name = '' THEN excluded.name ELSE a.name END, operator = a.operator OR excluded.operator
RETURNING account_id, address, name, operator, created_at, seen_at
