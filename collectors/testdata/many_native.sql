-- Thirteen weeks from 5 January 2026 of a tenant with as many messages as the setting fortnight.messages says: conversations of eight by a
-- twentieth as many users; every third was assigned to one of 40 agents, every second ran a flow; a campaign a week. Another tenant has a
-- fifth of it.
SET search_path = fortnight_events;
SELECT make_month(timestamptz '2026-01-15Z' + n * interval '1 month') FROM generate_series(0, 3) n;
INSERT INTO tenant VALUES ('desk', 'Support desk', NULL, 'en');
CREATE TEMPORARY TABLE threads AS
SELECT i, 'c' || i AS c, 'u' || i * 7919 % (current_setting('fortnight.messages')::int / 20) AS u, 'a' || i % 40 AS a,
    timestamptz '2026-01-05Z' + floor(i * 0.6180339887 % 1 * 91) * interval '1 day' + interval '7 hours' + (i * 0.7548776662 % 1) * interval '12 hours' AS at,
    (20 + i % 40) * interval '1 second' AS pace
FROM generate_series(0, current_setting('fortnight.messages')::int / 8 - 1) i;
INSERT INTO agent (tenant_id, agent_id, display_name, role, team_id) SELECT 'desk', 'a' || n, 'Agent ' || n, 'agent', 't' || n % 4 FROM generate_series(0, 39) n;
INSERT INTO team SELECT 'desk', 't' || n, 'Team ' || n FROM generate_series(0, 3) n;
INSERT INTO end_user (tenant_id, user_id, display_name, address, first_seen_at) SELECT 'desk', u, u, u, min(at) FROM threads GROUP BY u;
INSERT INTO conversation (tenant_id, conversation_id, user_id, channel, started_at, initiated_by, status, entry_point, last_message_at, last_message_by)
SELECT 'desk', c, u, 'chat', at, 'user', CASE WHEN i % 300 = 0 THEN 'open' ELSE 'closed' END, 'page ' || i % 12, at + 7 * pace, 'agent' FROM threads ORDER BY at;
INSERT INTO message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author, agent_id, body)
SELECT 'desk', 'm' || i::bigint * 8 + j, c, u, at + j * pace, CASE j % 2 WHEN 0 THEN 'in' ELSE 'out' END,
    CASE WHEN j % 2 = 0 THEN 'user' WHEN i % 3 = 0 AND j > 4 THEN 'agent' ELSE 'bot' END, CASE WHEN i % 3 = 0 AND j IN (5, 7) THEN a END, 'words and words'
FROM threads, generate_series(0, 7) j ORDER BY at;
INSERT INTO episode (tenant_id, conversation_id, seq, opened_at, closed_at, close_reason, closed_by)
SELECT 'desk', c, 1, at, CASE WHEN i % 300 > 0 THEN at + 8 * pace END, 'solved', 'agent' FROM threads ORDER BY at;
INSERT INTO assignment (tenant_id, assignment_id, conversation_id, user_id, agent_id, kind, offered_at, accepted_at, first_reply_at, ended_at, ended_by, end_reason, derivation)
SELECT 'desk', 's' || i, c, u, a, 'initial', at + 3 * pace, at + 4 * pace, at + 5 * pace, CASE WHEN i % 300 > 0 THEN at + 8 * pace END, 'agent', 'closed', 'recorded'
FROM threads WHERE i % 3 = 0 ORDER BY at;
INSERT INTO agent_session (tenant_id, session_id, agent_id, started_at, ended_at, state)
SELECT 'desk', n || '/' || d, 'a' || n, timestamptz '2026-01-05 08:00Z' + d * interval '1 day', timestamptz '2026-01-05 17:00Z' + d * interval '1 day', 'online'
FROM generate_series(0, 39) n, generate_series(0, 90) d;
INSERT INTO intent_hit (tenant_id, message_id, conversation_id, user_id, hit_at, intent, confidence, is_fallback, source)
SELECT 'desk', 'm' || i::bigint * 8, c, u, at, 'intent ' || i % 14, 0.9, i % 11 = 0, 'nlu' FROM threads ORDER BY at;
INSERT INTO flow_session (tenant_id, flow_session_id, flow_id, flow_name, practice, conversation_id, user_id, channel, started_at, first_response_at, last_activity_at, expires_at, ended_at, status, steps_reached, outbound_messages)
SELECT 'desk', 'f' || i, 'flow' || i % 5, 'Flow ' || i % 5, 'practice ' || i % 3, c, u, 'chat', at, at + pace, at + 4 * pace, at + interval '1 hour', CASE WHEN i % 4 > 0 THEN at + 4 * pace END,
    CASE WHEN i % 4 = 0 THEN 'in_progress' WHEN i % 3 = 0 THEN 'failed' ELSE 'completed' END, 1 + i % 4, 4
FROM threads WHERE i % 2 = 0 ORDER BY at;
INSERT INTO flow_step (tenant_id, flow_session_id, visit, position, step_id, step_name, is_question, entered_at, answered_at, answer)
SELECT 'desk', 'f' || i, j, j, 'step' || j, 'Step ' || j, true, at + j * pace, at + j * pace + interval '9 s', 'answer ' || i % 5
FROM threads, generate_series(1, 4) j WHERE i % 2 = 0 AND j <= 1 + i % 4 ORDER BY at;
INSERT INTO goal_event (tenant_id, event_id, user_id, kind, occurred_at, status, practice, appointment_id, flow_session_id)
SELECT 'desk', 'g' || i, u, (ARRAY['appointment_scheduled', 'appointment_completed', 'portal_enrolled', 'cancellation_kept'])[1 + i % 4], at + interval '1 day', 'booked', 'practice ' || i % 3, 'p' || i, 'f' || i
FROM threads WHERE i % 10 = 0 ORDER BY at;
INSERT INTO campaign SELECT 'desk', 'w' || n, 'Week ' || n, '1', 'sms', NULL, timestamptz '2026-01-05 08:00Z' + n * interval '7 days' FROM generate_series(0, 12) n;
INSERT INTO outbound_delivery (tenant_id, delivery_id, campaign_id, user_id, attempt, attempted_at, sent_at, delivered_at, status, has_receipts, session_status)
SELECT 'desk', n || '/' || k, 'w' || n, 'u' || k, 1, at, at, at + interval '9 s', 'delivered', true, 'none'
FROM generate_series(0, 12) n, generate_series(0, current_setting('fortnight.messages')::int / 25 - 1) k, LATERAL (SELECT timestamptz '2026-01-05 08:00Z' + n * interval '7 days' + k * interval '0.1 s' AS at) x;
DO $$
DECLARE
    name    text;
    columns text;
BEGIN
    FOREACH name IN ARRAY ARRAY['conversation', 'message', 'episode', 'assignment', 'intent_hit', 'flow_session'] LOOP
        SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) INTO columns
        FROM pg_attribute a
        WHERE a.attrelid = name::regclass AND a.attnum > 0 AND a.attname <> 'tenant_id';
        EXECUTE format('INSERT INTO %I (tenant_id, %s) SELECT ''other'', %2$s FROM %1$I WHERE right(conversation_id, 1) IN (''0'', ''5'')', name, columns);
    END LOOP;
END $$;
RESET search_path;
