-- Up to when do the bot's data reach, before @to? The last messages by id: there may be no index on timestamp.
SELECT to_timestamp(max(l.timestamp)) AS newest
FROM (
    SELECT e.timestamp
    FROM events e
    WHERE e.type_name IN ('user', 'bot') AND e.timestamp < extract(epoch FROM @to::timestamptz)::float8
    ORDER BY e.id DESC
    LIMIT 100
) l
