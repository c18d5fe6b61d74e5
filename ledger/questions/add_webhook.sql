-- Add a webhook.
INSERT INTO fortnight.webhooks (project_id, url, events, active, secret_sealed, made_at)
VALUES (@project_id, @url, @events, @active, @secret_sealed, @now)
RETURNING webhook_id
