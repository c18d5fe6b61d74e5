-- Change the webhook @webhook (bigint).
UPDATE fortnight.webhooks
SET url = @url, events = @events, active = @active
WHERE project_id = @project_id AND webhook_id = @webhook
