-- The delivery @delivery (bigint), locked by this transaction, comes to an end without an attempt: suppressed or expired.
UPDATE fortnight.deliveries
SET state = @state, answer = @answer, lease_until = NULL, handed_at = NULL, changed_at = @now
WHERE delivery_id = @delivery AND state IN ('planned', 'deferred', 'sending')
