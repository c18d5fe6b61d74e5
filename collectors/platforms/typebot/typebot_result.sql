-- materialized
-- Helper: the period's results. Typebot keeps no instant of completion: a result that is complete was so with its last answer, or without
-- one when it began; over_at is that instant.
SELECT r.id::text AS id, r."typebotId"::text AS bot_id, t.name::text AS bot, r."createdAt" AT TIME ZONE 'UTC' AS started_at,
    coalesce(r."hasStarted", false) OR a.ever_at IS NOT NULL AS has_begun,
    a.first_at, a.last_at, coalesce(a.last_at, r."createdAt" AT TIME ZONE 'UTC') AS active_at, a.answers,
    CASE WHEN r."isCompleted" THEN coalesce(a.ever_at, r."createdAt" AT TIME ZONE 'UTC') END AS over_at
FROM unnest(@result_ids::text[]) AS k (id)
CROSS JOIN LATERAL (
    SELECT x.id, x."typebotId", x."createdAt", x."hasStarted", x."isCompleted"
    FROM "Result" x
    WHERE x.id = k.id AND x."createdAt" < (@to::timestamptz AT TIME ZONE 'UTC')
    OFFSET 0 -- by the primary key
) r
JOIN "Typebot" t ON t.id = r."typebotId" AND t."workspaceId" = @tenant::text
LEFT JOIN (
    SELECT x.result_id, min(x.at) FILTER (WHERE x.at < @to::timestamptz) AS first_at, max(x.at) FILTER (WHERE x.at < @to::timestamptz) AS last_at,
        max(x.at) AS ever_at, count(*) FILTER (WHERE x.at < @to::timestamptz) AS answers
    FROM typebot_answer x
    GROUP BY x.result_id
) a ON a.result_id = r.id
