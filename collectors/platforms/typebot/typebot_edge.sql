-- materialized
-- Helper: where the edges of the workspace's bots lead to, as published, else as last edited.
SELECT DISTINCT ON (s.bot_id, e.edge ->> 'id') s.bot_id, e.edge ->> 'id' AS edge_id, e.edge #>> '{to,groupId}' AS group_id, e.edge #>> '{to,blockId}' AS block_id
FROM (
    SELECT 1 AS rank, t.id AS bot_id, p.edges::jsonb AS edges
    FROM "Typebot" t
    JOIN "PublicTypebot" p ON p."typebotId" = t.id
    WHERE t."workspaceId" = @tenant::text
    UNION ALL
    SELECT 2, t.id, t.edges::jsonb
    FROM "Typebot" t
    WHERE t."workspaceId" = @tenant::text
) s
CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(s.edges) WHEN 'array' THEN s.edges ELSE '[]' END) AS e (edge)
ORDER BY s.bot_id, e.edge ->> 'id', s.rank
