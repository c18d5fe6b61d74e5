-- Forget what was made for webhooks before @before (timestamptz), and what was for those that are gone.
DELETE FROM fortnight.postings p
WHERE p.made_at < @before OR NOT EXISTS (SELECT 1 FROM fortnight.webhooks w WHERE w.webhook_id = p.webhook_id)
