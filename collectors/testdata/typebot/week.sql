-- A week of the bots, 16 to 22 March 2026; its numbers are computed by hand in typebot_test.go.
SELECT visits('old', 'survey', '02 09:00');                                                    -- the first row; only looked at
SELECT visits('p1', 'booking', '10 09:00'), answers('p1', 'name', '10 09:01', 'Dora'), answers('p1', 'day', '10 09:02', '2026-03-20'), goes('p1', 'e1'),
    answers('p1', 'reason', '10 09:03', 'Check-up'), goes('p1', 'e2'), completes('p1');         -- the week before
SELECT visits('p2', 'survey', '14 09:00'), answers('p2', 'mark', '14 09:00:30', '5');          -- then left alone
-- Completed on Monday; the second answers the name twice.
SELECT visits('m1', 'booking', '16 09:00'), answers('m1', 'name', '16 09:01', 'Emil'), answers('m1', 'day', '16 09:02', '2026-03-23'), goes('m1', 'e1'),
    answers('m1', 'reason', '16 09:03', 'Check-up'), goes('m1', 'e2'), completes('m1');
SELECT visits('m2', 'booking', '16 10:00'), answers('m2', 'name', '16 10:00:20', 'F'), answers('m2', 'name', '16 10:00:40', 'Fay'), answers('m2', 'day', '16 10:02', '2026-03-24'),
    goes('m2', 'e1'), answers('m2', 'reason', '16 10:02:30', 'check-up '), goes('m2', 'e2'), completes('m2');
-- Left at the first question on Tuesday, at the second and at the third on Wednesday, and on Thursday looked at only.
SELECT visits('t1', 'booking', '17 11:00');
SELECT visits('w1', 'booking', '18 09:00'), answers('w1', 'name', '18 09:05', 'Gil');
SELECT visits('w2', 'booking', '18 12:00'), answers('w2', 'name', '18 12:01', 'Hal'), answers('w2', 'day', '18 12:01:30', '2026-03-25'), goes('w2', 'e1');
SELECT visits('d1', 'survey', '19 08:00', NULL);
-- Goes on for two days, over the end of Sunday: completed after it.
SELECT visits('s1', 'booking', '22 23:00'), answers('s1', 'name', '22 23:30', 'Ida'), answers('s1', 'day', '23 00:10', '2026-03-26'), goes('s1', 'e1'),
    answers('s1', 'reason', '24 08:00', 'Pain'), goes('s1', 'e2'), completes('s1');
-- Begun on Sunday before the week and answered on Monday of it.
SELECT visits('b1', 'survey', '15 23:59'), answers('b1', 'mark', '16 00:00:10', '4'), completes('b1');
-- Answered as it was before 2024.
SELECT visits('l1', 'survey', '20 09:00');
INSERT INTO "Answer" VALUES (at('20 09:00:30'), 'l1', 'mark', 'g', '3');
SELECT completes('l1');
-- What is not counted: a result in the bin, and another workspace's.
SELECT visits('bin', 'survey', '17 09:00'), answers('bin', 'mark', '17 09:01', '1');
UPDATE "Result" SET "isArchived" = true WHERE id = 'bin';
SELECT visits('q1', 'quote', '17 09:00'), answers('q1', 'sum', '17 09:01', '100');
