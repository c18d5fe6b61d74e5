-- Write what became of the attempt under way. "sent" is true whatever was believed meanwhile; a delivery whose outcome was
-- given up as unknown takes any answer that comes late. No row: nothing was under way.
UPDATE fortnight.deliveries
SET state = @state, code = @code, status = @status, answer = @answer, next_at = @next_at, lease_until = NULL, handed_at = NULL, changed_at = @now
WHERE delivery_id = @delivery
  AND (state IN ('sending', 'unknown') OR @state = 'sent' AND state IN ('planned', 'deferred', 'expired', 'suppressed') AND attempts > 0)
RETURNING attempts
