-- Makes 500,143 messages in one account of support-2018-2020.sql: 412 copies more, copy k moved back by k mod 52 weeks. Agents and inboxes stay
-- the same, people and conversations are new ones.
INSERT INTO contacts (id, name, account_id, created_at, updated_at)
SELECT id + k * 10000, name, account_id, created_at - (k % 52) * interval '7 days', updated_at - (k % 52) * interval '7 days'
FROM contacts, generate_series(1, 412) k;
INSERT INTO conversations (id, account_id, inbox_id, status, assignee_id, contact_id, display_id, first_reply_created_at, waiting_since, last_activity_at, created_at, updated_at)
SELECT id + k * 10000, account_id, inbox_id, status, assignee_id, contact_id + k * 10000, display_id + k * 10000,
    first_reply_created_at - (k % 52) * interval '7 days', waiting_since - (k % 52) * interval '7 days', last_activity_at - (k % 52) * interval '7 days',
    created_at - (k % 52) * interval '7 days', updated_at - (k % 52) * interval '7 days'
FROM conversations, generate_series(1, 412) k;
INSERT INTO messages (id, content, account_id, inbox_id, conversation_id, message_type, sender_type, sender_id, status, created_at, updated_at)
SELECT id + k * 10000, content, account_id, inbox_id, conversation_id + k * 10000, message_type, sender_type,
    CASE sender_type WHEN 'Contact' THEN sender_id + k * 10000 ELSE sender_id END, status, created_at - (k % 52) * interval '7 days', updated_at - (k % 52) * interval '7 days'
FROM messages, generate_series(1, 412) k;
INSERT INTO reporting_events (name, value, account_id, inbox_id, user_id, conversation_id, event_start_time, event_end_time, created_at, updated_at)
SELECT name, value, account_id, inbox_id, user_id, conversation_id + k * 10000, event_start_time - (k % 52) * interval '7 days',
    event_end_time - (k % 52) * interval '7 days', created_at - (k % 52) * interval '7 days', updated_at - (k % 52) * interval '7 days'
FROM reporting_events, generate_series(1, 412) k;
