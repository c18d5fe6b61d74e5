-- Forget the idempotency keys that were used before @before (timestamptz).
DELETE FROM fortnight.idempotency
WHERE at < @before
