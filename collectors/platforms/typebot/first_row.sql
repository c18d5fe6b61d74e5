-- When do the workspace's data begin? The first entry of the index on bot, start and time, for each of its bots.
SELECT min((
    SELECT r."createdAt"
    FROM "Result" r
    WHERE r."typebotId" = t.id AND r."hasStarted" = s.started
    ORDER BY r."createdAt"
    LIMIT 1)) AT TIME ZONE 'UTC' AS first
FROM "Typebot" t
CROSS JOIN (VALUES (true), (false)) AS s (started)
WHERE t."workspaceId" = @tenant::text
