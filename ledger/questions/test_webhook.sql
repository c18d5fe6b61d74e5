-- Have a test posted to the webhook @webhook (bigint), unless one was asked for since @lately (timestamptz).
INSERT INTO fortnight.postings (project_id, webhook_id, kind, body, made_at, next_at)
SELECT p.project_id, @webhook, @kind, jsonb_build_object('id', gen_random_uuid(), 'kind', @kind::text, 'at', @now::timestamptz, 'project', p.key), @now, @now
FROM fortnight.projects p
WHERE p.project_id = @project_id
  AND NOT EXISTS (SELECT FROM fortnight.postings t WHERE t.webhook_id = @webhook AND t.kind = @kind AND t.made_at > @lately)
