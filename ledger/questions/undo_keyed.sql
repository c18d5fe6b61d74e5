-- An act under an idempotency key came to nothing: it may be tried again.
DELETE FROM fortnight.idempotency
WHERE project_id = @project_id AND key = @key AND status = 0
