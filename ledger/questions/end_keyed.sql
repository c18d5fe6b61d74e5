-- Keep the answer of an act under an idempotency key.
UPDATE fortnight.idempotency
SET status = @status, body = @body
WHERE project_id = @project_id AND key = @key
