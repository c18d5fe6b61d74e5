-- Take a subscriber out.
UPDATE fortnight.subscribers
SET removed_at = @now
WHERE subscriber_id = @subscriber
