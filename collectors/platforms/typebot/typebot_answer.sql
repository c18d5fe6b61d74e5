-- materialized
-- Helper: all answers of the period's results, also those from before it and after it; number is their order.
SELECT x.id, x.result_id, x.block_id, x.content, x.at,
    row_number() OVER (PARTITION BY x.result_id ORDER BY x.at, length(x.id), x.id) AS number
FROM (
    SELECT ('a' || a.id)::text AS id, a."resultId"::text AS result_id, a."blockId"::text AS block_id, a.content::text AS content, a."createdAt" AT TIME ZONE 'UTC' AS at
    FROM "AnswerV2" a
    WHERE a."resultId" = ANY (@result_ids::text[])
    UNION ALL
    SELECT l.id, l.result_id, l.block_id, l.content, l.at
    FROM typebot_legacy l
) x
