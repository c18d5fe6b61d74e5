-- Forget the attempts that began before @before (timestamptz).
DELETE FROM fortnight.attempts
WHERE started_at < @before
