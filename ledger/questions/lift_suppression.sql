-- Let the project @project (bigint) write to the address @address (text) again. No row: it may already.
DELETE FROM fortnight.suppressions
WHERE project_id = @project AND address_hash = sha256(convert_to(lower(@address::text), 'UTF8'))
RETURNING reason
