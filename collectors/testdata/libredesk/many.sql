-- Thirteen weeks from 5 January 2026 of a desk with as many messages as the setting fortnight.messages says: conversations of eight by a twentieth as many
-- contacts; two of three are taken by one of 40 agents, a fifth of them is passed on, most are resolved, a tenth is reopened; the rest is the
-- assistant's.
INSERT INTO settings VALUES ('app.site_name', '"Support desk"'), ('app.timezone', '"UTC"'), ('app.business_hours_id', '"1"');
INSERT INTO business_hours VALUES (1, false, '{"Monday": {"open": "09:00", "close": "17:00"}, "Wednesday": {"open": "09:00", "close": "17:00"}}');
INSERT INTO users (id, type, email, first_name, last_name) SELECT n, 'agent', CASE n WHEN 0 THEN 'System' ELSE n || '@desk.example' END, 'Agent', n::text FROM generate_series(0, 40) n;
INSERT INTO users (id, type, first_name) VALUES (50, 'ai_assistant', 'Robo');
INSERT INTO users (id, type, email, first_name) SELECT 1000 + n, 'contact', n || '@example.com', 'Contact ' || n FROM generate_series(0, current_setting('fortnight.messages')::int / 20 - 1) n;
INSERT INTO teams VALUES (1, 'Returns', NULL, NULL), (2, 'Sales', 'Europe/Berlin', 1);
INSERT INTO inboxes VALUES (1, 'Website', 'livechat'), (2, 'Mail', 'email');
INSERT INTO conversation_statuses VALUES (1, 'Open', 'open'), (2, 'Snoozed', 'waiting'), (3, 'Resolved', 'resolved'), (4, 'Closed', 'resolved');
INSERT INTO tags SELECT n, 'Tag ' || n FROM generate_series(1, 14) n;
CREATE TABLE threads AS
SELECT i + 1 AS c, 1000 + i * 7919 % (current_setting('fortnight.messages')::int / 20) AS contact, CASE WHEN i % 3 = 2 THEN 50 ELSE 1 + i % 40 END AS who,
    timestamptz '2026-01-05Z' + floor(i * 0.6180339887 % 1 * 91) * interval '1 day' + interval '7 hours' + (i * 0.7548776662 % 1) * interval '12 hours' AS at,
    (20 + i % 40) * interval '1 second' AS pace
FROM generate_series(0, current_setting('fortnight.messages')::int / 8 - 1) i;
INSERT INTO conversations (id, created_at, contact_id, assigned_user_id, assigned_team_id, inbox_id, status_id, resolved_at)
SELECT c, at, contact, who, CASE c % 3 WHEN 0 THEN 1 WHEN 1 THEN 2 END, 1 + c % 2, CASE WHEN c % 300 = 0 THEN 1 ELSE 3 END, CASE WHEN c % 300 > 0 THEN at + 8 * pace END FROM threads ORDER BY at;
INSERT INTO conversation_messages (created_at, type, conversation_id, sender_id, sender_type, private, content, meta)
SELECT m.at, m.kind::message_kind, m.c, m.sender, CASE WHEN m.kind = 'incoming' THEN 'contact' ELSE 'agent' END::sender_kind, m.kind = 'activity', m.content, m.meta
FROM (
    SELECT c, at + j * pace AS at, CASE j % 2 WHEN 0 THEN 'incoming' ELSE 'outgoing' END AS kind, CASE j % 2 WHEN 0 THEN contact ELSE who END AS sender, 'words and words and words' AS content, '{}'::jsonb AS meta
    FROM threads, generate_series(0, 7) j
    UNION ALL
    SELECT c, at + 0.5 * pace, 'activity', 0, 'Assigned to ' || CASE who WHEN 50 THEN 'Robo' ELSE 'Agent ' || who END || ' by Agent 0', '{"activity_type": "assigned_user_change"}' FROM threads WHERE c % 7 > 0
    UNION ALL
    SELECT c, at + 4.5 * pace, 'activity', who, 'Assigned to Agent ' || 1 + (who + 1) % 40 || ' by Agent ' || who, '{"activity_type": "assigned_user_change"}' FROM threads WHERE c % 5 = 0 AND who < 50
    UNION ALL
    SELECT c, at + 8 * pace, 'activity', who, 'Agent ' || who || ' marked the conversation as Resolved', '{"activity_type": "status_change"}' FROM threads WHERE c % 300 > 0
    UNION ALL
    SELECT c, at + 9 * pace, 'activity', 0, 'Agent 0 marked the conversation as Open', '{"activity_type": "status_change"}' FROM threads WHERE c % 10 = 0 AND c % 300 > 0
    UNION ALL
    SELECT c, at + 10 * pace, 'activity', who, 'Agent ' || who || ' marked the conversation as Closed', '{"activity_type": "status_change"}' FROM threads WHERE c % 10 = 0 AND c % 300 > 0
) m
ORDER BY m.at;
INSERT INTO conversation_tags SELECT at + pace, 1 + c % 14, c FROM threads WHERE c % 2 = 0 ORDER BY at;
INSERT INTO ai_agent_events (created_at, conversation_id, type) SELECT at + 8 * pace, c, 'resolve' FROM threads WHERE who = 50 AND c % 300 > 0 ORDER BY at;
INSERT INTO activity_logs (created_at, activity_type, actor_id, target_model_id)
SELECT timestamptz '2026-01-05Z' + d * interval '1 day' + h * interval '1 hour', CASE h WHEN 8 THEN 'agent_login' ELSE 'agent_logout' END::log_kind, n, n FROM generate_series(0, 90) d, generate_series(1, 40) n, (VALUES (8), (17)) v (h) ORDER BY 1;
DROP TABLE threads;
