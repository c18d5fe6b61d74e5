package collectors

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// support is a real support desk's traffic in Chatwoot's schema (testdata/README.md).
const support = "testdata/chatwoot/support-2018-2020.sql"

// aDesk is account 1 with inbox 1, agents 1 Ana and 2 Ben, and another account 2. Rows need only say what a test is about.
const aDesk = `
SET TimeZone = 'UTC';
DO $$
DECLARE c record;
BEGIN
    FOR c IN SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name IN ('created_at', 'updated_at', 'account_id', 'inbox_id') LOOP
        EXECUTE format('ALTER TABLE %I ALTER %I SET DEFAULT %L', c.table_name, c.column_name,
            CASE WHEN c.column_name IN ('created_at', 'updated_at') THEN '2026-01-01' ELSE '1' END);
    END LOOP;
    ALTER TABLE conversations ALTER display_id SET DEFAULT 0, ALTER status SET DEFAULT 1;
    ALTER TABLE inboxes ALTER channel_id SET DEFAULT 1;
    ALTER TABLE campaigns ALTER display_id SET DEFAULT 0;
    ALTER TABLE conversations ALTER contact_id SET DEFAULT 1;
END $$;
INSERT INTO accounts (id, name) VALUES (1, 'Support desk'), (2, 'Sales');
INSERT INTO inboxes (id, name, channel_type) VALUES (1, 'Website', 'Channel::WebWidget');
INSERT INTO users (id, name, confirmed_at) VALUES (1, 'Ana', '2025-01-01'), (2, 'Ben', '2025-01-01');
INSERT INTO account_users (user_id, role) VALUES (1, 0), (2, 1);
INSERT INTO contacts (id, name) VALUES (1, 'Dora'), (2, 'Emil');

-- The rows of a test, in words: t is day and time of March 2026.
CREATE FUNCTION at(t text) RETURNS timestamp LANGUAGE sql AS $$ SELECT ('2026-03-' || t)::timestamp $$;
CREATE FUNCTION asks(c int, t text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO messages (conversation_id, message_type, sender_type, sender_id, created_at) VALUES (c, 0, 'Contact', 1, at(t)) $$;
CREATE FUNCTION replies(c int, t text, who int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO messages (conversation_id, message_type, sender_type, sender_id, created_at) VALUES (c, 1, 'User', who, at(t)) $$;
CREATE FUNCTION says(c int, t text, kind text, attributes json DEFAULT '{}', more jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
    INSERT INTO messages (conversation_id, message_type, sender_type, sender_id, created_at, content_attributes, additional_attributes)
    VALUES (c, 1, kind, CASE WHEN kind IS NOT NULL THEN 1 END, at(t), to_json(attributes::text), more) $$; -- JSON encoded twice, as Chatwoot does
CREATE FUNCTION happens(c int, t text, what text, who int DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    INSERT INTO reporting_events (conversation_id, name, user_id, event_end_time, created_at) VALUES (c, what, who, at(t), at(t) + interval '3 s') $$;
CREATE FUNCTION resolved(c int, t text, who int DEFAULT NULL) RETURNS void LANGUAGE sql AS $$ SELECT happens(c, t, 'conversation_resolved', who) $$;
`

// chatwootSchema is the part of the support desk's file that makes the tables.
func chatwootSchema(t testing.TB) string {
	t.Helper()
	file, err := os.ReadFile(support)
	if err != nil {
		t.Fatal(err)
	}
	schema, _, found := strings.Cut(string(file), "\nCOPY ")
	if !found {
		t.Fatalf("%s holds no rows", support)
	}
	return schema
}

// desk opens a Chatwoot database with a test's rows in it.
func desk(t *testing.T, rows string) *Source {
	t.Helper()
	dsn := pgtest.New(t, chatwootSchema(t), aDesk)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	return opened(t, "chatwoot", dsn, "1")
}

// readAt is when tests read: long after the periods they ask for.
var readAt = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

func opened(t testing.TB, platform, dsn, tenant string) *Source {
	t.Helper()
	s, err := Open(t.Context(), "desk", platform, dsn, tenant, func() time.Time { return readAt })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// march is Monday 16 to Sunday 22 March 2026 in UTC.
var march = days(time.UTC, "2026-03-16", "2026-03-23")

func days(zone *time.Location, from, to string) digest.Period {
	f, err := digest.ParseDate(from)
	if err != nil {
		panic(err)
	}
	t, err := digest.ParseDate(to)
	if err != nil {
		panic(err)
	}
	p, err := digest.NewPeriod(f, t, zone)
	if err != nil {
		panic(err)
	}
	return p
}

// ask runs a query of one text column against the relations as of the period and gives its rows.
func ask(t *testing.T, s *Source, p digest.Period, sql string) []string {
	t.Helper()
	return askAt(t, s, p, readAt.Format(time.RFC3339), sql)
}

// askAt is ask at another instant of the read.
func askAt(t *testing.T, s *Source, p digest.Period, now, sql string) []string {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, now)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := s.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	rows, err := conn.Query(t.Context(), s.platform.inline(sql, s.missing), withIDs(t, s, conn, arguments(s.tenant, digest.Ask{}, p, p.Days(), instant)))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// withIDs adds what the platform is asked for once a period.
func withIDs(t *testing.T, s *Source, conn *pgx.Conn, args pgx.NamedArgs) pgx.NamedArgs {
	t.Helper()
	all := "@" + strings.Join(sortedKeys(s.platform.ids), " @")
	err := s.platform.addIDs(args, all, s.missing, func(_, question string) ([]string, error) {
		rows, err := conn.Query(t.Context(), question, pgx.QueryExecModeExec, args)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, pgx.RowTo[string])
	})
	if err != nil {
		t.Fatal(err)
	}
	return args
}

func linesAre(t testing.TB, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// assignments are those of March's week, one a line: conversation, kind, agent, offered, accepted, first reply, end. Instants are day and
// time, - is null, ? an agent not known.
func assignments(t *testing.T, s *Source) []string {
	t.Helper()
	const instant = "DD HH24:MI"
	return ask(t, s, march, `SELECT concat_ws(' ', conversation_id, kind,
		coalesce(CASE agent_id WHEN '1' THEN 'Ana' WHEN '2' THEN 'Ben' ELSE agent_id END, '?') || ':',
		'offered', coalesce(to_char(offered_at AT TIME ZONE 'UTC', '`+instant+`'), '-') || ',',
		'accepted', coalesce(to_char(accepted_at AT TIME ZONE 'UTC', '`+instant+`'), '-') || ',',
		'replied', coalesce(to_char(first_reply_at AT TIME ZONE 'UTC', '`+instant+`'), '-') || ',',
		coalesce(end_reason || ' by ' || ended_by || ' ' || to_char(ended_at AT TIME ZONE 'UTC', '`+instant+`'), 'open'))
		FROM assignment ORDER BY conversation_id, offered_at, seq`)
}

// episodes are those of March's week, one a line: conversation, number, opening, and the end with who and why.
func episodes(t *testing.T, s *Source) []string {
	t.Helper()
	return ask(t, s, march, `SELECT concat_ws(' ', conversation_id, seq, 'opened', to_char(opened_at AT TIME ZONE 'UTC', 'DD HH24:MI') || ',',
		coalesce('closed ' || to_char(closed_at AT TIME ZONE 'UTC', 'DD HH24:MI') || ' by ' || closed_by || ': ' || close_reason, 'open'))
		FROM episode ORDER BY conversation_id, seq`)
}

func TestAnAssignmentIsOfferedAtTheHandOffAndEndsWithItsEpisode(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO conversations (id, created_at) VALUES (1, at('16 09:00')), (2, at('16 09:00'));
		SELECT asks(1, '16 09:00'), says(1, '16 09:01', 'AgentBot'), happens(1, '16 09:10', 'conversation_bot_handoff'),
			replies(1, '16 09:25', 1), asks(1, '16 09:30'), replies(1, '16 09:40', 1), resolved(1, '16 10:00', 1);
		-- Ana steps in before the bot hands over: the offer is not later than the reply to it.
		SELECT asks(2, '16 09:00'), replies(2, '16 09:05', 1), happens(2, '16 09:10', 'conversation_bot_handoff'), resolved(2, '16 10:00', 1);`)
	linesAre(t, assignments(t, s),
		"1 initial Ana: offered 16 09:10, accepted 16 09:25, replied 16 09:25, closed by agent 16 10:00",
		"2 initial Ana: offered 16 09:05, accepted 16 09:05, replied 16 09:05, closed by agent 16 10:00")
	linesAre(t, episodes(t, s),
		"1 1 opened 16 09:00, closed 16 10:00 by agent: resolved_while_assigned",
		"2 1 opened 16 09:00, closed 16 10:00 by agent: resolved_while_assigned")
}

func TestAnaThenBenThenAnaAgainAreThreeAssignments(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO conversations (id, created_at) VALUES (1, at('16 09:00'));
		SELECT asks(1, '16 09:00'), replies(1, '16 10:00', 1), replies(1, '16 10:05', 1), replies(1, '16 10:10', 2), asks(1, '16 10:12'),
			replies(1, '16 10:20', 1), replies(1, '16 10:30', 1), resolved(1, '16 11:00', 1);`)
	linesAre(t, assignments(t, s),
		"1 initial Ana: offered 16 09:00, accepted 16 10:00, replied 16 10:00, transferred by agent 16 10:10",
		"1 transfer Ben: offered 16 10:10, accepted 16 10:10, replied 16 10:10, transferred by agent 16 10:20",
		"1 transfer Ana: offered 16 10:20, accepted 16 10:20, replied 16 10:20, closed by agent 16 11:00")
}

func TestWithoutAReplyItDependsOnWhoClosed(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO conversations (id, created_at, status, assignee_id) VALUES
			(1, at('16 09:00'), 1, 1), (2, at('16 09:00'), 1, 1), (3, at('16 09:00'), 0, 2), (4, at('16 09:00'), 0, NULL), (5, at('16 09:00'), 1, NULL);
		SELECT asks(1, '16 09:00'), resolved(1, '16 10:00', 1);  -- closed by Ana: accepted then
		SELECT asks(2, '16 09:00'), resolved(2, '16 10:00');     -- closed by itself: nobody took it
		SELECT asks(3, '16 09:00');                              -- open, with Ben
		SELECT asks(4, '16 09:00');                              -- open, with nobody
		SELECT asks(5, '16 09:00'), says(5, '16 09:01', 'AgentBot'), resolved(5, '16 10:00'), happens(5, '16 10:00', 'conversation_bot_resolved');`)
	linesAre(t, assignments(t, s),
		"1 initial Ana: offered 16 09:00, accepted 16 10:00, replied -, closed by agent 16 10:00",
		"2 queue ?: offered 16 09:00, accepted -, replied -, closed by system 16 10:00",
		"3 queue Ben: offered 16 09:00, accepted -, replied -, open",
		"4 queue ?: offered 16 09:00, accepted -, replied -, open")
	linesAre(t, episodes(t, s),
		"1 1 opened 16 09:00, closed 16 10:00 by agent: resolved_while_assigned",
		"2 1 opened 16 09:00, closed 16 10:00 by system: resolved_unassigned",
		"3 1 opened 16 09:00, open",
		"4 1 opened 16 09:00, open",
		"5 1 opened 16 09:00, closed 16 10:00 by bot: resolved_by_bot")
}

func TestOnlyWhatAPersonWroteToTheUserIsAReply(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO conversations (id, created_at, status) VALUES (1, at('16 09:00'), 0), (2, at('16 09:00'), 0), (3, at('16 09:00'), 0);
		SELECT says(1, '16 09:01', 'User', '{"automation_rule_id": 7}'), says(1, '16 09:02', 'User', '{}', '{"campaign_id": 3}'),
			says(1, '16 09:03', 'AgentBot'), says(1, '16 09:04', 'Captain::Assistant'), says(1, '16 09:05', NULL);
		INSERT INTO messages (conversation_id, message_type, private, sender_type, sender_id, created_at) VALUES
			(1, 1, true, 'User', 1, at('16 09:06')),  -- a private note
			(1, 2, false, 'User', 1, at('16 09:07')), -- "assigned to Ana"
			(1, 3, false, NULL, NULL, at('16 09:08')); -- the greeting
		-- An echo from the channel's own app is a person's message, but does not say whose: nobody's assignment.
		SELECT says(2, '16 09:01', NULL, '{"external_echo": true}');
		SELECT says(3, '16 09:01', NULL, '{"external_echo": true}'), replies(3, '16 09:10', 1), says(3, '16 09:20', NULL, '{"external_echo": true}'),
			replies(3, '16 09:30', 1), replies(3, '16 09:40', 2), says(3, '16 09:50', NULL, '{"external_echo": true}');`)
	linesAre(t, assignments(t, s),
		"1 queue ?: offered 16 09:00, accepted -, replied -, open",
		"2 queue ?: offered 16 09:00, accepted -, replied -, open",
		"3 initial Ana: offered 16 09:00, accepted 16 09:10, replied 16 09:10, transferred by agent 16 09:40",
		"3 transfer Ben: offered 16 09:40, accepted 16 09:40, replied 16 09:40, open")
	linesAre(t, ask(t, s, march, `SELECT to_char(sent_at AT TIME ZONE 'UTC', 'HH24:MI ') || author || ' ' || direction || ' ' || coalesce(agent_id, '-')
		FROM message WHERE conversation_id = '1' ORDER BY sent_at`),
		"09:01 automation out 1", "09:02 automation out 1", "09:03 bot out -", "09:04 bot out -", "09:05 automation out -", "09:08 automation out -")
	linesAre(t, ask(t, s, march, `SELECT author FROM message WHERE conversation_id = '2'`), "agent")
}

func TestWhateverContentAttributesHoldTheyAreRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, attributes, author string }{
		{"none", `NULL`, "agent"},
		{"an empty object", `'{}'`, "agent"},
		{"an empty object encoded twice", `'"{}"'`, "agent"},
		{"JSON's null", `'null'`, "agent"},
		{"a list", `'["automation_rule_id"]'`, "agent"},
		{"a number in a string", `'"7"'`, "agent"},
		{"words in a string", `'"see automation_rule_id: 7"'`, "agent"},
		{"half an object in a string", `'"{\"automation_rule_id\""'`, "agent"},
		{"a rule", `'{"items": [], "automation_rule_id": 7}'`, "automation"},
		{"a rule encoded twice", `'"{\"items\":[],\"automation_rule_id\":7}"'`, "automation"},
		{"a rule's number as text", `'"{\"automation_rule_id\": \"7\"}"'`, "automation"},
		{"no rule", `'{"automation_rule_id": null}'`, "agent"},
		{"no rule encoded twice", `'"{\"automation_rule_id\":null}"'`, "agent"},
		{"an empty rule", `'"{\"automation_rule_id\":\"\"}"'`, "agent"},
		{"a mail that quotes one", `'"{\"email\":{\"text\":\"{\\\"automation_rule_id\\\":7}\"}}"'`, "agent"},
		{"an echo that an agent wrote", `'{"external_echo": true}'`, "agent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := desk(t, `
				INSERT INTO conversations (id, created_at, status) VALUES (1, at('16 09:00'), 0);
				INSERT INTO messages (conversation_id, message_type, sender_type, sender_id, created_at, content_attributes) VALUES
					(1, 1, 'User', 1, at('16 09:10'), `+c.attributes+`);`)
			linesAre(t, ask(t, s, march, "SELECT author FROM message"), c.author)
			want, initiator := "1 initial Ana: offered 16 09:00, accepted 16 09:10, replied 16 09:10, open", "agent"
			if c.author != "agent" {
				want, initiator = "1 queue ?: offered 16 09:00, accepted -, replied -, open", "unknown"
			}
			linesAre(t, assignments(t, s), want)
			linesAre(t, ask(t, s, march, "SELECT initiated_by FROM conversation"), initiator)
		})
	}
}

func TestAReopenedConversationStartsANewInitialAssignment(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO conversations (id, created_at, status) SELECT id, at('16 09:00'), 1 FROM generate_series(1, 4) id;
		-- With an event for the reopening; Ana's reply between closing and opening belongs to neither episode.
		SELECT replies(1, '16 09:30', 1), resolved(1, '16 10:00', 1), replies(1, '16 10:30', 1), happens(1, '17 09:00', 'conversation_opened'),
			asks(1, '17 09:00'), replies(1, '17 09:20', 2), resolved(1, '17 10:00', 2);
		-- Without one: the first inbound message. A reply at the very end belongs to the episode that ends.
		SELECT replies(2, '16 10:00', 1), resolved(2, '16 10:00', 1), asks(2, '17 11:00'), replies(2, '17 11:05', 1), resolved(2, '17 12:00', 1);
		-- Without either: the previous end.
		SELECT replies(3, '16 09:30', 1), resolved(3, '16 10:00', 1), replies(3, '17 11:05', 1), resolved(3, '17 12:00', 1);
		-- Handed over by the bot in the second episode only.
		SELECT replies(4, '16 09:30', 1), resolved(4, '16 10:00', 1), asks(4, '17 09:00'), happens(4, '17 09:10', 'conversation_bot_handoff'),
			replies(4, '17 09:15', 1), resolved(4, '17 10:00', 1);`)
	linesAre(t, assignments(t, s),
		"1 initial Ana: offered 16 09:00, accepted 16 09:30, replied 16 09:30, closed by agent 16 10:00",
		"1 initial Ben: offered 17 09:00, accepted 17 09:20, replied 17 09:20, closed by agent 17 10:00",
		"2 initial Ana: offered 16 09:00, accepted 16 10:00, replied 16 10:00, closed by agent 16 10:00",
		"2 initial Ana: offered 17 11:00, accepted 17 11:05, replied 17 11:05, closed by agent 17 12:00",
		"3 initial Ana: offered 16 09:00, accepted 16 09:30, replied 16 09:30, closed by agent 16 10:00",
		"3 initial Ana: offered 16 10:00, accepted 17 11:05, replied 17 11:05, closed by agent 17 12:00",
		"4 initial Ana: offered 16 09:00, accepted 16 09:30, replied 16 09:30, closed by agent 16 10:00",
		"4 initial Ana: offered 17 09:10, accepted 17 09:15, replied 17 09:15, closed by agent 17 10:00")
	linesAre(t, episodes(t, s)[:2],
		"1 1 opened 16 09:00, closed 16 10:00 by agent: resolved_while_assigned",
		"1 2 opened 17 09:00, closed 17 10:00 by agent: resolved_while_assigned")
}

func TestWhatHappensAtThePeriodsEndOrLaterHasNotHappenedYet(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO conversations (id, created_at, status, assignee_id) VALUES
			(1, at('22 09:00'), 1, 1), (2, at('22 09:00'), 1, 1), (3, at('22 09:00'), 1, 1), (4, at('22 09:00'), 1, 1), (5, at('22 09:00'), 0, 1), (6, at('23 00:00'), 1, 1);
		SELECT asks(1, '22 09:00'), replies(1, '22 23:59:59', 1), resolved(1, '23 00:00', 1);              -- still open
		SELECT asks(2, '22 09:00'), replies(2, '23 00:00', 1), resolved(2, '23 09:00', 1);                 -- still waiting
		SELECT asks(3, '22 09:00'), replies(3, '22 10:00', 1), replies(3, '23 08:00', 2), resolved(3, '23 09:00', 2); -- still with Ana
		SELECT asks(4, '22 09:00'), happens(4, '23 09:00', 'conversation_bot_handoff'), resolved(4, '23 10:00', 1);   -- not handed over
		SELECT replies(5, '22 10:00', 1), resolved(5, '22 11:00', 1), happens(5, '23 09:00', 'conversation_opened'), asks(5, '23 09:00'); -- not reopened
		SELECT asks(6, '23 00:00'), replies(6, '23 00:01', 1), resolved(6, '23 10:00', 1);`)
	linesAre(t, assignments(t, s),
		"1 initial Ana: offered 22 09:00, accepted 22 23:59, replied 22 23:59, open",
		"2 queue Ana: offered 22 09:00, accepted -, replied -, open",
		"3 initial Ana: offered 22 09:00, accepted 22 10:00, replied 22 10:00, open",
		"4 queue Ana: offered 22 09:00, accepted -, replied -, open",
		"5 initial Ana: offered 22 09:00, accepted 22 10:00, replied 22 10:00, closed by agent 22 11:00")
	linesAre(t, episodes(t, s),
		"1 1 opened 22 09:00, open", "2 1 opened 22 09:00, open", "3 1 opened 22 09:00, open", "4 1 opened 22 09:00, open",
		"5 1 opened 22 09:00, closed 22 11:00 by agent: resolved_while_assigned")
}

func TestAConversationFromBeforeThePeriodIsThereWhenSomethingHappensInIt(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO conversations (id, created_at, status) VALUES (1, at('10 09:00'), 0), (2, at('10 09:00'), 1), (3, at('10 09:00'), 0), (4, at('16 00:00'), 0);
		SELECT asks(1, '10 09:00'), replies(1, '16 09:00', 1);                            -- accepted in the period
		SELECT asks(2, '10 09:00'), replies(2, '10 10:00', 1), resolved(2, '17 09:00');   -- ended in it, by itself
		SELECT asks(3, '10 09:00'), replies(3, '10 10:00', 1);                            -- nothing in it
		-- conversation 4 begins in it without a message`)
	linesAre(t, assignments(t, s),
		"1 initial Ana: offered 10 09:00, accepted 16 09:00, replied 16 09:00, open",
		"2 initial Ana: offered 10 09:00, accepted 10 10:00, replied 10 10:00, closed by system 17 09:00",
		"4 queue ?: offered 16 00:00, accepted -, replied -, open")
	linesAre(t, ask(t, s, march, `SELECT conversation_id || ' ' || initiated_by || ' ' || entry_point FROM conversation ORDER BY 1`),
		"1 user Website", "2 user Website", "4 unknown Website")
}

func TestAUserIsFirstSeenAtTheFirstInboundMessageEver(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO contacts (id, name) VALUES (3, 'Fay'), (4, 'Gil');
		INSERT INTO conversations (id, contact_id, created_at) VALUES
			(1, 1, at('01 09:00')), (2, 1, at('16 09:00')), (3, 2, at('15 09:00')), (4, 3, at('16 09:00')), (5, 4, at('17 09:00'));
		SELECT asks(1, '01 09:00'), asks(2, '16 09:00');     -- Dora wrote before, in another conversation
		SELECT replies(3, '15 09:00', 1), asks(3, '18 09:00'); -- Emil was written to before, and writes now
		SELECT replies(4, '16 09:00', 1);                    -- Fay was only written to
		SELECT asks(5, '17 09:00'), asks(5, '24 09:00');     -- Gil`)
	linesAre(t, ask(t, s, march, `SELECT display_name || ' ' || to_char(first_seen_at AT TIME ZONE 'UTC', 'DD HH24:MI') FROM end_user ORDER BY 1`),
		"Dora 01 09:00", "Emil 18 09:00", "Gil 17 09:00")
}

func TestLabelsStandInForIntentsAndAttributesForReasons(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO campaigns (id, title, inbox_id) VALUES (9, 'Spring sale', 1);
		INSERT INTO conversations (id, created_at, custom_attributes, additional_attributes, campaign_id) VALUES
			(1, at('16 09:00'), '{"close_reason": "sale"}', '{"browser_language": "pt_BR", "conversation_language": "es", "referer": "https://shop.example/help?id=7#top"}', NULL),
			(2, at('16 09:00'), '{"close_reason": ""}', '{"browser_language": "pt_BR"}', 9);
		SELECT asks(1, '16 09:00'), resolved(1, '16 10:00', 1), asks(2, '16 09:00'), resolved(2, '16 10:00');
		INSERT INTO tags (id, name) VALUES (1, 'refund'), (2, 'delivery');
		INSERT INTO taggings (tag_id, taggable_type, taggable_id, context, created_at) VALUES
			(1, 'Conversation', 1, 'labels', at('16 09:30')), (2, 'Conversation', 1, 'labels', at('23 00:00')), (2, 'Contact', 1, 'labels', at('16 09:30'));`)
	linesAre(t, ask(t, s, march, `SELECT conversation_id || ' ' || intent || ' ' || source FROM intent_hit`), "1 refund label")
	linesAre(t, ask(t, s, march, `SELECT close_reason FROM episode ORDER BY conversation_id`), "sale", "resolved_unassigned")
	linesAre(t, ask(t, s, march, `SELECT language FROM message ORDER BY conversation_id`), "es", "pt_BR")
	linesAre(t, ask(t, s, march, `SELECT entry_point || ' ' || initiated_by || ' ' || channel FROM conversation ORDER BY conversation_id`),
		"shop.example/help user chat", "Spring sale campaign chat")
}

func TestAnotherAccountsRowsAreNeverSeen(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO users (id, name) VALUES (3, 'Sales Sam'), (4, 'Former Finn');
		INSERT INTO account_users (account_id, user_id) VALUES (2, 3);
		INSERT INTO contacts (id, name, account_id) VALUES (3, 'Hal', 2);
		INSERT INTO conversations (id, account_id, contact_id, created_at) VALUES (1, 1, 1, at('16 09:00')), (2, 2, 3, at('16 09:00'));
		INSERT INTO messages (account_id, conversation_id, message_type, sender_type, sender_id, created_at) VALUES
			(1, 1, 1, 'User', 4, at('16 09:30')), (2, 2, 0, 'Contact', 3, at('16 09:00')), (2, 2, 1, 'User', 3, at('16 09:30'));
		INSERT INTO reporting_events (conversation_id, name, event_end_time, created_at) VALUES (NULL, 'conversation_resolved', at('16 10:00'), at('16 10:00'));
		INSERT INTO reporting_events (account_id, conversation_id, name, user_id, event_end_time, created_at) VALUES
			(2, 2, 'conversation_resolved', 3, at('16 10:00'), at('16 10:00'));
		INSERT INTO tags (id, name) VALUES (1, 'refund');
		INSERT INTO taggings (tag_id, taggable_type, taggable_id, context, created_at) VALUES (1, 'Conversation', 2, 'labels', at('16 09:30'));`)
	for relation, key := range map[string]string{
		"message": "conversation_id", "message_history": "conversation_id", "conversation": "conversation_id", "episode": "conversation_id",
		"assignment": "conversation_id", "intent_hit": "conversation_id", "end_user": "user_id", "tenant": "name",
	} {
		got := strings.Join(ask(t, s, march, "SELECT DISTINCT "+key+" FROM "+relation+" ORDER BY 1"), " ")
		want := map[string]string{"message": "1", "conversation": "1", "tenant": "Support desk"}[relation] // conversation 1 has no event and no question
		if got != want {
			t.Errorf("%s: got %q, want %q", relation, got, want)
		}
	}
	linesAre(t, ask(t, s, march, "SELECT display_name || ' ' || role || ' ' || is_active FROM agent ORDER BY 1"),
		"Ana agent true", "Ben admin true", "Former Finn agent false")
}

func TestTeamsAreThereWhereTheDatabaseHasThem(t *testing.T) {
	t.Parallel()
	dsn := pgtest.New(t, chatwootSchema(t), aDesk, `
		CREATE TABLE teams (id bigserial PRIMARY KEY, name varchar NOT NULL, account_id bigint NOT NULL);
		INSERT INTO teams VALUES (5, 'Returns', 1), (6, 'Field sales', 2);`)
	s := opened(t, "chatwoot", dsn, "1")
	linesAre(t, ask(t, s, march, "SELECT team_id || ' ' || name FROM team"), "5 Returns")
	without := desk(t, "")
	linesAre(t, ask(t, without, march, "SELECT team_id FROM team"))
	snapshot, err := without.Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	linesAre(t, snapshot.Optional, "campaign_recipients", "teams")
}
