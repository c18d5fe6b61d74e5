-- Which secrets of webhooks are sealed?
SELECT webhook_id AS id, '' AS project, '' AS source, secret_sealed AS sealed
FROM fortnight.webhooks
ORDER BY webhook_id
FOR UPDATE
