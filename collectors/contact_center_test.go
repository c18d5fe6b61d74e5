package collectors

import (
	"testing"
	"time"

	"fortnight/digest"
)

func TestAWeekWithoutOffersBalancesAtZero(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "contact_center", old)
	figuresAre(t, s, map[string]string{
		"total_conversations": "0 0", "handled": "0 0", "missed": "0 0", "waiting": "0 0", "transfers": "0 0", "accepted_from_before": "0 0",
		"total_messages": "0 0", "unique_users": "0 0", "wait_mean": "n/a n/a", "wait_median": "n/a n/a", "wait_p90": "n/a n/a",
		"conversation_time_mean": "n/a n/a", "conversation_time_median": "n/a n/a",
	})
	for _, series := range []string{"handled", "missed", "waiting"} {
		daysAre(t, s, "handled_vs_missed", series, "0 0 0 0 0 0 0")
		daysAre(t, s, "handled_vs_missed", "before "+series, "0 0 0 0 0 0 0")
	}
	daysAre(t, s, "average_wait_time", "current", "- - - - - - -")
	for _, key := range []string{
		"closing_reasons", "average_conversation_time", "average_wait_time", "conversations_per_agent", "conversations_evolution",
		"conversation_minutes", "conversation_minutes_evolution", "connection_hours", "connection_hours_evolution",
	} {
		stateIs(t, s, key, digest.Empty)
	}
	noteIs(t, s, "reconciliation", "accepted_from_before=0, agents_sum=0, bot_resolved=0, handled=0, missed=0, total=0, transfers=0, waiting=0")
	noteIs(t, s, "answered", "count=0")
	noteIs(t, s, "one_reply", "")
	noteIs(t, s, "open_sessions", "")
	if len(s.Tables) != 0 {
		t.Errorf("%d tables, want none without teams", len(s.Tables))
	}
}

func TestWhatWasOfferedIsHandledMissedOrWaitingAsOfThePeriodsEnd(t *testing.T) {
	t.Parallel()
	// The period ends at 22 March 23:00 UTC. Each assignment is called what it must become.
	s := aWeek.collect(t, "contact_center", old+`
		INSERT INTO agent (agent_id, display_name, role) VALUES ('ana', 'Ana', 'agent'), ('ben', 'Ben', 'admin'), ('robo', 'Robo', 'bot');
		INSERT INTO assignment (assignment_id, conversation_id, user_id, agent_id, kind, offered_at, accepted_at, first_reply_at, ended_at, ended_by, end_reason, derivation) VALUES
		('handled: offered at from',     'c1', 'u1', 'ana', 'initial', '2026-03-15 23:00', '2026-03-16 09:00', '2026-03-16 09:00', NULL, NULL, NULL, 'recorded'),
		('handled: first reply alone',   'c2', 'u2', 'ana', 'initial', '2026-03-17 09:00', NULL, '2026-03-17 09:30', NULL, NULL, NULL, 'recorded'),
		('handled: closed unanswered',   'c3', 'u3', 'ben', 'initial', '2026-03-17 09:00', NULL, NULL, '2026-03-18 09:00', 'agent', 'closed', 'recorded'),
		('handled: closed by Ben by name', 'c3', 'u3', NULL, 'initial', '2026-03-18 09:00', NULL, NULL, '2026-03-18 09:05', 'ben', 'closed', 'recorded'),
		('handled: picked up by nobody', 'c4', 'u4', NULL,  'initial', '2026-03-18 09:00', '2026-03-18 09:10', NULL, '2026-03-18 10:00', 'agent', 'closed', 'recorded'),
		('handled: just before to',      'c5', 'u5', 'ana', 'initial', '2026-03-20 09:00', '2026-03-22 22:59:59', '2026-03-22 22:59:59', NULL, NULL, NULL, 'recorded'),
		('missed: accepted at to',       'c6', 'u6', 'ana', 'initial', '2026-03-20 09:00', '2026-03-22 23:00', '2026-03-22 23:00', NULL, NULL, NULL, 'recorded'),
		('missed: transferred away',     'c7', 'u7', 'ana', 'initial', '2026-03-19 09:00', NULL, NULL, '2026-03-19 09:30', 'agent', 'transferred', 'recorded'),
		('handled: transferred to',      'c7', 'u7', 'ben', 'transfer', '2026-03-19 09:30', '2026-03-19 09:31', '2026-03-19 09:31', NULL, NULL, NULL, 'recorded'),
		('missed: user left',            'c8', 'u8', NULL,  'queue',   '2026-03-22 22:00', NULL, NULL, '2026-03-22 22:30', 'user', 'closed', 'recorded'),
		('missed: rejected by Ben',      'c9', 'u9', 'ben', 'initial', '2026-03-22 22:00', NULL, NULL, '2026-03-22 22:10', 'agent', 'rejected', 'recorded'),
		('missed: 24 h at to',           'd1', 'v1', NULL,  'queue',   '2026-03-21 23:00', NULL, NULL, NULL, NULL, NULL, 'recorded'),
		('waiting: 24 h less a second',  'd2', 'v2', NULL,  'queue',   '2026-03-21 23:00:01', NULL, NULL, NULL, NULL, NULL, 'recorded'),
		('waiting: ended at to',         'd3', 'v3', NULL,  'queue',   '2026-03-22 12:00', NULL, NULL, '2026-03-22 23:00', 'user', 'closed', 'recorded'),
		('not: offered at to',           'd4', 'v4', 'ana', 'initial', '2026-03-22 23:00', NULL, NULL, NULL, NULL, NULL, 'recorded'),
		('not: of a bot',                'd5', 'v5', 'robo', 'initial', '2026-03-18 12:00', '2026-03-18 12:00', '2026-03-18 12:00', '2026-03-18 12:01', 'bot', 'closed', 'recorded'),
		('from before, accepted',        'd6', 'v6', 'ana', 'initial', '2026-03-15 22:59:59', '2026-03-15 23:00', '2026-03-15 23:00', NULL, NULL, NULL, 'recorded');`)
	figuresAre(t, s, map[string]string{
		// The week before: one offered in its last second, waiting as of its end.
		"total_conversations": "14 1", "handled": "7 0", "missed": "5 0", "waiting": "2 1", "transfers": "1 0", "accepted_from_before": "1 0",
	})
	daysAre(t, s, "handled_vs_missed", "handled", "1 2 2 1 1 0 0")
	daysAre(t, s, "handled_vs_missed", "missed", "0 0 0 1 1 0 3") // 21 March 23:00 UTC is Sunday in Berlin
	daysAre(t, s, "handled_vs_missed", "waiting", "0 0 0 0 0 0 2")
	daysAre(t, s, "handled_vs_missed", "before waiting", "0 0 0 0 0 0 1")
	rowsAre(t, s, "conversations_per_agent", "current", "Ana=3, Ben=2, (unknown)=2")
	noteIs(t, s, "reconciliation", "accepted_from_before=1, agents_sum=7, bot_resolved=0, handled=7, missed=5, total=14, transfers=1, waiting=2")
	// Served: u1 u2 u3 u4 u5 u7 and v6, whose acceptance is in the period.
	figuresAre(t, s, map[string]string{"unique_users": "7 0"})
}

func TestMissedAfterIsWallTimeAndMayBeSet(t *testing.T) {
	t.Parallel()
	x := reading{zone: "Europe/Berlin", from: "2026-03-29", to: "2026-03-30", ask: digest.Ask{MissedAfter: 10 * time.Minute}} // a day of 23 h
	s := x.collect(t, "contact_center", old+`
		INSERT INTO assignment (assignment_id, conversation_id, kind, offered_at) VALUES
		('missed', 'c1', 'queue', '2026-03-29 21:50'), ('waiting', 'c2', 'queue', '2026-03-29 21:50:00.001');`)
	figuresAre(t, s, map[string]string{"missed": "1", "waiting": "1"})
}

func TestAConversationPassedFromAnaToBenAndBackIsThreeAssignments(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "contact_center", old+`
		INSERT INTO agent (agent_id, display_name, role) VALUES ('ana', 'Ana', 'agent'), ('ben', 'Ben', 'agent');
		INSERT INTO conversation (conversation_id, started_at, initiated_by) VALUES ('c', '2026-03-17 09:00', 'user');
		INSERT INTO assignment (assignment_id, conversation_id, user_id, agent_id, seq, kind, offered_at, accepted_at, first_reply_at, ended_at, ended_by, end_reason, derivation) VALUES
		('1', 'c', 'u', 'ana', 1, 'initial',  '2026-03-17 09:00', '2026-03-17 09:10', '2026-03-17 09:10', '2026-03-17 10:00', 'agent', 'transferred', 'history'),
		('2', 'c', 'u', 'ben', 2, 'transfer', '2026-03-17 10:00', '2026-03-17 10:05', '2026-03-17 10:05', '2026-03-17 11:00', 'agent', 'transferred', 'history'),
		('3', 'c', 'u', 'ana', 3, 'transfer', '2026-03-17 11:00', '2026-03-17 11:20', '2026-03-17 11:20', '2026-03-17 12:00', 'agent', 'closed', 'history'),
		-- reopened on Thursday: picked up from the queue, one assignment whose offer is the entry to the queue
		('4', 'c', 'u', 'ben', 1, 'initial',  '2026-03-19 09:00', '2026-03-19 09:30', '2026-03-19 09:30', '2026-03-19 09:40', 'agent', 'closed', 'history');
		INSERT INTO episode (conversation_id, seq, opened_at, closed_at, close_reason) VALUES
		('c', 1, '2026-03-17 09:00', '2026-03-17 12:00', 'solved'), ('c', 2, '2026-03-19 09:00', '2026-03-19 09:40', NULL);
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author, agent_id) VALUES
		('m1', 'c', 'u', '2026-03-17 09:00', 'in',  'user', NULL), ('m2', 'c', 'u', '2026-03-17 09:10', 'out', 'agent', 'ana'),
		('m3', 'c', 'u', '2026-03-17 10:00', 'in',  'user', NULL),                       -- at the end of one and the begin of the next: once
		('m4', 'c', 'u', '2026-03-17 10:05', 'out', 'agent', 'ben'), ('m5', 'c', 'u', '2026-03-17 11:20', 'out', 'agent', 'ana'),
		('m6', 'c', 'u', '2026-03-17 12:00', 'out', 'bot', NULL),                        -- neither user nor agent
		('m7', 'c', 'u', '2026-03-18 12:00', 'in',  'user', NULL),                       -- between the episodes: nobody's
		('m8', 'c', 'u', '2026-03-19 09:30', 'out', 'agent', 'ben');`)
	figuresAre(t, s, map[string]string{
		"total_conversations": "4", "handled": "4", "transfers": "2", "total_messages": "6", "unique_users": "1",
		"wait_mean": "1200", // 10 and 30 minutes; transfers do not wait
		// 50, 55, 40 and 10 minutes
		"conversation_time_mean": "2325", "conversation_time_median": "2700",
	})
	daysAre(t, s, "average_wait_time", "current", "- 600 - 1800 - - -")
	daysAre(t, s, "average_conversation_time", "current", "- 2900 - 600 - - -")
	rowsAre(t, s, "conversations_per_agent", "current", "Ana=2, Ben=2") // equal: Ana's first came first
	daysAre(t, s, "conversations_evolution", "ana", "0 2 0 0 0 0 0")
	daysAre(t, s, "conversations_evolution", "ben", "0 1 0 1 0 0 0")
	// In charge until the last message: Ana 09:10–10:00 (m3) and 11:20–12:00 (m6), Ben 10:05 only until 10:05 (m4), 09:30 until 09:30.
	rowsAre(t, s, "conversation_minutes", "current", "Ana=5400, Ben=0")
	rowsAre(t, s, "closing_reasons", "current", "solved=1, (unknown)=1")
	noteIs(t, s, "closings", "count=2")
	noteIs(t, s, "answered", "count=2")
	noteIs(t, s, "ended", "count=4")
	noteIs(t, s, "one_reply", "")
	if f, _ := s.Figure("conversation_time_mean"); f.Barred {
		t.Error("conversation time is barred although its assignments are from a history")
	}
}

func TestWaitsAreOfFirstRepliesInThePeriod(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "contact_center", old+`
		INSERT INTO conversation (conversation_id, started_at, initiated_by) VALUES
		('c1', '2026-03-10 09:00', 'user'), ('c2', '2026-03-10 09:00', 'bot'), ('c3', '2026-03-17 09:00', 'agent'), ('c4', '2026-03-17 09:00', 'campaign'), ('c5', '2026-03-17 09:00', 'unknown');
		INSERT INTO assignment (assignment_id, conversation_id, kind, offered_at, accepted_at, first_reply_at) VALUES
		('1', 'c1', 'initial',  '2026-03-15 22:58:20', '2026-03-15 23:00', '2026-03-15 23:00'),        -- 100 s, replied at from
		('2', 'c2', 'initial',  '2026-03-17 09:00', '2026-03-17 09:01', '2026-03-17 09:03:20'),        -- 200 s: the reply, not the pick-up
		('3', 'c5', 'initial',  '2026-03-17 09:00', '2026-03-17 09:05', '2026-03-17 09:05'),           -- 300 s
		('4', 'no conversation', 'initial', '2026-03-17 22:00', '2026-03-18 00:46:40', '2026-03-18 00:46:40'), -- 10,000 s, Wednesday in Berlin
		('5', 'c3', 'initial',  '2026-03-17 09:00', '2026-03-17 09:00', '2026-03-17 09:00'),           -- begun by an agent
		('6', 'c4', 'initial',  '2026-03-17 09:00', '2026-03-17 12:00', '2026-03-17 12:00'),           -- begun by a campaign
		('7', 'c1', 'transfer', '2026-03-17 09:00', '2026-03-17 12:00', '2026-03-17 12:00'),           -- a transfer
		('8', 'c6', 'initial',  '2026-03-17 09:00', '2026-03-17 09:10', NULL),                         -- picked up, never answered
		('9', 'c7', 'initial',  '2026-03-20 09:00', '2026-03-22 23:00', '2026-03-22 23:00');           -- answered at to`)
	figuresAre(t, s, map[string]string{
		"wait_mean": "2650 n/a", "wait_median": "250 n/a",
		"wait_p90": "7090 n/a", // between the 3rd and the 4th, seven tenths of the way: 300 + 0.7 x 9700
	})
	noteIs(t, s, "answered", "count=4")
	daysAre(t, s, "average_wait_time", "current", "100 250 10000 - - - -")
}

func TestConversationTimeKnownFromRepliesIsBarredAndCountsItsSingleReplies(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "contact_center", old+`
		INSERT INTO assignment (assignment_id, conversation_id, agent_id, kind, offered_at, accepted_at, first_reply_at, ended_at, ended_by, end_reason, derivation) VALUES
		('one reply',  'c1', 'ana', 'initial', '2026-03-17 09:00', '2026-03-17 10:00', '2026-03-17 10:00', '2026-03-17 10:00', 'agent', 'closed', 'replies'),
		('two',        'c2', 'ana', 'initial', '2026-03-17 09:00', '2026-03-17 10:00', '2026-03-17 10:00', '2026-03-17 10:20', 'agent', 'closed', 'replies'),
		('no reply',   'c3', 'ana', 'initial', '2026-03-17 09:00', '2026-03-17 11:00', NULL,               '2026-03-17 11:00', 'agent', 'closed', 'replies'),
		('still open', 'c4', 'ana', 'initial', '2026-03-17 09:00', '2026-03-17 11:00', '2026-03-17 11:00', NULL, NULL, NULL, 'replies'),
		('at from',    'c5', 'ana', 'initial', '2026-03-15 09:00', '2026-03-15 22:00', '2026-03-15 22:00', '2026-03-15 23:00', 'agent', 'closed', 'replies'),
		('at to',      'c6', 'ana', 'initial', '2026-03-17 09:00', '2026-03-17 11:00', '2026-03-17 11:00', '2026-03-22 23:00', 'agent', 'closed', 'replies');`)
	figuresAre(t, s, map[string]string{"conversation_time_mean": "1200 n/a", "conversation_time_median": "600 n/a"}) // 0, 20 min, 0, 1 h
	noteIs(t, s, "one_reply", "count=1, of=4")
	for _, key := range []string{"conversation_time_mean", "conversation_time_median"} {
		if f, _ := s.Figure(key); !f.Barred || f.Footnote != "one_reply" {
			t.Errorf("%s: barred %v, footnote %q", key, f.Barred, f.Footnote)
		}
	}
	if c := s.Chart("average_conversation_time"); c.Footnote != "one_reply" {
		t.Errorf("the chart's footnote is %q", c.Footnote)
	}
}

func TestTimeInChargeIsClippedToThePeriodAndEndsWithTheLastMessage(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "contact_center", old+`
		INSERT INTO agent (agent_id, display_name, role) VALUES ('ana', 'Ana', 'agent'), ('ben', 'Ben', 'agent'), ('cem', 'Cem', 'agent'), ('dia', 'Dia', 'agent'), ('eli', 'Eli', 'agent'), ('fay', 'Fay', 'agent');
		INSERT INTO assignment (assignment_id, conversation_id, agent_id, kind, offered_at, accepted_at, first_reply_at, ended_at, ended_by, derivation) VALUES
		-- Ana since Saturday before, until her user's last message on Monday 01:00 local; ended on Wednesday
		('1', 'c1', 'ana', 'initial', '2026-03-14 09:00', '2026-03-14 10:00', '2026-03-14 10:00', '2026-03-18 09:00', 'system', 'recorded'),
		-- Ana beside it, Monday 00:30 to 01:00 local: chats side by side add up
		('2', 'c2', 'ana', 'initial', '2026-03-15 23:00', '2026-03-15 23:30', '2026-03-15 23:30', '2026-03-16 09:00', 'system', 'recorded'),
		-- Ben over midnight from Tuesday to Wednesday local (23:00 UTC), two hours and one
		('3', 'c3', 'ben', 'initial', '2026-03-17 20:00', '2026-03-17 21:00', '2026-03-17 21:00', '2026-03-18 00:00', 'agent', 'recorded'),
		-- Cem accepted after the last message: never negative
		('4', 'c4', 'cem', 'initial', '2026-03-17 09:00', '2026-03-17 10:00', NULL, '2026-03-17 12:00', 'system', 'recorded'),
		-- Dia wrote nothing and nobody else did: until the end, in this period
		('5', 'c5', 'dia', 'initial', '2026-03-15 22:00', '2026-03-15 22:30', NULL, '2026-03-15 23:20', 'agent', 'recorded'),
		-- Eli's last message came before the period
		('6', 'c6', 'eli', 'initial', '2026-03-10 22:00', '2026-03-10 22:30', '2026-03-10 22:30', '2026-03-18 23:20', 'system', 'recorded'),
		-- Fay is still in charge; the last message before to counts, the one after does not
		('7', 'c7', 'fay', 'initial', '2026-03-22 20:00', '2026-03-22 21:00', '2026-03-22 21:00', '2026-03-23 23:00', 'agent', 'recorded');
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author) VALUES
		('1', 'c1', 'u', '2026-03-14 10:00', 'out', 'agent'), ('2', 'c1', 'u', '2026-03-16 00:00', 'in', 'user'), ('2n', 'c1', 'u', '2026-03-16 08:00', 'out', 'system'),
		('3', 'c2', 'u', '2026-03-16 00:00', 'out', 'agent'),
		('4', 'c3', 'u', '2026-03-18 00:00', 'out', 'agent'), ('4a', 'c3', 'u', '2026-03-18 00:00:01', 'in', 'user'),
		('5', 'c4', 'u', '2026-03-17 09:30', 'in', 'user'),
		('6', 'c6', 'u', '2026-03-10 22:30', 'out', 'agent'),
		('7', 'c7', 'u', '2026-03-22 22:00', 'out', 'agent'), ('8', 'c7', 'u', '2026-03-22 23:00', 'out', 'agent');`)
	rowsAre(t, s, "conversation_minutes", "current", "Ben=10800, Ana=5400, Fay=3600, Dia=1200, Cem=0")
	daysAre(t, s, "conversation_minutes_evolution", "ana", "5400 0 0 0 0 0 0")
	daysAre(t, s, "conversation_minutes_evolution", "ben", "0 7200 3600 0 0 0 0")
	daysAre(t, s, "conversation_minutes_evolution", "fay", "0 0 0 0 0 0 3600")
	daysAre(t, s, "conversation_minutes_evolution", "dia", "1200 0 0 0 0 0 0")
}

func TestConnectionIsTheUnionOfSessionsClippedToThePeriod(t *testing.T) {
	t.Parallel()
	x := aWeek
	x.readAt = time.Date(2026, 3, 24, 12, 0, 0, 0, time.UTC)
	seed := old + `
		INSERT INTO agent (agent_id, display_name, role) VALUES ('ana', 'Ana', 'agent'), ('ben', 'Ben', 'agent'), ('cem', 'Cem', 'agent'), ('dia', 'Dia', 'agent'), ('eli', 'Eli', 'agent'), ('robo', 'Robo', 'bot');
		INSERT INTO agent_session (session_id, agent_id, started_at, ended_at, last_activity_at, state) VALUES
		('a1', 'ana', '2026-03-17 08:00', '2026-03-17 10:00', NULL, 'online'),
		('a2', 'ana', '2026-03-17 09:00', '2026-03-17 11:00', NULL, 'online'),   -- a second tab: 08 to 11
		('a3', 'ana', '2026-03-17 09:15', '2026-03-17 09:45', NULL, 'online'),   -- a third, inside
		('a4', 'ana', '2026-03-17 11:00', '2026-03-17 12:00', NULL, 'away'),     -- adjacent
		('b1', 'ben', '2026-03-15 22:00', '2026-03-16 00:00', NULL, 'online'),   -- over the begin: 1 h of it
		('b2', 'ben', '2026-03-17 22:30', '2026-03-17 23:30', NULL, 'online'),   -- over midnight: half an hour each
		('c1', 'cem', '2026-03-22 21:00', NULL, '2026-03-22 21:30', 'online'),   -- open for two hours: until the end
		('d1', 'dia', '2026-03-17 08:00', NULL, '2026-03-17 09:00', 'online'),   -- forgotten: until her last message
		('e1', 'eli', '2026-03-18 08:00', NULL, NULL, 'online'),                 -- forgotten, and nothing else known
		('e2', 'eli', '2026-03-01 08:00', NULL, '2026-03-01 09:00', 'online'),   -- forgotten long before
		('z1', 'robo', '2026-03-17 08:00', '2026-03-17 18:00', NULL, 'online');
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author, agent_id) VALUES
		('1', 'c', 'u', '2026-03-17 10:00', 'out', 'agent', 'dia'), ('2', 'c', 'u', '2026-03-22 23:00', 'out', 'agent', 'dia');`
	s := x.collect(t, "contact_center", seed)
	rowsAre(t, s, "connection_hours", "current", "Ana=14400, Ben=7200, Dia=7200, Cem=7200") // equal: Ben's began on Monday, Dia's on Tuesday, Cem's on Sunday
	daysAre(t, s, "connection_hours_evolution", "ana", "0 14400 0 0 0 0 0")
	daysAre(t, s, "connection_hours_evolution", "ben", "3600 1800 1800 0 0 0 0")
	daysAre(t, s, "connection_hours_evolution", "cem", "0 0 0 0 0 0 7200")
	noteIs(t, s, "open_sessions", "count=2")

	x.ask.ExcludeAway = true
	s = x.collect(t, "contact_center", seed)
	daysAre(t, s, "connection_hours_evolution", "ana", "0 10800 0 0 0 0 0")
}

func TestAnOpenSessionEndsAtTheRead(t *testing.T) {
	t.Parallel()
	x := aWeek
	x.readAt = time.Date(2026, 3, 18, 12, 0, 0, 0, time.UTC)
	s := x.collect(t, "contact_center", old+`
		INSERT INTO agent_session (session_id, agent_id, started_at, ended_at, state) VALUES
		('1', 'ana', '2026-03-17 12:00', NULL, 'online'),   -- for 24 hours: not over
		('2', 'ben', '2026-03-17 11:59:59', NULL, 'online') -- over 24 hours, nothing known`)
	rowsAre(t, s, "connection_hours", "current", "ana=86400")
	noteIs(t, s, "open_sessions", "count=1")
}

func TestConnectionAndChargeOfDaysWithClockChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		reading reading
		want    string
	}{
		{"23 hours in Berlin in March", reading{zone: "Europe/Berlin", from: "2026-03-28", to: "2026-03-31"}, "86400 82800 86400"},
		{"25 hours in Berlin in October", reading{zone: "Europe/Berlin", from: "2026-10-24", to: "2026-10-27"}, "86400 90000 86400"},
		{"24.5 hours on Lord Howe in April", reading{zone: "Australia/Lord_Howe", from: "2026-04-04", to: "2026-04-07"}, "86400 88200 86400"},
		{"23.5 hours on Lord Howe in October", reading{zone: "Australia/Lord_Howe", from: "2026-10-03", to: "2026-10-06"}, "86400 84600 86400"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			// Twelve hours a session, end to end, over more than the period; in charge from before it to its end.
			s := c.reading.collect(t, "contact_center", old+`
				INSERT INTO agent_session (session_id, agent_id, started_at, ended_at, state)
				SELECT n, 'ana', '2026-03-01'::timestamp + n * interval '12 hours', '2026-03-01'::timestamp + (n + 1) * interval '12 hours', 'online' FROM generate_series(0, 600) AS n;
				INSERT INTO assignment (assignment_id, conversation_id, agent_id, kind, offered_at, accepted_at, first_reply_at) VALUES
				('1', 'c', 'ana', 'initial', '2026-03-01', '2026-03-01', '2026-03-01');
				INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author)
				SELECT n, 'c', 'u', '2026-03-01'::timestamp + n * interval '30 minutes' - interval '1 microsecond', 'in', 'user' FROM generate_series(1, 12000) AS n;`)
			daysAre(t, s, "connection_hours_evolution", "ana", c.want)
			daysAre(t, s, "conversation_minutes_evolution", "ana", c.want)
		})
	}
}

func TestSixAgentsHaveACurveAndTheOthersShareOne(t *testing.T) {
	t.Parallel()
	// Agent a1 handles 9 on Tuesday, a2 8 … a8 2; nobody known 1 on Wednesday. The week before a8 handled 3, a1 1.
	s := aWeek.collect(t, "contact_center", old+`
		INSERT INTO agent (agent_id, display_name, role) SELECT 'a' || i, 'Agent ' || i, 'agent' FROM generate_series(1, 8) AS i;
		INSERT INTO assignment (assignment_id, conversation_id, agent_id, kind, offered_at, accepted_at)
		SELECT format('%s-%s', i, n), format('%s-%s', i, n), 'a' || i, 'initial', '2026-03-17 09:00'::timestamptz, '2026-03-17 09:10'::timestamptz FROM generate_series(1, 8) AS i, generate_series(1, 10 - i) AS n
		UNION ALL SELECT 'u', 'u', NULL, 'initial', '2026-03-18 09:00', '2026-03-18 09:10'
		UNION ALL SELECT 'p' || n, 'p' || n, 'a8', 'initial', '2026-03-09 09:00', '2026-03-09 09:10' FROM generate_series(1, 3) AS n
		UNION ALL SELECT 'q', 'q', 'a1', 'initial', '2026-03-09 09:00', '2026-03-09 09:10';`)
	rowsAre(t, s, "conversations_per_agent", "current", "Agent 1=9, Agent 2=8, Agent 3=7, Agent 4=6, Agent 5=5, Agent 6=4, Agent 7=3, Agent 8=2, (unknown)=1")
	rowsAre(t, s, "conversations_per_agent", "previous", "Agent 1=1, Agent 2=0, Agent 3=0, Agent 4=0, Agent 5=0, Agent 6=0, Agent 7=0, Agent 8=3, (unknown)=0")
	c := s.Chart("conversations_evolution")
	if len(c.Series) != 7 || c.Series[6].Role != digest.Other || c.Series[6].Count != 3 || c.Series[0].Key != "a1" || c.Series[0].Label != "Agent 1" {
		t.Fatalf("series %+v, want six agents and the others", c.Series)
	}
	daysAre(t, s, "conversations_evolution", "a1", "0 9 0 0 0 0 0")
	daysAre(t, s, "conversations_evolution", "other", "0 5 1 0 0 0 0")
	daysAre(t, s, "conversations_evolution", "before a1", "1 0 0 0 0 0 0")
	daysAre(t, s, "conversations_evolution", "before other", "3 0 0 0 0 0 0")
}

func TestTeamsHaveATableAndWhatHasNoTeamIsItsLastRow(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "contact_center", old+`
		INSERT INTO team (team_id, name) VALUES ('s', 'Support'), ('b', 'Billing'), ('q', 'Quiet');
		INSERT INTO agent (agent_id, display_name, role, team_id) VALUES ('ana', 'Ana', 'agent', 'b');
		INSERT INTO assignment (assignment_id, conversation_id, agent_id, team_id, kind, offered_at, accepted_at, first_reply_at, ended_at, ended_by) VALUES
		('1', 'c1', 'ana', 's',  'initial',  '2026-03-17 09:00', '2026-03-17 09:10', '2026-03-17 09:10', NULL, NULL),
		('2', 'c2', 'ben', 's',  'transfer', '2026-03-17 09:00', '2026-03-17 09:20', '2026-03-17 09:20', NULL, NULL),
		('3', 'c3', 'ana', NULL, 'initial',  '2026-03-17 09:00', NULL, NULL, '2026-03-17 09:30', 'user'), -- Ana's team
		('4', 'c4', NULL,  NULL, 'queue',    '2026-03-22 09:00', NULL, NULL, NULL, NULL),
		('5', 'c5', 'ana', 's',  'initial',  '2026-03-10 09:00', '2026-03-10 09:05', '2026-03-10 09:05', NULL, NULL);`)
	if len(s.Tables) != 1 || s.Tables[0].Key != "by_team" {
		t.Fatalf("tables %+v", s.Tables)
	}
	spellRows := func(rows [][]digest.Value) (out [][]string) {
		for _, row := range rows {
			var cells []string
			for i, v := range row {
				cells = append(cells, spell(v, s.Tables[0].Columns[i].Unit))
			}
			out = append(out, cells)
		}
		return out
	}
	same := func(what string, got, want [][]string) {
		if len(got) != len(want) {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
		for i := range want {
			for j := range want[i] {
				if got[i][j] != want[i][j] {
					t.Errorf("%s, row %d: %v, want %v", what, i, got[i], want[i])
					break
				}
			}
		}
	}
	same("rows", spellRows(s.Tables[0].Rows), [][]string{
		{"Support", "2", "2", "0", "1", "600"}, {"Billing", "1", "0", "1", "0", "n/a"}, {"Quiet", "0", "0", "0", "0", "n/a"}, {"n/a", "1", "0", "0", "0", "n/a"},
	})
	same("rows before", spellRows(s.Tables[0].Previous), [][]string{
		{"Support", "1", "1", "0", "0", "300"}, {"Billing", "0", "0", "0", "0", "n/a"}, {"Quiet", "0", "0", "0", "0", "n/a"}, {"n/a", "0", "0", "0", "0", "n/a"},
	})
}

func TestAReasonMayBeCalledWhatARoleIsCalled(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "contact_center", old+`
		INSERT INTO episode (conversation_id, seq, opened_at, closed_at, close_reason) VALUES
		('c1', 1, '2026-03-17 09:00', '2026-03-17 10:00', 'unknown'), ('c2', 1, '2026-03-17 09:00', '2026-03-17 10:01', 'unknown'),
		('c3', 1, '2026-03-17 09:00', '2026-03-17 10:00', 'other'), ('c4', 1, '2026-03-17 09:00', '2026-03-17 10:00', NULL),
		('c5', 1, '2026-03-17 09:00', '2026-03-17 10:00', ''),
		('p1', 1, '2026-03-10 09:00', '2026-03-10 10:00', 'other'), ('p2', 1, '2026-03-10 09:00', '2026-03-10 10:00', 'gone'), ('p3', 1, '2026-03-10 09:00', '2026-03-10 10:00', NULL),
		('at from', 1, '2026-03-10 09:00', '2026-03-15 23:00', 'solved'), ('at to', 1, '2026-03-17 09:00', '2026-03-22 23:00', 'solved');`)
	rowsAre(t, s, "closing_reasons", "current", "unknown=2, solved=1, other=1, (unknown)=2")
	rowsAre(t, s, "closing_reasons", "previous", "unknown=0, solved=0, other=1, (unknown)=1")
	noteIs(t, s, "closings", "count=6")
}

func TestWhatAPlatformCannotKnowIsNotAvailableAndSaysWhy(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "contact_center", old+`
		INSERT INTO capability (relation, metric, support, note) VALUES
		('agent_session', '*', 'none', 'no_presence'), ('episode', 'closing_reasons', 'none', 'no_reasons'), ('assignment', 'wait_mean', 'partial', 'some_waits'), ('episode', 'bot_resolved', 'none', 'no_bot');
		INSERT INTO agent_session (session_id, agent_id, started_at, ended_at, state) VALUES ('1', 'ana', '2026-03-17 08:00', '2026-03-17 10:00', 'online');`)
	for key, note := range map[string]string{"connection_hours": "no_presence", "connection_hours_evolution": "no_presence", "closing_reasons": "no_reasons"} {
		stateIs(t, s, key, digest.Unavailable)
		if c := s.Chart(key); c.Footnote != note || len(c.Series) != 0 {
			t.Errorf("%s: footnote %q, series %v", key, c.Footnote, c.Series)
		}
	}
	if f, _ := s.Figure("wait_mean"); f.Footnote != "some_waits" || f.Value.State != digest.Empty {
		t.Errorf("wait_mean: %+v", f)
	}
	noteIs(t, s, "reconciliation", "accepted_from_before=0, agents_sum=0, bot_resolved=unavailable, handled=0, missed=0, total=0, transfers=0, waiting=0")
	if s.Status != digest.Complete {
		t.Errorf("status %s: every query answered", s.Status)
	}
}

func TestNumbersThatContradictEachOtherFailTheSection(t *testing.T) {
	t.Parallel()
	if err := check(identity{"a = b", true, "1, 1"}); err != nil {
		t.Error(err)
	}
	err := check(identity{"a = b", true, "1, 1"}, identity{"the agents' sum = handled", false, "4, 5"})
	if err == nil || err.Error() != "the numbers contradict each other: the agents' sum = handled does not hold (4, 5)" {
		t.Errorf("%v", err)
	}
}
