-- Plan an edition's delivery to one subscriber.
INSERT INTO fortnight.deliveries (project_id, edition_id, subscriber_id, recipient, batch, state, message_id, dated, next_at, expires_at, changed_at)
VALUES (@project_id, @edition, @subscriber, @recipient, @batch, 'planned', @message_id, @dated, @next_at, @expires_at, @now)
RETURNING delivery_id
