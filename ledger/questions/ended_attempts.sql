-- Which of the @numbers-th attempts of @deliveries have ended with an answer? What others gave up is unknown.
SELECT a.delivery_id
FROM unnest(@deliveries::bigint[], @numbers::integer[]) AS h (delivery_id, number)
JOIN fortnight.attempts a ON a.delivery_id = h.delivery_id AND a.number = h.number
WHERE a.state <> 'unknown'
