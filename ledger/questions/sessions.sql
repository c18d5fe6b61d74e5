-- Where is the account @account (bigint) signed in? The latest first.
SELECT session_id, account_id, agent, seen_from, made_at, seen_at, expires_at, token_hash = @token_hash AS current
FROM fortnight.sessions
WHERE account_id = @account AND expires_at > @now
ORDER BY seen_at DESC, session_id DESC
