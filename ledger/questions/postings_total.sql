-- How much was posted to the webhook @webhook (bigint), or is to be?
SELECT count(*)
FROM fortnight.postings
WHERE project_id = @project_id AND webhook_id = @webhook
