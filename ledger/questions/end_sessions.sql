-- End all sessions of the account @account (bigint) but @but (bigint).
UPDATE fortnight.sessions
SET expires_at = @now, data = ''
WHERE account_id = @account AND session_id <> @but AND expires_at > @now
