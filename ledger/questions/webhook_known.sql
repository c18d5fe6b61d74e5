-- Has the project @project_id (bigint) the webhook @webhook (bigint)?
SELECT webhook_id
FROM fortnight.webhooks
WHERE project_id = @project_id AND webhook_id = @webhook
