-- How long is this tenant usually silent?
--
-- Parameters: @from, @to timestamptz, the four weeks before its newest message, which is in them.

-- name: silences
-- One row: how many messages there are, when the first was sent, and the longest time between one and the next, in seconds.
WITH written AS (
    SELECT sent_at, sent_at - lag(sent_at) OVER (ORDER BY sent_at) AS silence
    FROM message
    WHERE sent_at >= @from AND sent_at < @to
)
SELECT count(*) AS messages, min(sent_at) AS first_at, coalesce(extract(epoch FROM max(silence)), 0)::float8 AS longest
FROM written;
