-- What is kept in the session with the token hash @token_hash (bytea)? That it was seen, and its person, is noted to a minute.
WITH seen AS (
    UPDATE fortnight.sessions
    SET seen_at = @now
    WHERE token_hash = @token_hash AND expires_at > @now AND seen_at <= @now::timestamptz - interval '1 minute'
    RETURNING account_id
),
person AS (
    UPDATE fortnight.accounts a
    SET seen_at = @now
    FROM seen s
    WHERE a.account_id = s.account_id
)
SELECT data
FROM fortnight.sessions
WHERE token_hash = @token_hash AND expires_at > @now
