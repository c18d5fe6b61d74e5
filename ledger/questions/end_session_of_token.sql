-- End the session with the token hash @token_hash (bytea).
UPDATE fortnight.sessions
SET expires_at = @now, data = ''
WHERE token_hash = @token_hash AND expires_at > @now
