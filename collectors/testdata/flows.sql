-- A week of guided conversations, small enough to be counted by hand (flows_test.go does): Monday 16 to Sunday 22 March 2026 in Berlin, which
-- is [15 March 23:00, 22 March 23:00) UTC; the week before begins on 8 March 23:00. All instants are UTC.
INSERT INTO end_user (user_id, display_name, address, first_seen_at) VALUES
('u1', 'Ada Quist', '+49 30 5550101', '2026-03-01'), ('u2', 'Ben Roth', '+49 30 5550102', '2026-03-01'), ('u6', 'Fay Lund', NULL, '2026-03-01');

INSERT INTO flow_session (flow_session_id, flow_id, flow_name, practice, channel, user_id, started_at, first_response_at, last_activity_at, expires_at, ended_at,
    status, failure_reason, steps_reached, outbound_messages, has_mention) VALUES
('s1', 'intake', 'Intake',             'north', 'sms',   'u1', '2026-03-16 09:00', '2026-03-16 09:01', '2026-03-16 09:10', '2026-03-17 09:00', '2026-03-16 09:10', 'completed', NULL, 3, 4, false),
('s2', 'intake', 'Intake',             'north', 'sms',   'u2', '2026-03-16 10:00', '2026-03-16 10:02', '2026-03-16 10:20', '2026-03-17 10:00', '2026-03-16 10:20', 'completed', NULL, 3, 3, true),
('s3', 'intake', 'Intake',             'south', 'sms',   'u3', '2026-03-17 08:00', '2026-03-17 08:05', '2026-03-17 08:30', '2026-03-18 08:00', '2026-03-17 08:30', 'failed', 'INCOMING_MESSAGE', 2, 2, false),
-- nobody answered and nobody ended it: it expired within the week
('s4', 'intake', 'Intake',             'south', 'sms',   'u4', '2026-03-18 12:00', NULL, '2026-03-18 12:00', '2026-03-18 18:00', NULL, 'in_progress', NULL, 1, 1, NULL),
-- in progress at the week's end; it was completed on Monday
('s5', 'intake', 'New patient intake', NULL,    'sms',   'u1', '2026-03-19 09:00', '2026-03-19 09:05', '2026-03-23 08:00', '2026-03-24 09:00', '2026-03-23 08:00', 'completed', NULL, 3, 3, false),
('s6', 'recall', 'Recall',             'north', 'voice', 'u5', '2026-03-20 15:00', NULL, '2026-03-20 15:01', NULL, '2026-03-20 15:01', 'failed', 'VOICE_ENDED', 1, 1, false),
('s7', 'recall', 'Recall',             'south', 'voice', 'u6', '2026-03-21 10:00', '2026-03-21 10:01', '2026-03-21 10:05', NULL, '2026-03-21 10:05', 'completed', NULL, 2, 2, false),
-- at the week's first instant; nobody recorded why it failed
('s8', 'recall', 'Recall',             'north', 'voice', 'u7', '2026-03-15 23:00', '2026-03-15 23:01', '2026-03-15 23:30', NULL, '2026-03-15 23:30', 'failed', NULL, 2, 2, true),
-- at the next week's first instant
('s9', 'recall', 'Recall',             'north', 'voice', 'u7', '2026-03-22 23:00', NULL, '2026-03-22 23:00', NULL, NULL, 'in_progress', NULL, 1, 1, false),
-- the week before: one completed, one in progress at its end
('p1', 'intake', 'Intake',             'north', 'sms',   'u8', '2026-03-13 12:00', '2026-03-13 12:05', '2026-03-13 12:10', NULL, '2026-03-13 12:10', 'completed', NULL, 3, 3, false),
('p2', 'intake', 'Intake',             'north', 'sms',   'u9', '2026-03-15 22:59:59', NULL, '2026-03-15 22:59:59', '2026-03-16 23:00', NULL, 'in_progress', NULL, 1, 1, false),
-- 90 days before c3, and 90 days and a second before c4
('o1', 'intake', 'Intake',             'north', 'sms',   'u10', '2025-12-18 12:00', NULL, NULL, NULL, '2025-12-18 13:00', 'completed', NULL, 3, 3, false),
('o2', 'intake', 'Intake',             'north', 'sms',   'u11', '2025-12-18 11:59:59', NULL, NULL, NULL, '2025-12-18 13:00', 'completed', NULL, 3, 3, false);

INSERT INTO flow_step (flow_session_id, visit, position, step_id, step_name, prompt, is_question, entered_at, answered_at, answer) VALUES
('s1', 1, 1, 'name', 'Name', 'What is your name?', true, '2026-03-16 09:00', '2026-03-16 09:01', 'Ada Quist'),
('s1', 2, 2, 'first', 'First visit', 'Is this your first visit?', true, '2026-03-16 09:01', '2026-03-16 09:05', 'Yes'),
('s1', 3, 3, 'thanks', 'Thanks', 'Thank you.', false, '2026-03-16 09:10', NULL, NULL),
('s2', 1, 1, 'name', 'Name', 'What is your name?', true, '2026-03-16 10:00', '2026-03-16 10:02', 'Ben Roth'),
('s2', 2, 2, 'first', 'First visit', 'Is this your first visit?', true, '2026-03-16 10:02', '2026-03-16 10:10', ' yes '),
('s2', 3, 3, 'thanks', 'Thanks', 'Thank you.', false, '2026-03-16 10:20', NULL, NULL),
('s3', 1, 1, 'name', 'Name', 'What is your name?', true, '2026-03-17 08:00', '2026-03-17 08:05', 'Cleo Sand'),
('s3', 2, 2, 'first', 'First visit', 'Is this your first visit?', true, '2026-03-17 08:05', NULL, NULL),
('s4', 1, 1, 'name', 'Name', 'What is your name?', true, '2026-03-18 12:00', NULL, NULL),
('s5', 1, 1, 'name', 'Name', 'What is your name?', true, '2026-03-19 09:00', '2026-03-19 09:05', 'Ada Quist'),
('s5', 2, 2, 'first', 'First visit', 'Is this your first visit?', true, '2026-03-19 09:05', '2026-03-23 07:00', 'No'),
('s5', 3, 3, 'thanks', 'Thanks', 'Thank you.', false, '2026-03-23 08:00', NULL, NULL),
('s6', 1, 1, 'greet', 'Greeting', 'Hello.', false, '2026-03-20 15:00', NULL, NULL),
('s7', 1, 1, 'greet', 'Greeting', 'Hello.', false, '2026-03-21 10:00', NULL, NULL),
('s7', 2, 2, 'verify', 'Verify', 'Do you want to keep it?', true, '2026-03-21 10:01', '2026-03-21 10:04', 'Keep '),
('s8', 1, 1, 'greet', 'Greeting', 'Hello.', false, '2026-03-15 23:00', NULL, NULL),
('s8', 2, 2, 'verify', 'Verify', 'Do you want to keep it?', true, '2026-03-15 23:00', '2026-03-15 23:01', 'keep'),
('s8', 3, 1, 'greet', 'Greeting', 'Hello.', false, '2026-03-15 23:20', NULL, NULL);

INSERT INTO goal_event (event_id, user_id, kind, occurred_at, status, practice, appointment_id, appointment_at, flow_session_id, amount, currency, detail) VALUES
('g1', NULL, 'appointment_scheduled', '2026-03-16 10:00',    'booked', NULL, 'a1', '2026-03-18 09:00', 's1', 120, 'EUR', NULL),
('g5', 'u2', 'appointment_scheduled', '2026-03-18 11:00',    'booked', NULL, 'a2', '2026-03-30 09:00', NULL, NULL, NULL, NULL),
('g2', 'u2', 'appointment_scheduled', '2026-03-19 09:59:59', 'booked', NULL, 'a2', '2026-03-31 09:00', NULL, NULL, NULL, NULL), -- the same, moved
('g3', 'u3', 'appointment_scheduled', '2026-03-20 08:00',    'booked', NULL, 'a3', '2026-03-30 09:00', NULL, NULL, NULL, NULL), -- 72 h after s3
('g4', 'u1', 'appointment_scheduled', '2026-03-19 09:30',    'booked', NULL, 'a4', '2026-03-30 09:00', NULL, 80, 'eur', NULL),  -- of s5, not of s1
('g6', 'u6', 'appointment_scheduled', '2026-03-23 08:00',    'booked', NULL, 'a6', '2026-03-30 09:00', NULL, NULL, NULL, NULL), -- after the week, within 72 h of s7
('g7', 'u8', 'appointment_scheduled', '2026-03-16 11:00',    'booked', NULL, 'a30', '2026-03-30 09:00', NULL, NULL, NULL, NULL), -- 71 h after p1: of the week before
('g8', 'u99', 'appointment_scheduled', '2026-03-16 11:00',   'booked', NULL, 'a8', '2026-03-30 09:00', NULL, NULL, NULL, NULL), -- of no session
('g9', NULL, 'appointment_scheduled', '2026-03-15 23:30',    'booked', NULL, 'a9', '2026-03-30 09:00', 's1', NULL, NULL, NULL), -- before its session
('gx', 'u2', 'appointment_scheduled', '2026-03-25 09:00', 'cancelled', NULL, 'a2', NULL, NULL, NULL, NULL, NULL),
('c1', 'u8', 'appointment_completed', '2026-03-17 09:00', 'completed', NULL, 'a0', '2026-03-17 09:00', NULL, 150, 'EUR', NULL),
('c2', NULL, 'appointment_completed', '2026-03-18 09:30', 'completed', NULL, 'a1', '2026-03-18 09:00', 's1', NULL, NULL, NULL),
('c6', NULL, 'appointment_completed', '2026-03-20 09:30', 'completed', NULL, 'a1', '2026-03-18 09:00', 's1', NULL, NULL, NULL), -- told twice
('c3', 'u10', 'appointment_completed', '2026-03-18 12:00', 'completed', NULL, 'a12', NULL, NULL, NULL, NULL, NULL),
('c4', 'u11', 'appointment_completed', '2026-03-18 12:00', 'completed', NULL, 'a13', NULL, NULL, NULL, NULL, NULL),
('e1', 'u1', 'portal_enrolled', '2026-03-17 09:00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
('e2', 'u1', 'portal_enrolled', '2026-03-18 09:00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), -- the same person
('e3', 'u3', 'portal_enrolled', '2026-03-17 07:59', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), -- before s3
('e4', 'u7', 'portal_enrolled', '2026-03-22 12:00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
('k1', 'u5', 'cancellation_kept', '2026-03-20 15:01', NULL, NULL, 'a20', '2026-04-02 09:00', 's6', NULL, NULL, 'said on the phone'),
('k2', NULL, 'cancellation_kept', '2026-03-18 15:00', NULL, 'south', 'a21', NULL, NULL, NULL, NULL, NULL), -- of no session
('k3', 'u7', 'cancellation_kept', '2026-03-15 23:01', NULL, NULL, NULL, NULL, 's8', NULL, NULL, NULL);
