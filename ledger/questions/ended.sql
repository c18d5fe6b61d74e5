-- How many deliveries of the edition @edition (bigint) are in which state?
SELECT d.state, count(*) AS n
FROM fortnight.deliveries d
WHERE d.edition_id = @edition
GROUP BY d.state
ORDER BY d.state
