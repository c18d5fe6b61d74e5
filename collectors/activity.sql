-- How much was written in the period, by how many people, in how many conversations, and when was the busiest minute?
--
-- Counted messages are those of users, agents, bots and automations, in and out, failed sends too; system notices are not.
-- Parameters: @from, @to timestamptz, the period [from, to); @day_from timestamptz[], the first instants of its local days.

-- name: figures
-- One row. Null where there is nothing to divide by or no minute with a message.
WITH counted AS MATERIALIZED (
    SELECT conversation_id, user_id, direction, sent_at
    FROM message
    WHERE sent_at >= @from AND sent_at < @to
      AND author IN ('user', 'agent', 'bot', 'automation')
), peak AS (
    SELECT date_trunc('minute', sent_at, 'UTC') AS minute, count(*) AS messages, count(*) OVER (PARTITION BY count(*)) AS tied
    FROM counted
    GROUP BY minute
    ORDER BY messages DESC, minute
    LIMIT 1
)
SELECT
    (SELECT count(*) FROM end_user WHERE first_seen_at >= @from AND first_seen_at < @to) AS new_users,
    count(DISTINCT user_id) FILTER (WHERE direction = 'in')                              AS active_users,
    count(*)                                                                             AS total_messages,
    count(DISTINCT conversation_id)                                                      AS conversations,
    count(*)::float8 / nullif(count(DISTINCT conversation_id), 0)                        AS messages_per_conversation,
    (SELECT messages FROM peak)                                                          AS peak_volume,
    (SELECT minute FROM peak)                                                            AS peak_time,
    coalesce((SELECT tied FROM peak), 0)                                                 AS peak_tied
FROM counted
ORDER BY total_messages;

-- name: days
-- One row a local day, in order. The largest minute belongs to the day of its start and is 0 on a day without a message.
WITH counted AS MATERIALIZED (
    SELECT width_bucket(sent_at, @day_from::timestamptz[]) AS day, conversation_id, direction, sent_at
    FROM message
    WHERE sent_at >= @from AND sent_at < @to
      AND author IN ('user', 'agent', 'bot', 'automation')
), written AS (
    SELECT day, count(*) AS messages, count(*) FILTER (WHERE direction = 'in') AS incoming,
        count(DISTINCT conversation_id) AS conversations
    FROM counted
    GROUP BY day
), minute AS (
    SELECT width_bucket(minute, @day_from::timestamptz[]) AS day, max(messages) AS messages
    FROM (SELECT date_trunc('minute', sent_at, 'UTC') AS minute, count(*) AS messages FROM counted GROUP BY minute) AS m
    GROUP BY 1
)
SELECT coalesce(w.incoming, 0)              AS incoming,
    coalesce(w.conversations, 0)            AS conversations,
    w.messages::float8 / w.conversations    AS messages_per_conversation,
    coalesce(m.messages, 0)                 AS max_per_minute
FROM generate_series(1, cardinality(@day_from::timestamptz[])) AS d (day)
LEFT JOIN written w USING (day)
LEFT JOIN minute m USING (day)
ORDER BY d.day;
