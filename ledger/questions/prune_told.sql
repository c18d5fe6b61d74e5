-- Forget what was told before @before (timestamptz).
DELETE FROM fortnight.told
WHERE at < @before
