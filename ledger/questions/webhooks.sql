-- Which webhooks has the project @project_id (bigint)? Each with the latest that was posted, or is to be.
SELECT w.webhook_id, w.url, w.events, w.active, w.made_at,
       coalesce(p.posting_id, 0) AS posting_id, coalesce(p.kind, '') AS kind, p.made_at AS posting_made_at, coalesce(p.tries, 0) AS tries, p.next_at, p.done_at,
       coalesce(p.status, 0) AS status, coalesce(p.answer, '') AS answer
FROM fortnight.webhooks w
LEFT JOIN LATERAL (SELECT p.posting_id, p.kind, p.made_at, p.tries, p.next_at, p.done_at, p.status, p.answer
                   FROM fortnight.postings p
                   WHERE p.webhook_id = w.webhook_id
                   ORDER BY p.posting_id DESC
                   LIMIT 1) p ON true
WHERE w.project_id = @project_id
ORDER BY w.webhook_id
