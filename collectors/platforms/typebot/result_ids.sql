-- Asked once a period: the results, one a visit, that began in it or have an answer in it. Answers bear no index on time: those of the
-- period are found between two ids, by halving, with an hour to spare on both sides, where ids are in order of time as far as the server's
-- statistics tell; else all are gone through. What was answered before there was "AnswerV2" belongs to the day that its result began on.
WITH RECURSIVE ordered AS (
    SELECT coalesce((
        SELECT bool_and(s.correlation > 0.98)
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname IN ('createdAt', 'id')
        WHERE c.oid = to_regclass('"AnswerV2"')
        HAVING count(*) = 2), false) AS yes
), ends AS (
    SELECT (SELECT min(a.id) FROM "AnswerV2" a)::bigint AS first, (SELECT max(a.id) FROM "AnswerV2" a)::bigint + 1 AS last
), search AS (
    SELECT v.edge, v.at, n.first AS low, n.last AS high
    FROM ends n
    CROSS JOIN (VALUES
        (1, (@from::timestamptz AT TIME ZONE 'UTC') - interval '1 hour'),
        (2, (@to::timestamptz AT TIME ZONE 'UTC') + interval '1 hour')) AS v (edge, at)
    WHERE (SELECT o.yes FROM ordered o)
    UNION ALL
    SELECT s.edge, s.at, CASE WHEN m.at < s.at THEN m.middle + 1 ELSE s.low END, CASE WHEN m.at < s.at THEN s.high ELSE m.middle END
    FROM search s
    CROSS JOIN LATERAL (
        SELECT (s.low + s.high) / 2 AS middle, (SELECT a."createdAt" FROM "AnswerV2" a WHERE a.id >= (s.low + s.high) / 2 ORDER BY a.id LIMIT 1) AS at
    ) m
    WHERE s.low < s.high
), span AS MATERIALIZED (
    SELECT coalesce((SELECT min(s.low) FROM search s WHERE s.edge = 1 AND s.low >= s.high), (SELECT n.first FROM ends n), 0) AS first,
        coalesce((SELECT min(s.low) FROM search s WHERE s.edge = 2 AND s.low >= s.high), (SELECT n.last FROM ends n), 0) AS last
), answered AS MATERIALIZED (
    SELECT DISTINCT a."resultId" AS id
    FROM "AnswerV2" a
    WHERE a.id >= (SELECT p.first FROM span p) AND a.id < (SELECT p.last FROM span p)
        AND a."createdAt" >= (@from::timestamptz AT TIME ZONE 'UTC') AND a."createdAt" < (@to::timestamptz AT TIME ZONE 'UTC')
), begun AS (
    SELECT r.id
    FROM "Typebot" t
    CROSS JOIN (VALUES (true), (false), (NULL)) AS s (started)
    CROSS JOIN LATERAL (
        SELECT x.id
        FROM "Result" x
        WHERE x."typebotId" = t.id AND x."hasStarted" = s.started AND x."isArchived" IS NOT TRUE
            AND x."createdAt" >= (@from::timestamptz AT TIME ZONE 'UTC') AND x."createdAt" < (@to::timestamptz AT TIME ZONE 'UTC')
        UNION ALL
        SELECT x.id
        FROM "Result" x
        WHERE s.started IS NULL AND x."typebotId" = t.id AND x."hasStarted" IS NULL AND x."isArchived" IS NOT TRUE
            AND x."createdAt" >= (@from::timestamptz AT TIME ZONE 'UTC') AND x."createdAt" < (@to::timestamptz AT TIME ZONE 'UTC')
        OFFSET 0 -- by the index on bot, start and time
    ) r
    WHERE t."workspaceId" = @tenant::text
)
SELECT b.id::text AS id
FROM begun b
UNION
SELECT r.id::text
FROM answered a
CROSS JOIN LATERAL (
    SELECT x.id
    FROM "Result" x
    WHERE x.id = a.id AND x."isArchived" IS NOT TRUE
        AND x."typebotId" = ANY (ARRAY(SELECT t.id FROM "Typebot" t WHERE t."workspaceId" = @tenant::text))
    OFFSET 0 -- by the primary key
) r
ORDER BY 1
