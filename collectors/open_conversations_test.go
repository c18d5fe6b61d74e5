package collectors

import (
	"testing"
	"time"

	"fortnight/digest"
)

// closing is Monday 16 March 2026 in Berlin, read at its close of business, 17:00 (16:00 UTC): the day is not over.
var closing = reading{zone: "Europe/Berlin", from: "2026-03-16", to: "2026-03-17", readAt: time.Date(2026, 3, 16, 16, 0, 0, 0, time.UTC)}

// openDesk has, at closing:
//
//	c1 open, Ana (a1), high:    Ada wrote 14:00 and 15:00, nobody answered since 14:00: waits 2 h, last word 1 h ago, unread
//	c2 open, Ana (a1):          Ben wrote on the 14th 16:00, Ana answered on the 15th: waits on him; the answer failed
//	c3 pending, nobody:         Cem wrote on the 14th 10:00, a bot answered 10:01, but waiting_since says that he waits: 54 h
//	c4 open, nobody, urgent:    Dan wrote 15:30, no waiting_since: waits 30 min, unread
//	c5 snoozed, Ana:            counted apart
//	c6 closed                   not at all
//	c7 open, Bob (a2):          Ana's campaign of 12:00, no word of Eve's ever: waits on her
//	c8 open, a9 (no longer an agent): what the conversation says of its last message holds, for no message is kept
const openDesk = old + `
INSERT INTO agent (agent_id, display_name, role) VALUES ('a1', 'Ana', 'agent'), ('a2', 'Bob', 'agent'), ('a3', 'Cleo', 'agent');
INSERT INTO end_user (user_id, display_name, address) VALUES ('u1', 'Ada Quist', '+49 30 1'), ('u2', 'Ben Ode', NULL), ('u3', NULL, 'cem@example.org'), ('u4', 'Dan', NULL), ('u7', 'Eve', NULL);
INSERT INTO conversation (conversation_id, user_id, channel, practice, started_at, initiated_by, status, waiting_since, assignee_id, urgency, is_unread, last_message_by, last_message_at, last_user_message_at) VALUES
	('c1', 'u1', 'whatsapp', 'north', '2026-03-16 14:00', 'user',     'open',    '2026-03-16 14:00', 'a1', 2,    true,  NULL, NULL, NULL),
	('c2', 'u2', 'email',    'south', '2026-03-14 16:00', 'user',     'open',    NULL,               'a1', NULL, false, NULL, NULL, NULL),
	('c3', 'u3', 'email',    'north', '2026-03-14 10:00', 'user',     'pending', '2026-03-14 10:00', NULL, NULL, NULL,  NULL, NULL, NULL),
	('c4', 'u4', 'chat',     'north', '2026-03-16 15:30', 'user',     'open',    NULL,               NULL, 3,    true,  NULL, NULL, NULL),
	('c5', 'u1', 'chat',     'north', '2026-03-10 10:00', 'user',     'snoozed', NULL,               'a1', 3,    true,  NULL, NULL, NULL),
	('c6', 'u1', 'chat',     'north', '2026-03-16 10:00', 'user',     'closed',  NULL,               'a1', 3,    true,  NULL, NULL, NULL),
	('c7', 'u7', 'sms',      'south', '2026-03-16 12:00', 'campaign', 'open',    NULL,               'a2', 0,    false, NULL, NULL, NULL),
	('c8', 'gone', 'sms',    NULL,    '2026-03-15 16:00', 'agent',    'open',    NULL,               'a9', 0,    false, 'agent', '2026-03-15 16:10', '2026-03-15 16:00');
INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author, delivery, delivery_error) VALUES
	('1', 'c1', 'u1', '2026-03-16 14:00', 'in', 'user', NULL, NULL), ('2', 'c1', 'u1', '2026-03-16 15:00', 'in', 'user', NULL, NULL), ('3', 'c1', 'u1', '2026-03-16 15:10', 'out', 'system', NULL, NULL),
	('4', 'c2', 'u2', '2026-03-14 16:00', 'in', 'user', NULL, NULL), ('5', 'c2', 'u2', '2026-03-15 09:00', 'out', 'agent', 'failed', 'mailbox full'),
	('6', 'c3', 'u3', '2026-03-14 10:00', 'in', 'user', NULL, NULL), ('7', 'c3', 'u3', '2026-03-14 10:01', 'out', 'bot', 'read', NULL),
	('8', 'c4', 'u4', '2026-03-16 15:30', 'in', 'user', NULL, NULL),
	('9', 'c5', 'u1', '2026-03-10 10:00', 'in', 'user', NULL, NULL),
	('10', 'c7', 'u7', '2026-03-16 12:00', 'out', 'automation', 'delivered', NULL);
`

func TestWhatIsOpenIsAsCountedByHandAtTheInstantOfTheRead(t *testing.T) {
	t.Parallel()
	s := closing.collect(t, digest.OpenConversations, openDesk)
	figuresAre(t, s, map[string]string{
		// c1 c2 c3 c4 c7 c8; there is no previous period of now
		"open": "6 unavailable",
		// c3
		"pending": "1 unavailable",
		// c5
		"snoozed": "1 unavailable",
		// c1 c3 c4
		"waiting_on_us": "3 unavailable",
		// c3, from Saturday 10:00 to Monday 16:00 UTC: 54 h
		"oldest_wait": "194400 unavailable",
		// c3 c4
		"unassigned": "2 unavailable",
		// c4; c5 is snoozed, c6 closed
		"urgent": "1 unavailable",
		// c1 c4
		"unread": "2 unavailable",
	})
	// Urgency first: 3, 2, then the two that are 0 (newest first), then those without (newest first: Sunday 09:00, Saturday 10:01).
	// Ages are since the user's last word: c1 1 h, c2 48 h, c3 54 h, c4 30 min, c7 never, c8 24 h.
	tableIs(t, s, digest.OpenTable,
		"Dan | 1800 | us | n/a | chat | n/a | n/a | 3 | 1 | open | n/a | c4 | n/a | n/a",
		"Ada Quist | 3600 | us | Ana | whatsapp | n/a | n/a | 2 | 1 | open | +49 30 1 | c1 | a1 | n/a",
		"Eve | n/a | user | Bob | sms | delivered | n/a | 0 | 0 | open | n/a | c7 | a2 | n/a",
		"n/a | 86400 | user | a9 | sms | n/a | n/a | 0 | 0 | open | n/a | c8 | a9 | n/a",
		"Ben Ode | 172800 | user | Ana | email | failed | mailbox full | n/a | 0 | open | n/a | c2 | a1 | n/a",
		"n/a | 194400 | us | n/a | email | read | n/a | n/a | n/a | pending | cem@example.org | c3 | n/a | n/a")
	// What nobody has first, then by name.
	tableIs(t, s, digest.OpenByAssignee,
		"n/a | 2 | 2 | 194400 | 1 | 1 | 1 | 0 | n/a",
		"Ana | 2 | 1 | 7200 | 0 | 1 | 0 | 1 | a1",
		"Bob | 1 | 0 | n/a | 0 | 0 | 0 | 0 | a2",
		"a9 | 1 | 0 | n/a | 0 | 0 | 0 | 0 | a9")
	if s.Status != digest.Complete {
		t.Errorf("a picture of now is %s in a day that is not over", s.Status)
	}
	if at, _ := s.Note("open_now"); at.Values["at"].Instant.Format(time.RFC3339) != "2026-03-16T17:00:00+01:00" {
		t.Errorf("%+v", at)
	}
	if _, ok := s.Note("open_capped"); ok {
		t.Error("the list is said to be cut")
	}
}

func TestOpenConversationsAreChosenByInitiatorUnreadUrgencyAssigneeAndPractice(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]digest.Parameters{
		"1 0": {Open: digest.OpenParameters{InitiatedBy: []string{"campaign", "bot"}}}, // c7
		"2 1": {Open: digest.OpenParameters{Unread: true}},                             // c1 c4, and c5
		"1 1": {Open: digest.OpenParameters{Urgency: 3}},                               // c4, and c5
		"3 1": {Open: digest.OpenParameters{Assignees: []string{"a1", "a2"}}},          // c1 c2 c7, and c5
		"2 0": {Practices: []string{"south"}},                                          // c2 c7
	} {
		x := closing
		x.ask.Parameters = p
		s := x.collect(t, digest.OpenConversations, openDesk)
		open, _ := s.Figure("open")
		snoozed, _ := s.Figure("snoozed")
		if got := spell(open.Value, open.Unit) + " " + spell(snoozed.Value, snoozed.Unit); got != want {
			t.Errorf("%+v: %s, want %s", p, got, want)
		}
	}
}

func TestAnAddressInThePlatformIsMadeOfTheSourcesTemplate(t *testing.T) {
	t.Parallel()
	x := closing
	x.ask.Link = "https://desk.example/app/{tenant}/c/{conversation}"
	x.ask.Parameters.Open.Assignees = []string{"o/1"}
	s := x.collect(t, digest.OpenConversations, `INSERT INTO conversation (conversation_id, started_at, status, assignee_id) VALUES ('a b/7', '2026-03-16 12:00', 'open', 'o/1')`)
	tableIs(t, s, digest.OpenTable, "n/a | n/a | n/a | o/1 | n/a | n/a | n/a | n/a | n/a | open | n/a | a b/7 | o/1 | https://desk.example/app/desk/c/a%20b%2F7")
}

func TestALongListIsCutForEachAssigneeAndCountsAllTheSame(t *testing.T) {
	t.Parallel()
	s := closing.collect(t, digest.OpenConversations, `INSERT INTO conversation (conversation_id, started_at, status, assignee_id, last_message_at)
		SELECT 'x' || n, '2026-03-16 12:00', 'open', CASE WHEN n > 5 THEN 'a1' END, '2026-03-16 12:00'::timestamptz + n * interval '1 second' FROM generate_series(1, 255) n`)
	figuresAre(t, s, map[string]string{"open": "255", "unassigned": "5"})
	noteIs(t, s, "open_capped", "listed=105, of_one=100, open=255")
	if rows := s.Tables[0].Rows; len(rows) != 105 || rows[0][11].Text != "x255" {
		t.Errorf("%d rows, the first %v", len(rows), rows[0])
	}
}

func TestADigestThatNamesNoSectionsHasNoPictureOfNow(t *testing.T) {
	t.Parallel()
	source, err := Open(t.Context(), "desk", "native", seeded(t, openDesk), "desk", func() time.Time { return closing.readAt })
	if err != nil {
		t.Fatal(err)
	}
	week, err := digest.NewPeriod(digest.Date{Year: 2026, Month: 3, Day: 9}, digest.Date{Year: 2026, Month: 3, Day: 16}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if snapshot := collected(t, source, digest.Ask{Period: week}); snapshot.Section("activity") == nil || snapshot.Section(digest.OpenConversations) != nil {
		t.Errorf("%v", statuses(snapshot))
	}
}

// Chatwoot's own words: status 0 open, 1 resolved, 2 pending, 3 snoozed; priority 0 low to 3 urgent; messages' status 0 sent to 3 failed.
func TestChatwootsOpenConversationsHaveTheIdOfItsOwnPages(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO users (id, name, confirmed_at) VALUES (11, 'Cleo', '2025-01-01');
		INSERT INTO account_users (user_id, role) VALUES (11, 0);
		UPDATE inboxes SET channel_type = 'Channel::Email' WHERE id = 1;
		UPDATE contacts SET email = lower(name) || '@example.org';
		UPDATE contacts SET name = '' WHERE id = 2;
		INSERT INTO conversations (id, account_id, display_id, inbox_id, contact_id, status, assignee_id, priority, waiting_since, agent_last_seen_at, created_at) VALUES
			(501, 1, 7, 1, 1, 0, 11, 3, '2026-03-16 14:00', '2026-03-16 14:30', '2026-03-16 14:00'),
			(502, 1, 8, 1, 2, 2, NULL, NULL, NULL, '2026-03-16 15:00', '2026-03-16 13:00'),
			(503, 1, 9, 1, 2, 3, 11, 0, NULL, NULL, '2026-03-16 13:00'),
			(504, 1, 10, 1, 2, 1, 11, 0, NULL, NULL, '2026-03-16 13:00'),
			(505, 2, 1, 1, 1, 0, 11, 3, NULL, NULL, '2026-03-16 13:00');
		SELECT asks(501, '16 14:00'), asks(501, '16 15:00'), replies(501, '16 15:05', 11), asks(502, '16 13:00'), says(502, '16 14:00', 'User', '{"external_error":"550 no such user"}');
		UPDATE messages SET private = true WHERE conversation_id = 501 AND message_type = 1;
		UPDATE messages SET status = 3 WHERE conversation_id = 502 AND message_type = 1;`)
	day, err := digest.NewPeriod(digest.Date{Year: 2026, Month: 3, Day: 16}, digest.Date{Year: 2026, Month: 3, Day: 17}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	s.now = func() time.Time { return closing.readAt }
	snapshot := collected(t, s, digest.Ask{Period: day, Sections: []string{digest.OpenConversations}, Link: "https://chat.example/app/accounts/{tenant}/conversations/{conversation}"})
	section := snapshot.Section(digest.OpenConversations)
	if section == nil || section.Status == digest.Broken {
		t.Fatalf("%+v", section)
	}
	// 501: the user's last word 15:00, seen 14:30; 502: answered at 14:00, which failed; 503 is snoozed, 504 resolved, 505 another account's.
	tableIs(t, section, digest.OpenTable,
		"Dora | 3600 | us | Cleo | email | n/a | n/a | 3 | 1 | open | dora@example.org | 501 | 11 | https://chat.example/app/accounts/1/conversations/7",
		"n/a | 10800 | user | n/a | email | failed | 550 no such user | n/a | 0 | pending | emil@example.org | 502 | n/a | https://chat.example/app/accounts/1/conversations/8")
	// 501 waits since 14:00, two hours.
	figuresAre(t, section, map[string]string{"open": "2", "pending": "1", "snoozed": "1", "waiting_on_us": "1", "oldest_wait": "7200", "unassigned": "1", "urgent": "1", "unread": "1"})
}
