-- Up to when do the workspace's data reach, before @to? Its newest result that was begun: the last entry of the index on bot, start and
-- time, for each of its bots. An answer comes moments after.
SELECT max((
    SELECT r."createdAt"
    FROM "Result" r
    WHERE r."typebotId" = t.id AND r."hasStarted" = true AND r."createdAt" < (@to::timestamptz AT TIME ZONE 'UTC')
    ORDER BY r."createdAt" DESC
    LIMIT 1)) AT TIME ZONE 'UTC' AS newest
FROM "Typebot" t
WHERE t."workspaceId" = @tenant::text
