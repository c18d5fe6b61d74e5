-- Forget who asked to be subscribed: without confirming the address until before @before (timestamptz), or decided before @decided (timestamptz).
DELETE FROM fortnight.requests
WHERE confirmed_at IS NULL AND expires_at < @before OR decided_at < @decided
