-- The subscriber leaves. The first time counts.
UPDATE fortnight.subscribers
SET unsubscribed_at = coalesce(unsubscribed_at, @now)
WHERE subscriber_id = @subscriber
