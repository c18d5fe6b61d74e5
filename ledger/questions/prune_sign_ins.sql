-- Forget the one-time links that were good until before @before (timestamptz).
DELETE FROM fortnight.sign_ins
WHERE expires_at < @before
