-- Write to the address @address (text) no more for the project @project_id (bigint). The first reason stays.
INSERT INTO fortnight.suppressions (project_id, address_hash, address, reason, at)
VALUES (@project_id, sha256(convert_to(lower(@address::text), 'UTF8')), @address, @reason, @now)
ON CONFLICT (project_id, address_hash) DO NOTHING
