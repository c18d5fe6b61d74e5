-- How is the webhook @webhook (bigint) of the project @project_id (bigint)? It is locked against other changes until the transaction ends.
SELECT url, events, active
FROM fortnight.webhooks
WHERE project_id = @project_id AND webhook_id = @webhook
FOR NO KEY UPDATE
