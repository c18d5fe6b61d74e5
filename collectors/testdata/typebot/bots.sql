-- Workspace 1 with the bots Booking and Survey, and another workspace. Booking asks for a name and a day in its group Who, then for a reason
-- in the group Why. Rows need only say what a test is about; t is day and time of March 2026 in UTC.
CREATE FUNCTION at(t text) RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT ('2026-03-' || t)::timestamp $$;
INSERT INTO "Workspace" VALUES ('w1', 'Front desk'), ('w2', 'Sales');
INSERT INTO "Typebot" (id, name, "workspaceId") VALUES ('booking', 'Booking', 'w1'), ('survey', 'Survey', 'w1'), ('quote', 'Quote', 'w2');
INSERT INTO "PublicTypebot" VALUES ('booking', '[
    {"id": "who", "title": "Who", "blocks": [
        {"id": "hello", "type": "text", "content": {"richText": [{"type": "p", "children": [{"text": "Hello!"}]}, {"type": "p", "children": [{"text": "What is "}, {"text": "your name?", "bold": true}]}]}},
        {"id": "name", "type": "text input"},
        {"id": "when", "type": "text", "content": {"plainText": "Which day?"}},
        {"id": "day", "type": "date input"}]},
    {"id": "why", "title": "Why", "blocks": [
        {"id": "ask", "type": "text", "content": {"richText": [{"type": "p", "children": [{"text": "What is it about?"}]}]}},
        {"id": "reason", "type": "choice input"}]},
    {"id": "bye", "title": "Bye", "blocks": [{"id": "thanks", "type": "text", "content": {}}, {"id": "note", "type": "webhook"}]}]',
    '[{"id": "e0", "from": {"eventId": "start"}, "to": {"groupId": "who"}}, {"id": "e1", "from": {"blockId": "day"}, "to": {"groupId": "why"}},
      {"id": "e2", "from": {"blockId": "reason"}, "to": {"groupId": "bye"}}]');
UPDATE "Typebot" SET groups = '[{"id": "g", "title": "Mark", "blocks": [{"id": "mark", "type": "rating input"}]}]' WHERE id = 'survey';

CREATE FUNCTION visits(id text, bot text, t text, started boolean DEFAULT true) RETURNS void LANGUAGE sql AS $$
    INSERT INTO "Result" (id, "typebotId", "createdAt", "hasStarted") VALUES (id, bot, at(t), started);
    INSERT INTO "VisitedEdge" SELECT id, 'e0', 0 WHERE bot = 'booking' $$;
CREATE FUNCTION answers(id text, block text, t text, words text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO "AnswerV2" ("createdAt", "blockId", content, "resultId") VALUES (at(t), block, words, id) $$;
CREATE FUNCTION goes(id text, edge text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO "VisitedEdge" SELECT id, edge, 1 + max(v.index) FROM "VisitedEdge" v WHERE v."resultId" = id $$;
CREATE FUNCTION completes(id text) RETURNS void LANGUAGE sql AS $$ UPDATE "Result" r SET "isCompleted" = true WHERE r.id = completes.id $$;
