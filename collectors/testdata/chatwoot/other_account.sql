-- Gives a second account a fifth of what many.sql made for the first.
INSERT INTO contacts (id, name, account_id, created_at, updated_at)
SELECT id + 50000000, name, 2, created_at, updated_at
FROM contacts
WHERE id / 10000 % 5 = 1;
INSERT INTO conversations (id, account_id, inbox_id, status, assignee_id, contact_id, display_id, first_reply_created_at, waiting_since, last_activity_at, created_at, updated_at)
SELECT id + 50000000, 2, inbox_id, status, assignee_id, contact_id + 50000000, display_id + 50000000, first_reply_created_at, waiting_since, last_activity_at, created_at, updated_at
FROM conversations
WHERE id / 10000 % 5 = 1;
INSERT INTO messages (id, content, account_id, inbox_id, conversation_id, message_type, sender_type, sender_id, status, created_at, updated_at)
SELECT id + 50000000, content, 2, inbox_id, conversation_id + 50000000, message_type, sender_type,
    CASE sender_type WHEN 'Contact' THEN sender_id + 50000000 ELSE sender_id END, status, created_at, updated_at
FROM messages
WHERE conversation_id / 10000 % 5 = 1;
INSERT INTO reporting_events (name, value, account_id, inbox_id, user_id, conversation_id, event_start_time, event_end_time, created_at, updated_at)
SELECT name, value, 2, inbox_id, user_id, conversation_id + 50000000, event_start_time, event_end_time, created_at, updated_at
FROM reporting_events
WHERE conversation_id / 10000 % 5 = 1;
