-- The attempt @number (integer) of the delivery @delivery (bigint) hands its message to the server. No row: the attempt was lost to others.
UPDATE fortnight.deliveries
SET handed_at = @now, lease_until = @lease_until, changed_at = @now
WHERE delivery_id = @delivery AND state = 'sending' AND attempts = @number AND handed_at IS NULL
RETURNING delivery_id
