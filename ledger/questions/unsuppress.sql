-- Lift the suppression of the address @address (text) for the project @project (text).
DELETE FROM fortnight.suppressions x
USING fortnight.projects p
WHERE p.project_id = x.project_id AND p.key = @project AND x.address_hash = sha256(convert_to(lower(@address::text), 'UTF8'))
