-- materialized
-- Helper: the questions of the workspace's bots, as published, else as last edited: those that ask for something. A question is called
-- what its group is called, with a number from the second one in a group on; is_after is the place of the one before it there; asked is the text in front of it.
SELECT DISTINCT ON (q.bot_id, q.block_id) q.bot_id, q.block_id, q.group_id, q.place, q.is_after,
    q.title || CASE WHEN q.number > 1 THEN ' (' || q.number || ')' ELSE '' END AS name,
    (SELECT nullif(btrim(regexp_replace(string_agg(w.text #>> '{}', ' ' ORDER BY w.n), '\s+', ' ', 'g')), '')
    FROM (
        SELECT v.text, v.n
        FROM jsonb_path_query(q.said, 'strict $.richText.**.text', '{}', true) WITH ORDINALITY AS v (text, n)
        UNION ALL
        SELECT q.said -> 'plainText', 0
        WHERE q.said ? 'plainText' AND NOT q.said ? 'richText'
    ) w) AS asked
FROM (
    SELECT b.rank, b.bot_id, b.group_id, b.title, b.block_id, b.place, b.is_question,
        max(b.place) FILTER (WHERE b.is_question) OVER (PARTITION BY b.rank, b.bot_id, b.group_id ORDER BY b.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_after,
        count(*) FILTER (WHERE b.is_question) OVER (PARTITION BY b.rank, b.bot_id, b.group_id ORDER BY b.place) AS number,
        (SELECT e.block -> 'content'
        FROM jsonb_array_elements(b.blocks) WITH ORDINALITY AS e (block, place)
        WHERE e.place < b.place AND e.block ->> 'type' = 'text'
        ORDER BY e.place DESC
        LIMIT 1) AS said
    FROM (
        SELECT s.rank, s.bot_id, g.item ->> 'id' AS group_id, g.item ->> 'title' AS title, g.item -> 'blocks' AS blocks,
            e.block ->> 'id' AS block_id, e.place, coalesce(e.block ->> 'type' LIKE '% input', false) AS is_question
        FROM (
            SELECT 1 AS rank, t.id AS bot_id, p.groups::jsonb AS groups
            FROM "Typebot" t
            JOIN "PublicTypebot" p ON p."typebotId" = t.id
            WHERE t."workspaceId" = @tenant::text
            UNION ALL
            SELECT 2, t.id, t.groups::jsonb
            FROM "Typebot" t
            WHERE t."workspaceId" = @tenant::text
        ) s
        CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(s.groups) WHEN 'array' THEN s.groups ELSE '[]' END) AS g (item)
        CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(g.item -> 'blocks') WHEN 'array' THEN g.item -> 'blocks' ELSE '[]' END) WITH ORDINALITY AS e (block, place)
    ) b
) q
WHERE q.is_question
ORDER BY q.bot_id, q.block_id, q.rank
