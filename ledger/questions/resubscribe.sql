-- The subscriber comes back.
UPDATE fortnight.subscribers
SET unsubscribed_at = NULL
WHERE subscriber_id = @subscriber
