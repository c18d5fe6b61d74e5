-- Which attempts of the delivery @delivery (bigint) were made? One under way stands with the delivery alone.
SELECT number, started_at, ended_at, state, code, status, answer
FROM fortnight.attempts
WHERE delivery_id = @delivery
UNION ALL
SELECT attempts, changed_at, NULL, state, 0, '', ''
FROM fortnight.deliveries
WHERE delivery_id = @delivery AND state = 'sending'
ORDER BY number
