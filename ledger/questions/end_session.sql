-- End the session @session (bigint) of the account @account (bigint).
UPDATE fortnight.sessions
SET expires_at = @now, data = ''
WHERE session_id = @session AND account_id = @account AND expires_at > @now
