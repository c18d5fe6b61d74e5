-- Write to the address @address (text) no more for the project @project (text). The first reason stays.
INSERT INTO fortnight.suppressions (project_id, address_hash, address, reason, at)
SELECT p.project_id, sha256(convert_to(lower(@address::text), 'UTF8')), @address::text, @reason, @now
FROM fortnight.projects p
WHERE p.key = @project
ON CONFLICT (project_id, address_hash) DO NOTHING
