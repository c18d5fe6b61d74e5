-- needs "Answer"
-- else SELECT NULL::text AS id, NULL::text AS result_id, NULL::text AS block_id, NULL::text AS content, NULL::timestamptz AS at WHERE false
-- Helper: what was answered before there was "AnswerV2", of the period's results. A visitor who answers a question anew overwrites it.
SELECT ('b' || a."resultId" || '/' || a."groupId" || '/' || a."blockId")::text AS id, a."resultId"::text AS result_id, a."blockId"::text AS block_id, a.content::text AS content,
    a."createdAt" AT TIME ZONE 'UTC' AS at
FROM "Answer" a
WHERE a."resultId" = ANY (@result_ids::text[])
