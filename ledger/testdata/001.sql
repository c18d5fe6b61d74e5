-- What version 001 had written when it was killed: one edition done, one archived, one being sent, of which Cy has his copy, Ana's was
-- with the server, and Bo's was still to come.
CREATE TABLE fortnight.schema_version (version integer NOT NULL);
INSERT INTO fortnight.schema_version VALUES (1);

INSERT INTO fortnight.projects (key, name, zone, locale, week_start, bi_monthly, accent, footer, from_name, from_address, reply_name, reply_address, created_at)
VALUES ('desk', 'Support desk', 'America/New_York', 'en', 1, '', 305420031, 'Only for us', 'Desk', 'desk@example.org', '', '', '2020-03-01Z');

INSERT INTO fortnight.sources (project_id, key, platform, dsn_sealed, tenant) VALUES (1, 'chat', 'chatwoot', '\x00', '1');

INSERT INTO fortnight.digests (project_id, key, active, config, last_due, created_at)
VALUES (1, 'weekly', true, '{"Key": "weekly", "Active": true, "Paper": "A4", "MissedAfter": 0, "CatchUp": 0,
    "Cadence": {"Kind": "weekly", "At": "mon 08:00", "Zone": "America/New_York", "WeekStart": 1, "Covers": ""},
    "Sections": [{"Section": "activity", "Source": "chat"}]}', '2020-03-30 12:00Z', '2020-03-01Z');

INSERT INTO fortnight.subscribers (project_id, digest_id, name, address, locale, zone, audience, pdf, added_by, added_at, token_hash, token_sealed)
VALUES (1, 1, 'Ana', 'ana@example.org', 'es', '', 'executive', true, 'Bo', '2020-03-01Z', '\x01', '\x01'),
       (1, 1, 'Bo', 'Bo@Example.org', '', '', 'admin', false, '', '2020-03-01Z', '\x02', '\x02'),
       (1, 1, 'Cy', 'cy@example.org', '', '', 'manager', false, '', '2020-03-01Z', '\x03', '\x03');

INSERT INTO fortnight.editions (project_id, digest_id, label, zone, period_start, period_end, previous_start, previous_end, due, state, archive, at_once,
                                project, config, hash, lease_until, opened_at, ready_at, finished_at)
SELECT 1, 1, 'SD-2020-W' || w, 'America/New_York', s, s + interval '7 days', s - interval '7 days', s, s + interval '7 days 8 hours', state, state = 'archived', false,
       '{"Key": "desk", "Name": "Support desk", "Zone": "America/New_York", "Locale": "en"}', (SELECT config FROM fortnight.digests),
       'abc', s + interval '7 days 8 hours 2 minutes', s + interval '7 days 8 hours', s + interval '7 days 8 hours', CASE WHEN state <> 'sending' THEN s + interval '7 days 9 hours' END
FROM (VALUES (11, '2020-03-09 04:00Z'::timestamptz, 'archived'), (12, '2020-03-16 04:00Z', 'done'), (13, '2020-03-23 04:00Z', 'sending')) AS e (w, s, state);

INSERT INTO fortnight.snapshots (edition_id, project_id, version, hash, read_at, data)
SELECT edition_id, 1, 1, 'abc', opened_at, '{"version": 1, "sections": []}' FROM fortnight.editions;

INSERT INTO fortnight.variants (edition_id, project_id, audience, locale, with_pdf, paper, letter, html, plain, pdf_name, images, pngs, kept_at)
VALUES (3, 1, 'executive', 'es', true, 'A4', '{}', '', '', '', '[]', '{}', '2020-03-30 12:00Z');

INSERT INTO fortnight.deliveries (project_id, edition_id, subscriber_id, recipient, batch, state, attempts, message_id, dated, next_at, expires_at, lease_until, handed_at, changed_at)
VALUES (1, 3, 1, '{"ID": 1, "Name": "Ana", "Address": "ana@example.org", "Locale": "es", "Audience": "executive", "PDF": true}', 0, 'sending', 1, 'ana-1@x',
        '2020-03-30 12:00Z', '2020-03-30 12:00Z', '2020-04-06 12:00Z', '2020-03-30 12:02Z', '2020-03-30 12:00:01Z', '2020-03-30 12:00:01Z'),
       (1, 3, 2, '{"ID": 2, "Name": "Bo", "Address": "Bo@Example.org", "Locale": "", "Audience": "admin", "PDF": false}', 0, 'planned', 0, 'bo-1@x',
        '2020-03-30 12:00Z', '2020-03-30 12:00Z', '2020-04-06 12:00Z', NULL, NULL, '2020-03-30 12:00Z'),
       (1, 3, 3, '{"ID": 3, "Name": "Cy", "Address": "cy@example.org", "Locale": "", "Audience": "manager", "PDF": false}', 0, 'sent', 1, 'cy-1@x',
        '2020-03-30 12:00Z', '2020-03-30 12:00Z', '2020-04-06 12:00Z', NULL, NULL, '2020-03-30 12:00Z');

INSERT INTO fortnight.attempts (delivery_id, project_id, number, started_at, ended_at, state, code, status, answer)
VALUES (1, 1, 1, '2020-03-30 12:00Z', NULL, 'sending', 0, '', ''), (3, 1, 1, '2020-03-30 12:00Z', '2020-03-30 12:00Z', 'sent', 250, '2.0.0', 'queued');
