-- Thirteen weeks from 5 January 2026 of a workspace with as many answers as the setting fortnight.messages says: results with four each, and a
-- third as many that were only looked at; a tenth of the answers as before 2024, and another workspace's results among them.
INSERT INTO "Workspace" VALUES ('w1', 'Front desk'), ('w2', 'Sales');
INSERT INTO "Typebot" (id, name, "workspaceId") SELECT 'bot' || n, 'Bot ' || n, CASE n WHEN 11 THEN 'w2' ELSE 'w1' END FROM generate_series(0, 11) n;
INSERT INTO "PublicTypebot"
SELECT 'bot' || n, jsonb_agg(jsonb_build_object('id', 'g' || k, 'title', 'Group ' || k, 'blocks', jsonb_build_array(
        jsonb_build_object('id', 't' || k, 'type', 'text', 'content', jsonb_build_object('plainText', 'Question ' || k || '?')),
        jsonb_build_object('id', 'b' || n || '/' || k, 'type', 'text input'))) ORDER BY k),
    jsonb_agg(jsonb_build_object('id', 'e' || k, 'to', jsonb_build_object('groupId', 'g' || k)) ORDER BY k)
FROM generate_series(0, 11) n, generate_series(1, 6) k
GROUP BY n;
CREATE TABLE visits AS
SELECT i, 'r' || md5(i::text) AS id, 'bot' || i % 12 AS bot,
    timestamp '2026-01-05' + floor(i * 0.6180339887 % 1 * 91) * interval '1 day' + interval '7 hours' + (i * 0.7548776662 % 1) * interval '12 hours' AS at
FROM generate_series(0, current_setting('fortnight.messages')::int / 3 - 1) i;
INSERT INTO "Result" (id, "typebotId", "createdAt", "isCompleted", "hasStarted", "isArchived")
SELECT id, bot, at, i % 4 IN (1, 2), CASE WHEN i % 4 > 0 THEN true WHEN i % 8 = 0 THEN false END, i % 97 = 0 FROM visits ORDER BY at;
INSERT INTO "AnswerV2" ("createdAt", "blockId", content, "resultId")
SELECT at + j * interval '20 s', 'b' || i % 12 || '/' || j, 'answer ' || i % 7, id FROM visits, generate_series(1, 4) j WHERE i % 4 > 0 AND i % 10 > 0 ORDER BY at + j * interval '20 s';
INSERT INTO "Answer"
SELECT at + j * interval '20 s', id, 'b' || i % 12 || '/' || j, 'g' || j, 'answer ' || i % 7 FROM visits, generate_series(1, 4) j WHERE i % 4 > 0 AND i % 10 = 0 ORDER BY at;
INSERT INTO "VisitedEdge" SELECT id, 'e' || j, j FROM visits, generate_series(1, 5) j WHERE j <= 1 + i % 5 ORDER BY at;
DROP TABLE visits;
