-- Thirteen weeks from 5 January 2026 of an organization with as many messages as the setting fortnight.messages says: threads of eight by a
-- twentieth as many contacts; every third is handed to one of 40 agents, every second runs a flow; a campaign a week. Another organization
-- has a fifth as many messages.
INSERT INTO organizations (id, name) VALUES ('00000000-0000-0000-0000-000000000001', 'Support desk'), ('00000000-0000-0000-0000-000000000002', 'Sales');
INSERT INTO whatsapp_accounts VALUES ('00000000-0000-0000-0000-000000000001', 'main'), ('00000000-0000-0000-0000-000000000001', 'second'), ('00000000-0000-0000-0000-000000000002', 'sales');
INSERT INTO teams VALUES ('00000000-0000-0000-0000-000000000021', '00000000-0000-0000-0000-000000000001', 'Returns');
CREATE FUNCTION id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT (lpad(kind::text, 8, '0') || lpad(n::text, 24, '0'))::uuid $$;
INSERT INTO users (id, organization_id, full_name) SELECT id(1, n), '00000000-0000-0000-0000-000000000001', 'Agent ' || n FROM generate_series(1, 40) n;
INSERT INTO contacts (id, organization_id, phone_number, profile_name)
SELECT id(2, n), '00000000-0000-0000-0000-000000000001', '+49' || n, 'Contact ' || n FROM generate_series(0, current_setting('fortnight.messages')::int / 20 - 1) n;
CREATE TABLE threads AS -- spread over the weeks and over the day from 7 to 19 o'clock by a fraction that never meets itself
SELECT i, id(2, i * 7919 % (current_setting('fortnight.messages')::int / 20)) AS contact_id, CASE WHEN i % 4 = 0 THEN 'second' ELSE 'main' END AS account,
    timestamptz '2026-01-05Z' + floor(i * 0.6180339887 % 1 * 91) * interval '1 day' + interval '7 hours' + (i * 0.7548776662 % 1) * interval '12 hours' AS at,
    (20 + i % 40) * interval '1 second' AS pace
FROM generate_series(0, current_setting('fortnight.messages')::int / 8 - 1) i;
INSERT INTO messages (id, organization_id, whats_app_account, contact_id, direction, status, content, sent_by_user_id, created_at, updated_at)
SELECT id(3, i::bigint * 8 + j), '00000000-0000-0000-0000-000000000001', account, contact_id, CASE j % 2 WHEN 0 THEN 'incoming' ELSE 'outgoing' END,
    CASE j % 2 WHEN 0 THEN 'received' ELSE 'read' END, 'words and words and words', CASE WHEN i % 3 = 0 AND j IN (5, 7) THEN id(1, 1 + i % 40) END, at + j * pace, at + j * pace
FROM threads, generate_series(0, 7) j
ORDER BY at;
INSERT INTO contacts (id, organization_id, phone_number, profile_name)
SELECT id(9, n), '00000000-0000-0000-0000-000000000002', '+49' || n, 'Contact ' || n FROM generate_series(0, current_setting('fortnight.messages')::int / 100 - 1) n;
INSERT INTO messages (id, organization_id, whats_app_account, contact_id, direction, status, content, created_at, updated_at)
SELECT id(10, i::bigint * 8 + j), '00000000-0000-0000-0000-000000000002', 'sales', id(9, i % (current_setting('fortnight.messages')::int / 100)),
    CASE j % 2 WHEN 0 THEN 'incoming' ELSE 'outgoing' END, CASE j % 2 WHEN 0 THEN 'received' ELSE 'read' END, 'words and words', at + j * pace, at + j * pace
FROM threads, generate_series(0, 7) j
WHERE i % 5 = 0
ORDER BY at;
INSERT INTO agent_transfers (organization_id, contact_id, status, source, agent_id, team_id, transferred_by_user_id, transferred_at, picked_up_at, resumed_at, resumed_by, updated_at)
SELECT '00000000-0000-0000-0000-000000000001', contact_id, CASE WHEN i % 300 = 0 THEN 'active' ELSE 'resumed' END, 'flow', id(1, 1 + i % 40),
    CASE i % 2 WHEN 0 THEN '00000000-0000-0000-0000-000000000021'::uuid END, id(1, 1 + i % 40), at + 3.5 * pace, at + 4.5 * pace,
    CASE WHEN i % 300 > 0 THEN at + 8 * pace END, CASE WHEN i % 300 > 0 THEN id(1, 1 + i % 40) END, at + 8 * pace
FROM threads WHERE i % 3 = 0
ORDER BY at;
INSERT INTO chatbot_flows (id, name, graph) SELECT id(5, n), 'Flow ' || n, '{"nodes": [{"id": "a", "type": "prompt", "label": "A"}, {"id": "b", "type": "buttons", "label": "B"}]}' FROM generate_series(1, 5) n;
INSERT INTO chatbot_sessions (id, organization_id, contact_id, whats_app_account, status, current_flow_id, started_at, last_activity_at, completed_at)
SELECT id(6, i), '00000000-0000-0000-0000-000000000001', contact_id, account, (ARRAY['completed', 'active', 'cancelled'])[1 + i % 3], id(5, 1 + i % 5), at, at + 3 * pace,
    CASE WHEN i % 3 <> 1 THEN at + 3 * pace END
FROM threads WHERE i % 2 = 0
ORDER BY at;
INSERT INTO chatbot_session_messages (session_id, direction, message, step_name, created_at)
SELECT id(6, i), CASE j % 2 WHEN 0 THEN 'incoming' ELSE 'outgoing' END, 'words', CASE j WHEN 1 THEN 'a' WHEN 3 THEN 'b' ELSE 'keyword_check' END, at + j * pace
FROM threads, generate_series(0, 4) j WHERE i % 2 = 0
ORDER BY at;
INSERT INTO templates VALUES (id(7, 1), 'sale');
INSERT INTO bulk_message_campaigns (id, organization_id, name, template_id, started_at, completed_at)
SELECT id(8, n), '00000000-0000-0000-0000-000000000001', 'Week ' || n, id(7, 1), timestamptz '2026-01-05 08:00Z' + n * interval '7 days', timestamptz '2026-01-05 09:00Z' + n * interval '7 days'
FROM generate_series(0, 12) n;
INSERT INTO messages (organization_id, whats_app_account, contact_id, direction, message_type, template_name, status, metadata, created_at, updated_at)
SELECT '00000000-0000-0000-0000-000000000001', 'main', id(2, k), 'outgoing', 'template', 'sale', 'delivered', jsonb_build_object('campaign_id', id(8, n)),
    timestamptz '2026-01-05 08:00Z' + n * interval '7 days' + k * interval '0.1 s', timestamptz '2026-01-05 08:00Z' + n * interval '7 days' + k * interval '0.2 s'
FROM generate_series(0, 12) n, generate_series(0, current_setting('fortnight.messages')::int / 400 - 1) k;
INSERT INTO bulk_message_recipients (campaign_id, phone_number, status, sent_at, delivered_at, updated_at)
SELECT id(8, n), '+49' || k, 'delivered', timestamptz '2026-01-05 08:00Z' + n * interval '7 days' + k * interval '0.1 s', timestamptz '2026-01-05 08:00Z' + n * interval '7 days' + k * interval '0.2 s', now()
FROM generate_series(0, 12) n, generate_series(0, current_setting('fortnight.messages')::int / 400 - 1) k;
INSERT INTO user_availability_logs (user_id, organization_id, is_available, started_at, ended_at)
SELECT id(1, n), '00000000-0000-0000-0000-000000000001', true, timestamptz '2026-01-05 08:00Z' + d * interval '1 day', timestamptz '2026-01-05 17:00Z' + d * interval '1 day'
FROM generate_series(1, greatest(1, current_setting('fortnight.messages')::int / 25000)) n, generate_series(0, 90) d;
DROP TABLE threads;
