-- Who asked for it himself, the subscriber @subscriber (bigint), gets his digest again.
UPDATE fortnight.subscribers
SET unsubscribed_at = NULL, removed_at = NULL
WHERE subscriber_id = @subscriber
