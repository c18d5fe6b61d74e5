-- Begin an act under an idempotency key. No row: one was begun under it before, and has ended or was not given up at @abandoned (timestamptz).
INSERT INTO fortnight.idempotency AS i (project_id, key, request_hash, status, body, at)
VALUES (@project_id, @key, @request_hash, 0, '', @now)
ON CONFLICT (project_id, key) DO UPDATE SET at = excluded.at
WHERE i.status = 0 AND i.request_hash = excluded.request_hash AND i.at <= @abandoned
RETURNING key
