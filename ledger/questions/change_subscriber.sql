-- Change a subscriber, and take him in again who had been taken out. Who unsubscribed stays unsubscribed.
UPDATE fortnight.subscribers
SET name = @name, address = @address, locale = @locale, zone = @zone, audience = @audience, agent = @agent, pdf = @pdf, added_by = @added_by, removed_at = NULL
WHERE subscriber_id = @subscriber
