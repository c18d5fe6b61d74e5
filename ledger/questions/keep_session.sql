-- Keep a session. One that was ended stays so: who was answered while it was being ended must not bring it back.
INSERT INTO fortnight.sessions AS s (token_hash, account_id, data, agent, seen_from, made_at, seen_at, expires_at)
VALUES (@token_hash, nullif(@account::bigint, 0), @data, @agent, @from, @now, @now, @expires_at)
ON CONFLICT (token_hash) DO UPDATE
SET account_id = excluded.account_id, data = excluded.data, agent = excluded.agent, seen_from = excluded.seen_from, seen_at = excluded.seen_at,
    expires_at = excluded.expires_at
WHERE s.expires_at > @now
