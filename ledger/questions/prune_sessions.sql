-- Forget the sessions that ended before @before (timestamptz).
DELETE FROM fortnight.sessions
WHERE expires_at < @before
