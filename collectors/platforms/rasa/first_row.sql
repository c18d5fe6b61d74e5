-- When do the bot's data begin? The first events by id: there may be no index on timestamp.
SELECT to_timestamp(min(f.timestamp)) AS first
FROM (SELECT e.timestamp FROM events e ORDER BY e.id LIMIT 1000) f
