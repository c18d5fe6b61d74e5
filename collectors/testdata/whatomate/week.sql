-- A week of the desk, 16 to 22 March 2026; its numbers are computed by hand in whatomate_test.go.
SELECT asks(9, '02 09:00');                                                                    -- the first row
SELECT asks(1, '10 09:00'), bot(1, '10 09:00:05');                                             -- the week before

-- Dora is handed over by a keyword, served by Ana and given back to the bot; she writes again within 24 hours of the last message.
SELECT asks(1, '16 09:00'), bot(1, '16 09:00:10'), handed(1, 1, '16 09:01'), picked(1, '16 09:05', 1), replies(1, '16 09:06', 1), asks(1, '16 09:10'),
    replies(1, '16 09:12', 1), resumed(1, '16 09:20', 1), asks(1, '17 08:00'), bot(1, '17 08:00:05');
UPDATE agent_transfers SET source = 'keyword', team_id = id(21) WHERE id = id(301);

-- Emil is served by the bot alone; a minute more than 24 hours later he begins anew, is given to Ben by the platform, and nobody answers.
SELECT asks(2, '17 10:00'), bot(2, '17 10:00:20'), asks(2, '18 11:00'), handed(2, 2, '18 11:00:30');
UPDATE agent_transfers SET agent_id = id(12), picked_up_at = at('18 11:00:30.0005'), status = 'expired', resumed_at = at('19 11:00:30') WHERE id = id(302);

-- A campaign reaches Fay, who answers and is served by Ben, and Ida, who does not; Lea's number is wrong.
INSERT INTO templates VALUES (id(701), 'spring_sale');
INSERT INTO bulk_message_campaigns VALUES (id(401), id(1), 'Spring', id(701), at('19 07:30'), at('19 07:59'), at('19 08:10')),
    (id(402), id(1), 'Draft', id(701), NULL, NULL, NULL);
INSERT INTO messages (organization_id, whats_app_account, contact_id, direction, message_type, template_name, status, metadata, created_at, updated_at) VALUES
    (id(1), 'main', id(103), 'outgoing', 'template', 'spring_sale', 'read', jsonb_build_object('campaign_id', id(401)), at('19 08:00'), at('19 08:05')),
    (id(1), 'main', id(106), 'outgoing', 'template', 'spring_sale', 'delivered', jsonb_build_object('campaign_id', id(401)), at('19 08:00:02'), at('19 08:03'));
INSERT INTO bulk_message_recipients (campaign_id, phone_number, status, error_message, sent_at, delivered_at, read_at, updated_at, template_params) VALUES
    (id(401), '+49 30 3', 'read', '', at('19 08:00'), at('19 08:01'), at('19 08:05'), at('19 08:05'), '{"name": "Fay"}'),
    (id(401), '+49 30 6', 'sent', '', at('19 08:00:02'), NULL, NULL, at('19 08:00:02'), '{}'),             -- as before receipts reached recipients
    (id(401), '+49 30 9', 'failed', 'invalid number', NULL, NULL, NULL, at('19 08:00:10'), '{}'),
    (id(402), '+49 30 1', 'pending', '', NULL, NULL, NULL, at('19 08:00:10'), '{}');
SELECT asks(3, '19 09:30'), handed(3, 3, '19 09:31'), picked(3, '19 10:01', 2), replies(3, '19 10:02', 2), resumed(3, '19 10:30', 2);

-- Gil is handed over at the end of Sunday and picked up after it.
SELECT asks(4, '22 22:00'), bot(4, '22 22:00:05'), handed(4, 4, '22 22:01'), picked(4, '23 09:00', 1), replies(4, '23 09:01', 1);

-- Hal was handed over the week before. Ana writes on Monday, and gives him back to the bot.
SELECT asks(5, '13 20:00'), handed(5, 5, '13 20:01'), picked(5, '13 20:10', 1), replies(5, '13 20:11', 1), replies(5, '16 10:00', 1), resumed(5, '16 11:00', 1);

-- Jon is passed on by Ben to Ana, who still has him.
SELECT asks(7, '20 09:00'), handed(7, 7, '20 09:01'), replies(7, '20 09:10', 1);
UPDATE agent_transfers SET agent_id = id(11), transferred_by_user_id = id(12), source = 'manual', picked_up_at = at('20 09:01:00.001') WHERE id = id(307);

-- Kim is led through a flow, and misses the form of an order's number once.
SELECT asks(8, '18 09:00'), bot(8, '18 09:00:02'), asks(8, '18 09:01'), bot(8, '18 09:01:01'), asks(8, '18 09:02'), bot(8, '18 09:02:01'), asks(8, '18 09:03'), bot(8, '18 09:03:01');
INSERT INTO chatbot_flows VALUES (id(501), 'Returns', '{"nodes": [
    {"id": "begin", "type": "start", "label": "Start"}, {"id": "order", "type": "prompt", "label": "Order number", "config": {"body": "Which order?"}},
    {"id": "reason", "type": "buttons", "label": "Reason", "config": {"body": "Why?"}}, {"id": "bye", "type": "end", "label": "Thanks", "config": {"message": "Bye"}}]}');
INSERT INTO chatbot_sessions (id, organization_id, contact_id, whats_app_account, status, current_flow_id, started_at, last_activity_at, completed_at) VALUES
    (id(601), id(1), id(108), 'main', 'completed', id(501), at('18 09:00:01'), at('18 09:03:02'), at('18 09:03:02')),
    (id(602), id(1), id(102), 'main', 'active',    id(501), at('17 10:00:01'), at('17 10:00:20'), NULL),
    (id(603), id(1), id(101), 'main', 'cancelled', id(501), at('16 09:00:05'), at('16 09:00:10'), at('16 09:01')),
    (id(604), id(1), id(104), 'main', 'active',    NULL,    at('22 22:00:01'), at('22 22:00:05'), NULL);     -- ran no flow
INSERT INTO chatbot_session_messages (session_id, direction, message, step_name, created_at) VALUES
    (id(601), 'incoming', 'return', 'keyword_check', at('18 09:00:01')), (id(601), 'outgoing', 'Hello', 'flow_start', at('18 09:00:01.5')),
    (id(601), 'outgoing', 'Which order?', 'order', at('18 09:00:02')), (id(601), 'incoming', '???', 'keyword_check', at('18 09:01')),
    (id(601), 'outgoing', 'Letters and digits, please', 'order', at('18 09:01:01')), (id(601), 'incoming', 'A-7', 'keyword_check', at('18 09:02')),
    (id(601), 'outgoing', 'Why?', 'reason', at('18 09:02:01')), (id(601), 'incoming', 'Too small', 'keyword_check', at('18 09:03')),
    (id(601), 'outgoing', 'Bye', 'bye', at('18 09:03:01')),
    (id(602), 'incoming', 'return', 'keyword_check', at('17 10:00:01')), (id(602), 'outgoing', 'Which order?', 'order', at('17 10:00:20')),
    (id(603), 'incoming', 'return', 'keyword_check', at('16 09:00:05')), (id(603), 'outgoing', 'Which order?', 'order', at('16 09:00:10')),
    (id(604), 'outgoing', 'Hello', 'greeting', at('22 22:00:05'));

-- What is not counted: a reaction, a call, a deleted message, and another organization's.
INSERT INTO messages (organization_id, whats_app_account, contact_id, direction, message_type, created_at, deleted_at) VALUES
    (id(1), 'main', id(101), 'incoming', 'reaction', at('16 12:00'), NULL), (id(1), 'main', id(101), 'incoming', 'call', at('16 12:00'), NULL),
    (id(1), 'main', id(101), 'incoming', 'text', at('16 12:00'), at('16 12:01')), (id(2), 'sales', id(201), 'incoming', 'text', at('16 12:00'), NULL);
-- An account that was renamed still leads to its messages.
INSERT INTO messages (organization_id, whats_app_account, contact_id, direction, created_at) VALUES (id(1), 'old name', id(109), 'outgoing', at('03 09:00'));

INSERT INTO user_availability_logs (user_id, organization_id, is_available, started_at, ended_at) VALUES
    (id(11), id(1), true, at('16 08:00'), at('16 12:00')), (id(11), id(1), false, at('16 12:00'), at('16 13:00')),
    (id(11), id(1), true, at('16 13:00'), at('16 17:00')), (id(11), id(1), false, at('16 17:00'), NULL),
    (id(12), id(1), true, at('22 20:00'), at('23 02:00')), (id(13), id(2), true, at('16 08:00'), NULL);
INSERT INTO chatbot_settings (organization_id, whats_app_account, business_hours_enabled, business_hours) VALUES
    (id(1), '', true, '[{"day": 1, "enabled": true, "start_time": "09:00", "end_time": "17:30"}, {"day": 0, "enabled": false, "start_time": "09:00", "end_time": "17:00"},
        {"day": 6, "enabled": true, "start_time": "00:00", "end_time": "23:59"}, {"day": 2, "enabled": true, "start_time": "", "end_time": "later"}]'),
    (id(2), '', true, '[{"day": 3, "enabled": true, "start_time": "01:00", "end_time": "02:00"}]');
