-- Which attempts of the delivery @delivery (bigint) were made?
SELECT number, started_at, ended_at, state, code, status, answer
FROM fortnight.attempts
WHERE delivery_id = @delivery
ORDER BY number
