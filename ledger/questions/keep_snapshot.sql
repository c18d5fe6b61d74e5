-- Keep what was collected.
INSERT INTO fortnight.snapshots (edition_id, project_id, version, hash, read_at, missing, data)
VALUES (@edition, @project_id, @version, @hash, @read_at, @missing, @data)
