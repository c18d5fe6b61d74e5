-- Asked once a period: the first id of its events and the first one after them, found by halving, with an hour to spare on both sides: a
-- turn is saved once it is over. Only where ids are in order of time as far as the server's statistics tell, and no index on timestamp
-- leads there; else all ids.
WITH RECURSIVE ordered AS (
    SELECT NOT EXISTS (
            SELECT
            FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = to_regclass('events') AND a.attname = 'timestamp' AND i.indisvalid AND i.indpred IS NULL)
        AND coalesce((
            SELECT bool_and(s.correlation > 0.98)
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname IN ('timestamp', 'id')
            WHERE c.oid = to_regclass('events')
            HAVING count(*) = 2), false) AS yes
), ends AS (
    SELECT (SELECT min(e.id) FROM events e)::bigint AS first, (SELECT max(e.id) FROM events e)::bigint + 1 AS last
), search AS (
    SELECT v.edge, v.at, n.first AS low, n.last AS high
    FROM ends n
    CROSS JOIN (VALUES
        (1, extract(epoch FROM @from::timestamptz)::float8 - 2 * 3600),
        (2, extract(epoch FROM @to::timestamptz)::float8 + 3600)) AS v (edge, at)
    WHERE (SELECT o.yes FROM ordered o)
    UNION ALL
    SELECT s.edge, s.at, CASE WHEN m.timestamp < s.at THEN m.middle + 1 ELSE s.low END, CASE WHEN m.timestamp < s.at THEN s.high ELSE m.middle END
    FROM search s
    CROSS JOIN LATERAL (
        SELECT (s.low + s.high) / 2 AS middle, (SELECT e.timestamp FROM events e WHERE e.id >= (s.low + s.high) / 2 ORDER BY e.id LIMIT 1) AS timestamp
    ) m
    WHERE s.low < s.high
), found AS (
    SELECT v.edge, coalesce((SELECT min(s.low) FROM search s WHERE s.edge = v.edge AND s.low >= s.high), CASE v.edge WHEN 1 THEN n.first ELSE n.last END, 0) AS id
    FROM ends n
    CROSS JOIN (VALUES (1), (2)) AS v (edge)
)
SELECT f.id::text
FROM found f
ORDER BY f.edge
