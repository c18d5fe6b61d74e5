-- What was posted to the webhook @webhook (bigint), or is to be? Up to @size (integer) before the one numbered @before (bigint; 0: the newest).
SELECT posting_id, webhook_id, kind, body, made_at, tries, next_at, done_at, status, answer
FROM fortnight.postings
WHERE project_id = @project_id AND webhook_id = @webhook AND (@before::bigint = 0 OR posting_id < @before::bigint)
ORDER BY posting_id DESC
LIMIT @size
