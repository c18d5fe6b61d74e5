-- Note, before a person is forgotten, that the projects that wrote to the address @address (text) are to write to it no more:
-- by its hash alone. The first reason stays.
INSERT INTO fortnight.suppressions (project_id, address_hash, address, reason, at)
SELECT DISTINCT s.project_id, sha256(convert_to(lower(@address::text), 'UTF8')), '', 'erased', @now::timestamptz
FROM fortnight.subscribers s
WHERE lower(s.address) = lower(@address::text)
ON CONFLICT (project_id, address_hash) DO NOTHING
