-- Begin an attempt of the delivery @delivery (bigint), locked by this transaction, if its edition is one to be sent.
UPDATE fortnight.deliveries d
SET state = 'sending', attempts = attempts + 1, lease_until = @lease_until, handed_at = NULL, changed_at = @now
FROM fortnight.editions e
WHERE d.delivery_id = @delivery AND d.state IN ('planned', 'deferred', 'sending')
  AND e.edition_id = d.edition_id AND e.state IN ('ready', 'sending')
RETURNING d.attempts
