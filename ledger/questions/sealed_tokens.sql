-- Which tokens are sealed?
SELECT subscriber_id AS id, '' AS project, '' AS source, token_sealed AS sealed
FROM fortnight.subscribers
ORDER BY subscriber_id
FOR UPDATE
