-- A week of the desk, 16 to 22 March 2026; its numbers are computed by hand in libredesk_test.go.
SELECT opens(10, '02 09:00'), asks(10, '02 09:00');                                            -- the first row; still open
SELECT opens(9, '10 09:00'), asks(9, '10 09:00'), gives(9, '10 09:01', 11, 12), replies(9, '10 09:11', 12), marks(9, '10 10:00', 12, 'Resolved'); -- the week before
-- Jon is Ana's since Friday; he writes on Monday, and she resolves it without a word.
SELECT opens(7, '13 20:00'), asks(7, '13 20:00'), takes(7, '13 20:10', 11), replies(7, '13 20:11', 11), asks(7, '16 10:00'), marks(7, '16 11:00', 11, 'Resolved');
-- Dora is Ana's, and again when she writes on the next day.
SELECT opens(1, '16 09:00'), asks(1, '16 09:00'), takes(1, '16 09:05', 11), replies(1, '16 09:06', 11), asks(1, '16 09:10'), replies(1, '16 09:12', 11),
    marks(1, '16 09:20', 11, 'Resolved'), asks(1, '17 08:00'), marks(1, '17 08:00', 1, 'Open'), replies(1, '17 08:30', 11), marks(1, '17 09:00', 11, 'Closed');
-- Emil is given to Ben, who says nothing for an hour and passes him on to Ana, in the team Returns.
SELECT opens(2, '17 10:00'), asks(2, '17 10:00'), gives(2, '17 10:00:30', 1, 12), gives(2, '17 11:00', 12, 11), replies(2, '17 11:30', 11), marks(2, '17 12:00', 11, 'Resolved');
UPDATE conversations SET assigned_team_id = 21 WHERE id = 2;
-- Fay is handed over by the assistant, Gil is settled by it.
SELECT opens(3, '18 09:00'), asks(3, '18 09:00'), gives(3, '18 09:00:01', 1, 20), replies(3, '18 09:00:10', 20), asks(3, '18 09:01'), takes(3, '18 09:11:10', 12),
    replies(3, '18 09:13:10', 12), marks(3, '18 09:30', 12, 'Resolved');
SELECT opens(4, '18 10:00'), asks(4, '18 10:00'), gives(4, '18 10:00:01', 1, 20), replies(4, '18 10:00:10', 20), marks(4, '18 10:05', 20, 'Resolved');
INSERT INTO ai_agent_events (created_at, conversation_id, type) VALUES (at('18 09:01:10'), 3, 'handoff'), (at('18 10:05'), 4, 'resolve');
-- Hal gets an automatic word, is snoozed, and closed by a rule after a day; nobody was ever there.
SELECT opens(5, '19 09:00'), asks(5, '19 09:00'), replies(5, '19 09:00:05', 1), marks(5, '19 10:00', 1, 'Snoozed'), marks(5, '20 09:00', 1, 'Closed');
-- Kim is written to by Ben, and answers.
SELECT opens(8, '20 14:00'), replies(8, '20 14:00', 12), asks(8, '20 15:00');
-- Ida is taken by Ben at the end of Sunday and answered on Monday.
SELECT opens(6, '22 22:00'), asks(6, '22 22:00'), takes(6, '22 22:10', 12), replies(6, '23 09:00', 12);
-- What is not counted: a private note, a mail that repeats the chat to somebody who left it, and what the log says of other things.
INSERT INTO conversation_messages (created_at, type, private, conversation_id, sender_id, sender_type, content, meta) VALUES
    (at('16 09:07'), 'outgoing', true, 1, 11, 'agent', 'a note', '{}'), (at('16 09:30'), 'outgoing', false, 1, 1, 'agent', 'What you missed', '{"continuity_email": true}'),
    (at('17 10:01'), 'activity', true, 2, 12, 'agent', 'Assigned to Returns team by Ben', '{"activity_type": "assigned_team_change"}'),
    (at('17 10:02'), 'activity', true, 2, 12, 'agent', 'Ben set priority to High', '{"activity_type": "priority_change"}');
UPDATE conversations SET priority_id = 3, inbox_id = 2 WHERE id IN (2, 6);
INSERT INTO conversation_tags VALUES (at('16 09:15'), 1, 1), (at('17 11:45'), 1, 2), (at('17 11:46'), 2, 2), (at('10 09:30'), 2, 9);
INSERT INTO conversation_last_seen VALUES (6, 12, at('23 09:00')), (8, 12, at('20 14:00')), (8, 11, at('20 14:30'));
INSERT INTO activity_logs (created_at, activity_type, actor_id, target_model_id) VALUES
    (at('16 08:00'), 'agent_login', 11, 11), (at('16 12:00'), 'agent_away', 1, 11), (at('16 13:00'), 'agent_online', 11, 11), (at('16 13:30'), 'agent_password_set', 11, 12),
    (at('16 17:00'), 'agent_logout', 11, 11), (at('22 20:00'), 'agent_login', 12, 12), (at('23 02:00'), 'agent_logout', 12, 12);
