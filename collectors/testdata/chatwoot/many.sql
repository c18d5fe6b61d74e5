-- Makes of support-2018-2020.sql an account with as many messages as the setting fortnight.messages says, in conversations begun in the thirteen
-- weeks from 30 December 2019: copies of its own, copy k in the week that is k weeks after its model's, counted round. Agents and inboxes stay the
-- same, people and conversations are new ones; what is older than two weeks is resolved. With the setting fortnight.turns each says what it has to say so
-- many times, twenty seconds apart, and there are so many times fewer.
CREATE TABLE copies AS
SELECT v.id, k * 10000 AS further, v.contact_id, ((w.n + 13000 + k) % 13 - w.n) * interval '7 days' AS later -- 13000: no remainder below 0
FROM conversations v
CROSS JOIN LATERAL (SELECT floor(extract(epoch FROM v.created_at - timestamp '2019-12-30') / (7 * 86400))::int AS n) w
CROSS JOIN generate_series(1, current_setting('fortnight.messages')::int / 1211 / current_setting('fortnight.turns')::int) k;
INSERT INTO contacts (id, name, account_id, created_at, updated_at)
SELECT n.id + c.further, n.name, n.account_id, n.created_at + c.later, n.updated_at + c.later
FROM (SELECT DISTINCT ON (contact_id, further) contact_id, further, later FROM copies ORDER BY contact_id, further, id) c
JOIN contacts n ON n.id = c.contact_id;
INSERT INTO conversations (id, account_id, inbox_id, status, assignee_id, contact_id, display_id, first_reply_created_at, waiting_since, last_activity_at, created_at, updated_at)
SELECT v.id + c.further, v.account_id, v.inbox_id, CASE WHEN v.created_at + c.later < timestamp '2020-03-16' THEN 1 ELSE v.status END, v.assignee_id, v.contact_id + c.further,
    v.display_id + c.further, v.first_reply_created_at + c.later, v.waiting_since + c.later, v.last_activity_at + c.later, v.created_at + c.later, v.updated_at + c.later
FROM copies c
JOIN conversations v ON v.id = c.id
ORDER BY v.created_at + c.later;
INSERT INTO messages (id, content, account_id, inbox_id, conversation_id, message_type, sender_type, sender_id, status, created_at, updated_at)
SELECT m.id + c.further + turn * 100000000, m.content, m.account_id, m.inbox_id, m.conversation_id + c.further, m.message_type, m.sender_type,
    CASE m.sender_type WHEN 'Contact' THEN m.sender_id + c.further ELSE m.sender_id END, m.status,
    m.created_at + c.later + turn * interval '20 seconds', m.updated_at + c.later + turn * interval '20 seconds'
FROM copies c
JOIN messages m ON m.conversation_id = c.id
CROSS JOIN generate_series(0, current_setting('fortnight.turns')::int - 1) turn
ORDER BY m.created_at + c.later + turn * interval '20 seconds';
INSERT INTO reporting_events (name, value, account_id, inbox_id, user_id, conversation_id, event_start_time, event_end_time, created_at, updated_at)
SELECT e.name, e.value, e.account_id, e.inbox_id, e.user_id, e.conversation_id + c.further, e.event_start_time + c.later, e.event_end_time + c.later,
    e.created_at + c.later, e.updated_at + c.later
FROM copies c
JOIN reporting_events e ON e.conversation_id = c.id
ORDER BY e.created_at + c.later;
DROP TABLE copies;
