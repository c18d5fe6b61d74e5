-- Use a one-time link up. No row: it is unknown, used, past its time, another browser's, or its person may see nothing any more.
WITH used AS (
    UPDATE fortnight.sign_ins
    SET used_at = @now
    WHERE token_hash = @token_hash AND used_at IS NULL AND expires_at > @now AND coalesce(browser_hash = @browser_hash, browser_hash IS NULL)
    RETURNING account_id
)
UPDATE fortnight.accounts a
SET seen_at = @now
FROM used u
WHERE a.account_id = u.account_id
  AND (a.operator OR EXISTS (SELECT 1 FROM fortnight.members m WHERE m.account_id = a.account_id))
RETURNING a.account_id, a.address, a.name, a.operator, a.created_at, a.seen_at
