-- The desk with the agents Ana Alba and Ben, the assistant Robo Bot and the platform's own user; the team Returns is always open, the desk on weekdays
-- from 9 to 17 o'clock, with a holiday on Friday, 20 March 2026. Rows need only say what a test is about; t is day and time of that month in UTC.
SET TimeZone = 'UTC';
CREATE FUNCTION at(t text) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT ('2026-03-' || t || 'Z')::timestamptz $$;
INSERT INTO settings VALUES ('app.site_name', '"Support desk"'), ('app.timezone', '"UTC"'), ('app.lang', '"en-US"'), ('app.business_hours_id', '"1"');
INSERT INTO business_hours VALUES
    (1, false, '{"Monday": {"open": "09:00", "close": "17:00"}, "Tuesday": {"open": "09:00", "close": "17:00"}, "Wednesday": {"open": "09:00", "close": "17:00"},
        "Thursday": {"open": "09:00", "close": "17:00"}, "Friday": {"open": "09:00", "close": "17:00"}, "Sunday": {"open": "", "close": ""}}',
        '[{"name": "Day off", "date": "2026-03-20"}, {"name": "", "date": "soon"}]'),
    (2, true, '{}', '{}');
INSERT INTO users (id, type, email, first_name, last_name, enabled) VALUES
    (1, 'agent', 'System', 'System', '', true), (11, 'agent', 'ana@desk.example', 'Ana', 'Alba', true), (12, 'agent', 'ben@desk.example', 'Ben', NULL, true),
    (13, 'agent', 'old@desk.example', 'Ana', NULL, false), (20, 'ai_assistant', NULL, 'Robo', 'Bot', true);
INSERT INTO users (id, type, email, first_name, last_name, phone_number, phone_number_country_code)
SELECT 100 + n, CASE n WHEN 8 THEN 'visitor' ELSE 'contact' END::user_kind, lower(name) || '@example.com', name, NULL, CASE n WHEN 1 THEN '30 1' END, CASE n WHEN 1 THEN '+49' END
FROM unnest(ARRAY['Dora', 'Emil', 'Fay', 'Gil', 'Hal', 'Ida', 'Jon', 'Kim', 'Lea']) WITH ORDINALITY AS x (name, n);
INSERT INTO roles VALUES (1, 'Agent'), (2, 'Admin');
INSERT INTO user_roles VALUES (11, 1), (12, 2);
INSERT INTO teams VALUES (21, 'Returns', 'Europe/Berlin', 2), (22, 'Sales', NULL, NULL);
INSERT INTO inboxes VALUES (1, 'Website', 'livechat'), (2, 'Mail', 'email');
INSERT INTO conversation_statuses VALUES (1, 'Open', 'open'), (2, 'Snoozed', 'waiting'), (3, 'Resolved', 'resolved'), (4, 'Closed', 'resolved');
INSERT INTO conversation_priorities VALUES (1, 'Low'), (2, 'Medium'), (3, 'High');
INSERT INTO tags VALUES (1, 'refund'), (2, 'delivery');

CREATE FUNCTION opens(c int, t text) RETURNS void LANGUAGE sql AS $$ -- by the contact of the same number, or the one of 9 beyond that
    INSERT INTO conversations (id, created_at, contact_id) VALUES (c, at(t), 100 + least(c, 9)) $$;
CREATE FUNCTION asks(c int, t text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO conversation_messages (created_at, type, status, conversation_id, sender_id, sender_type) VALUES (at(t), 'incoming', 'received', c, 100 + least(c, 9), 'contact') $$;
CREATE FUNCTION replies(c int, t text, who int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO conversation_messages (created_at, type, conversation_id, sender_id, sender_type) VALUES (at(t), 'outgoing', c, who, 'agent') $$;
CREATE FUNCTION logs(c int, t text, who int, kind text, words text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO conversation_messages (created_at, type, private, conversation_id, sender_id, sender_type, content, meta)
    VALUES (at(t), 'activity', true, c, who, 'agent', words, jsonb_build_object('activity_type', kind)) $$;
CREATE FUNCTION named(who int) RETURNS text LANGUAGE sql STABLE AS $$ SELECT btrim(first_name || ' ' || coalesce(last_name, '')) FROM users WHERE id = who $$;
CREATE FUNCTION takes(c int, t text, who int) RETURNS void LANGUAGE sql AS $$
    SELECT logs(c, t, who, 'self_assign', named(who) || ' self-assigned this conversation');
    UPDATE conversations SET assigned_user_id = who WHERE id = c $$;
CREATE FUNCTION gives(c int, t text, who int, whom int) RETURNS void LANGUAGE sql AS $$
    SELECT logs(c, t, who, 'assigned_user_change', 'Assigned to ' || named(whom) || ' by ' || named(who));
    UPDATE conversations SET assigned_user_id = whom WHERE id = c $$;
CREATE FUNCTION marks(c int, t text, who int, status text) RETURNS void LANGUAGE sql AS $$
    SELECT logs(c, t, who, 'status_change', named(who) || ' marked the conversation as ' || status);
    UPDATE conversations SET status_id = (SELECT s.id FROM conversation_statuses s WHERE s.name = status),
        resolved_at = coalesce(resolved_at, CASE WHEN status IN ('Resolved', 'Closed') THEN at(t) END)
    WHERE id = c $$;
