-- A week of campaigns, small enough to be counted by hand (outreach_test.go does): Monday 16 to Sunday 22 March 2026 in Berlin, which is
-- [15 March 23:00, 22 March 23:00) UTC; the week before begins on 8 March 23:00. All instants are UTC. The window for answers is 72 hours.
INSERT INTO end_user (user_id, display_name, address, first_seen_at) VALUES
('u1', 'Ada Quist', '+49 30 5550101', '2026-03-01'), ('u2', 'Ben Roth', '+49 30 5550102', '2026-03-01'), ('u9', '=cmd|''/c calc''!A1', 'ida@example.org', NULL);

INSERT INTO campaign (campaign_id, name, version, channel, started_at) VALUES
('k1', 'Recall', 'v1', 'sms', '2026-03-16 09:00'), ('k2', 'Recall', 'v2', 'sms', '2026-03-18 09:00'), ('k3', 'Letters', NULL, 'mail', '2026-03-17 09:00');

INSERT INTO outbound_delivery (delivery_id, campaign_id, user_id, attempt, attempted_at, sent_at, delivered_at, read_at, failed_at, has_receipts,
    failure_reason, first_response_at, finished_at, last_activity_at, session_status, variables) VALUES
-- read and answered; the answer is Monday's
('d1', 'k1', 'u1', 1, '2026-03-16 09:00', '2026-03-16 09:00', '2026-03-16 09:01', '2026-03-16 09:05', NULL, true, NULL, '2026-03-16 10:00', '2026-03-16 10:30', '2026-03-16 10:30', 'closed', '{"first_name": "Ada", "slot": "9 am"}'),
-- tried again after a failure, and then delivered: one recipient, delivered; answered on Tuesday
('d2', 'k1', 'u2', 1, '2026-03-16 09:00', NULL, NULL, NULL, '2026-03-16 09:01', true, 'Number busy', NULL, NULL, NULL, 'none', NULL),
('d3', 'k1', 'u2', 2, '2026-03-16 12:00', '2026-03-16 12:00', '2026-03-16 12:01', NULL, NULL, true, NULL, '2026-03-17 12:00', NULL, '2026-03-17 12:00', 'expired', NULL),
-- failed twice: the reason is the last one's
('d4', 'k1', 'u3', 1, '2026-03-16 09:00', NULL, NULL, NULL, '2026-03-16 09:01', true, 'Number busy', NULL, NULL, NULL, 'none', NULL),
('d5', 'k1', 'u3', 2, '2026-03-16 13:00', NULL, NULL, NULL, '2026-03-16 13:01', true, 'Unknown number', NULL, NULL, NULL, 'none', NULL),
-- failed, and tried again as the week ends: in process
('d6', 'k1', 'u4', 1, '2026-03-22 21:00', NULL, NULL, NULL, '2026-03-22 21:01', true, 'Number busy', NULL, NULL, NULL, 'none', NULL),
('d7', 'k1', 'u4', 2, '2026-03-22 22:59', '2026-03-22 23:01', '2026-03-22 23:02', NULL, NULL, true, NULL, NULL, NULL, NULL, 'none', NULL),
-- sent, with receipts awaited: in process, and an answer of such a one is none of those sent
('d8', 'k1', 'u5', 1, '2026-03-20 09:00', '2026-03-20 09:00', NULL, NULL, NULL, true, NULL, '2026-03-20 09:30', NULL, NULL, 'none', NULL),
-- delivered in the week, read at its very end, which is the next: delivered. Answered 72 hours after it was sent, to the second: no answer
('d9', 'k1', 'u6', 1, '2026-03-17 08:00', '2026-03-17 08:00', '2026-03-17 08:01', '2026-03-22 23:00', NULL, true, NULL, '2026-03-20 08:00', NULL, NULL, 'open', NULL),
-- the same but a second sooner: an answer, of Friday
('d10', 'k1', 'u7', 1, '2026-03-17 08:00', '2026-03-17 08:00', '2026-03-17 08:01', NULL, NULL, true, NULL, '2026-03-20 07:59:59', NULL, NULL, 'open', NULL),
-- two campaigns to one person: the answer came after the second send, and is one to that alone
('d11', 'k1', 'u8', 1, '2026-03-17 09:00', '2026-03-17 09:00', '2026-03-17 09:01', NULL, NULL, true, NULL, '2026-03-18 11:00', NULL, NULL, 'none', NULL),
('d12', 'k2', 'u8', 1, '2026-03-18 10:00', '2026-03-18 10:00', '2026-03-18 10:01', NULL, NULL, true, NULL, '2026-03-18 11:00', NULL, NULL, 'none', NULL),
-- a channel without receipts: sent is all that is known; its window of 72 hours is open as the week ends
('d13', 'k3', 'u9', 1, '2026-03-21 09:00', '2026-03-21 09:00', NULL, NULL, NULL, false, NULL, NULL, NULL, NULL, 'none', '{"name": "Ida"}'),
-- the week's first instant; nobody recorded why it failed
('d14', 'k2', 'u10', 1, '2026-03-15 23:00', NULL, NULL, NULL, '2026-03-16 00:00', true, NULL, NULL, NULL, NULL, 'none', NULL),
-- the next week's first instant
('d15', 'k2', 'u11', 1, '2026-03-22 23:00', '2026-03-22 23:00', NULL, NULL, NULL, true, NULL, NULL, NULL, NULL, 'none', NULL),
-- first tried the week before: not of this week, though tried again in it
('d16', 'k2', 'u12', 1, '2026-03-14 09:00', NULL, NULL, NULL, '2026-03-14 09:01', true, 'Number busy', NULL, NULL, NULL, 'none', NULL),
('d17', 'k2', 'u12', 2, '2026-03-16 09:00', '2026-03-16 09:00', '2026-03-16 09:01', NULL, NULL, true, NULL, NULL, NULL, NULL, 'none', NULL),
-- the week before: delivered on its Sunday, answered on this Monday, which was not known when the week ended
('d18', 'k2', 'u13', 1, '2026-03-15 12:00', '2026-03-15 12:00', '2026-03-15 12:01', NULL, NULL, true, NULL, '2026-03-16 12:00', NULL, NULL, 'none', NULL),
-- sent this week as the further try of a campaign that tried first the week before: the answer to d20 came after it
('d19', 'k3', 'u14', 1, '2026-03-13 09:00', NULL, NULL, NULL, '2026-03-13 09:01', false, 'Number busy', NULL, NULL, NULL, 'none', NULL),
('d20', 'k2', 'u14', 1, '2026-03-17 09:00', '2026-03-17 09:00', '2026-03-17 09:01', NULL, NULL, true, NULL, '2026-03-17 12:00', NULL, NULL, 'none', NULL),
('d21', 'k3', 'u14', 2, '2026-03-17 11:00', '2026-03-17 11:00', NULL, NULL, NULL, false, NULL, NULL, NULL, NULL, 'none', NULL);
