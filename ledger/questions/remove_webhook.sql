-- Remove the webhook @webhook (bigint), with what was posted and was to be. No row: there is no such webhook.
WITH gone AS (
    DELETE FROM fortnight.webhooks
    WHERE project_id = @project_id AND webhook_id = @webhook
    RETURNING webhook_id, url
),
postings AS (
    DELETE FROM fortnight.postings p
    USING gone g
    WHERE p.webhook_id = g.webhook_id
)
SELECT url
FROM gone
