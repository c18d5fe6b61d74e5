-- materialized
-- Helper: the period's results. Typebot keeps no instant of completion: a result that is complete was so with its last answer, or without
-- one when it began; over_at is that instant.
WITH visit AS MATERIALIZED (
    SELECT x.id, x."typebotId", x."createdAt", x."hasStarted", x."isCompleted"
    FROM unnest(@result_ids::text[]) AS k (id)
    CROSS JOIN LATERAL (
        SELECT r.id, r."typebotId", r."createdAt", r."hasStarted", r."isCompleted"
        FROM "Result" r
        WHERE r.id = k.id AND r."createdAt" < (@to::timestamptz AT TIME ZONE 'UTC')
        OFFSET 0 -- by the primary key
    ) x
), answered AS MATERIALIZED (
    SELECT a.result_id, min(a.at) FILTER (WHERE a.at < @to::timestamptz) AS first_at, max(a.at) FILTER (WHERE a.at < @to::timestamptz) AS last_at,
        max(a.at) AS ever_at, count(*) FILTER (WHERE a.at < @to::timestamptz) AS answers,
        (array_agg(a.id ORDER BY a.number DESC) FILTER (WHERE a.at < @to::timestamptz))[1] AS last_id
    FROM typebot_answer a
    GROUP BY a.result_id
)
SELECT r.id::text AS id, r."typebotId"::text AS bot_id, t.name::text AS bot, r."createdAt" AT TIME ZONE 'UTC' AS started_at,
    coalesce(r."hasStarted", false) OR a.ever_at IS NOT NULL AS has_begun,
    a.first_at, a.last_at, coalesce(a.last_at, r."createdAt" AT TIME ZONE 'UTC') AS active_at, coalesce(a.answers, 0) AS answers, a.last_id,
    CASE WHEN r."isCompleted" THEN coalesce(a.ever_at, r."createdAt" AT TIME ZONE 'UTC') END AS over_at
FROM visit r
JOIN "Typebot" t ON t.id = r."typebotId" AND t."workspaceId" = @tenant::text
LEFT JOIN answered a ON a.result_id = r.id
