package collectors

import (
	"os"
	"strings"
	"testing"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// whatomateDesk is organization 1 of testdata/whatomate/desk.sql.
const whatomateDesk = "00000000-0000-0000-0000-000000000001"

// scripts reads files of SQL.
func scripts(t testing.TB, names ...string) (texts []string) {
	t.Helper()
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

// whatomate opens a Whatomate database with a test's rows in it.
func whatomate(t *testing.T, rows string) *Source {
	t.Helper()
	dsn := pgtest.New(t, append(scripts(t, "testdata/whatomate/schema.sql", "testdata/whatomate/desk.sql"), rows)...)
	return opened(t, "whatomate", asReader(t, dsn), whatomateDesk)
}

func whatomateWeek(t *testing.T) *Source {
	t.Helper()
	return whatomate(t, scripts(t, "testdata/whatomate/week.sql")[0])
}

// sectionOf reads one section of a week, and fails unless all its queries were answered.
func sectionOf(t *testing.T, s *Source, key string) *digest.Section {
	t.Helper()
	snapshot := collected(t, s, digest.Ask{Sections: []string{key}})
	x := snapshot.Section(key)
	if x == nil {
		t.Fatalf("section %s is left out", key)
	}
	if x.Status != digest.Complete {
		t.Fatalf("section %s is %s: %s", key, x.Status, x.Reason)
	}
	return x
}

func TestWhatomateActivityIsThatCountedByHand(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, whatomateWeek(t), "activity")
	figuresAre(t, s, map[string]string{
		"new_users": "5 2", "active_users": "6 2", "total_messages": "27 4", "conversations_total": "9 2", "messages_per_conversation_mean": "3 2",
		"peak_volume": "2 2", "peak_time": "2026-03-16T09:00:00Z",
	})
	daysAre(t, s, "incoming_messages", "current", "2 2 5 1 1 0 1")
	daysAre(t, s, "conversations", "current", "2 2 2 2 1 0 1")
	daysAre(t, s, "messages_per_conversation", "current", "3 2 4.5 2 2 - 2")
	daysAre(t, s, "max_messages_per_minute", "current", "2 2 2 2 1 0 2")
	noteIs(t, s, "peak_tied", "count=9")
}

func TestWhatomateChatbotIsThatCountedByHand(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, whatomateWeek(t), "chatbot")
	figuresAre(t, s, map[string]string{
		"bot_conversations": "4 1", "bot_resolved": "3 1", "bot_resolution_rate": "75 100", "fallback_rate": "unavailable unavailable",
	})
	rowsAre(t, s, "intents", "current", "Returns=3")
	noteIs(t, s, "intents_source", "hits=3, source=keyword")
	stateIs(t, s, "languages", digest.Unavailable)
	var entries []string
	for _, n := range s.Chart("start_flows").Nodes {
		if n.Column == 0 {
			entries = append(entries, n.Label+" "+string(n.Role)+" "+spellNumber(n.Value))
		}
	}
	linesAre(t, entries, "Returns  3", "Spring  2", "unknown unknown 4")
}

func TestWhatomateContactCenterIsThatCountedByHand(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, whatomateWeek(t), "contact_center")
	figuresAre(t, s, map[string]string{
		"total_conversations": "5 1", "handled": "3 1", "missed": "1 0", "waiting": "1 0", "transfers": "1 0", "accepted_from_before": "0 0",
		"total_messages": "5 1", "unique_users": "4 1",
		"wait_mean": "300 600", "wait_median": "300 600", "conversation_time_mean": "76280 n/a", "conversation_time_median": "1740 n/a",
	})
	daysAre(t, s, "handled_vs_missed", "handled", "1 0 0 1 1 0 0")
	daysAre(t, s, "handled_vs_missed", "missed", "0 0 1 0 0 0 0")
	daysAre(t, s, "handled_vs_missed", "waiting", "0 0 0 0 0 0 1")
	rowsAre(t, s, "conversations_per_agent", "current", "Ana=2, Ben=1")
	rowsAre(t, s, "closing_reasons", "current", "silence=4, returned_to_bot=3, auto_closed=1")
	noteIs(t, s, "closings", "count=8")
	rowsAre(t, s, "conversation_minutes", "current", "Ana=420, Ben=60")
	rowsAre(t, s, "connection_hours", "current", "Ana=28800, Ben=14400") // available: 4 + 4 h; 4 h until the week ends
	noteIs(t, s, "reconciliation", "accepted_from_before=0, agents_sum=3, bot_resolved=3, handled=3, missed=1, total=5, transfers=1, waiting=1")
	if len(s.Tables) != 1 || len(s.Tables[0].Rows) != 2 {
		t.Fatalf("tables: %+v, want by_team with a row for Returns and one for no team", s.Tables)
	}
	var cells []string
	for _, row := range s.Tables[0].Rows {
		var values []string
		for i, v := range row {
			values = append(values, spell(v, s.Tables[0].Columns[i].Unit))
		}
		cells = append(cells, strings.Join(values, " "))
	}
	linesAre(t, cells, "Returns 2 2 0 1 300", "n/a 3 1 1 0 n/a")
}

func TestWhatomateConversationsEndAfterADaysSilenceOrWithTheHandOver(t *testing.T) {
	t.Parallel()
	s := whatomateWeek(t)
	linesAre(t, ask(t, s, march, `SELECT right(split_part(conversation_id, ':', 1), 3) || ' ' || seq || ' ' || to_char(opened_at AT TIME ZONE 'UTC', 'DD HH24:MI:SS')
			|| coalesce(' closed ' || to_char(closed_at AT TIME ZONE 'UTC', 'DD HH24:MI:SS') || ' by ' || closed_by || ': ' || close_reason, ' open')
		FROM episode WHERE closed_at IS NULL OR closed_at >= '2026-03-16Z' ORDER BY 1`),
		"101 1 16 09:00:00 closed 16 09:20:00 by agent: returned_to_bot",
		"101 2 17 08:00:00 closed 18 08:00:05 by system: silence",
		"102 1 17 10:00:00 closed 18 10:00:20 by system: silence",
		"102 1 18 11:00:00 closed 19 11:00:30 by system: auto_closed",
		"103 1 19 08:00:00 closed 19 10:30:00 by agent: returned_to_bot",
		"104 1 22 22:00:00 open",
		"105 1 13 20:00:00 closed 16 11:00:00 by agent: returned_to_bot",
		"105 1 16 10:00:00 closed 17 10:00:00 by system: silence",
		"107 1 20 09:00:00 open",
		"108 1 18 09:00:00 closed 19 09:03:01 by system: silence")
}

func TestWhatomateAConversationThatBeganBeforeThePeriodIsFollowedBack(t *testing.T) {
	t.Parallel()
	s := whatomate(t, `
		SELECT asks(1, '12 09:00'), bot(1, '13 08:59'), asks(1, '14 08:00'), bot(1, '15 07:00'), asks(1, '16 06:00'), asks(1, '17 06:00'), asks(1, '18 06:00:00.001');
		SELECT asks(2, '14 23:59'), asks(2, '16 00:00');  -- a minute more than a day
		SELECT asks(3, '15 23:00');                       -- not in it, but closed in it`)
	linesAre(t, ask(t, s, march, `SELECT DISTINCT right(user_id, 3) || ' ' || to_char(timestamptz 'epoch' + split_part(conversation_id, ':', 2)::int * interval '1 s', 'DD HH24:MI')
		FROM message ORDER BY 1`), "101 12 09:00", "101 18 06:00", "102 16 00:00")
	linesAre(t, ask(t, s, march, `SELECT right(split_part(conversation_id, ':', 1), 3) || ' ' || to_char(opened_at, 'DD HH24:MI') || ' ' || to_char(closed_at, 'DD HH24:MI')
		FROM episode WHERE closed_at >= '2026-03-16Z' ORDER BY 1`), "101 12 09:00 18 06:00", "101 18 06:00 19 06:00", "102 16 00:00 17 00:00", "103 15 23:00 16 23:00")
	// What the bot said before the period is known of a conversation that reaches into it.
	linesAre(t, ask(t, s, march, `SELECT count(*)::text FROM message_history WHERE author = 'bot'`), "2")
}

func TestWhatomateStepsAreVisitedOnceAndAnsweredByWhatWasAccepted(t *testing.T) {
	t.Parallel()
	s := whatomateWeek(t)
	linesAre(t, ask(t, s, march, `SELECT visit || ' ' || position || ' ' || step_name || ' ' || is_question || ' ' || to_char(entered_at, 'MI:SS') || ' ' || coalesce(to_char(answered_at, 'MI:SS') || ' ' || answer, '-')
		FROM flow_step WHERE flow_session_id LIKE '%601' ORDER BY visit`),
		"1 2 Order number true 00:02 02:00 A-7", "2 3 Reason true 02:01 03:00 Too small", "3 4 Thanks false 03:01 -")
	linesAre(t, ask(t, s, march, `SELECT right(flow_session_id, 3) || ' ' || flow_name || ' ' || status || ' ' || coalesce(failure_reason, '-') || ' ' || coalesce(to_char(first_response_at, 'HH24:MI'), '-')
			|| ' expires ' || to_char(expires_at, 'HH24:MI:SS') || ' ' || steps_reached || ' ' || outbound_messages || ' ' || last_step_id
		FROM flow_session ORDER BY 1`),
		"601 Returns completed - 09:02 expires 09:33:02 3 5 bye",
		"602 Returns in_progress - - expires 10:30:20 1 1 order",
		"603 Returns failed INCOMING_MESSAGE - expires 09:30:10 1 1 order")
}

func TestWhatomateDeliveriesAreAsFarAsTheirMessages(t *testing.T) {
	t.Parallel()
	s := whatomateWeek(t)
	linesAre(t, ask(t, s, march, `SELECT user_id || ' ' || status || ' ' || to_char(attempted_at, 'HH24:MI:SS') || ' ' || coalesce(to_char(delivered_at, 'HH24:MI'), '-') || ' '
			|| coalesce(to_char(first_response_at, 'HH24:MI'), '-') || ' ' || coalesce(failure_reason, '-') || ' ' || session_status || ' ' || variables::text
		FROM outbound_delivery ORDER BY attempted_at DESC, user_id`),
		"00000000-0000-0000-0000-000000000106 delivered 08:00:02 08:03 - - none {}",
		`00000000-0000-0000-0000-000000000103 read 08:00:00 08:01 09:30 - none {"name": "Fay"}`,
		"00000000-0000-0000-0000-000000000109 failed 07:59:00 - - invalid number none {}")
	linesAre(t, ask(t, s, march, "SELECT name || ' ' || version FROM campaign ORDER BY 1"), "Draft spring_sale", "Spring spring_sale")
	linesAre(t, ask(t, s, days(march.Location(), "2026-03-23", "2026-03-30"), "SELECT delivery_id FROM outbound_delivery"))
}

func TestWhatomateHoursAreThoseOfTheAccount(t *testing.T) {
	t.Parallel()
	s := whatomateWeek(t)
	linesAre(t, ask(t, s, march, `SELECT calendar_id || ' ' || weekday || ' ' || opens || ' ' || closes FROM business_hours ORDER BY 1`),
		"account:main 1 09:00:00 17:30:00", "account:main 6 00:00:00 24:00:00", "account:old name 1 09:00:00 17:30:00", "account:old name 6 00:00:00 24:00:00")
	linesAre(t, ask(t, s, march, `SELECT DISTINCT calendar_id FROM conversation`), "account:main")
}

func TestWhatomateOpenConversationsAreThoseHandedOverAndThoseUnanswered(t *testing.T) {
	t.Parallel()
	rows := scripts(t, "testdata/whatomate/week.sql")[0] + `
		INSERT INTO messages (organization_id, whats_app_account, contact_id, direction, status, error_message, created_at) VALUES
			(id(1), 'main', id(107), 'outgoing', 'failed', 'window closed', at('20 09:30')),
			(id(1), 'main', id(101), 'incoming', 'received', NULL, '2026-11-01 08:00Z'), (id(1), 'main', id(101), 'incoming', 'received', NULL, '2026-11-01 08:30Z'),
			(id(1), 'main', id(102), 'incoming', 'received', NULL, '2026-11-01 08:00Z'), (id(1), 'main', id(102), 'outgoing', 'sent', NULL, '2026-11-01 08:01Z'),
			(id(1), 'main', id(103), 'incoming', 'received', NULL, '2026-10-31 09:00Z'); -- a day ago
		UPDATE contacts SET is_read = false WHERE id = id(101);`
	s := whatomate(t, rows)
	linesAre(t, ask(t, s, march, `SELECT user_name || ' ' || status || ' since ' || to_char(started_at, 'MM-DD HH24:MI') || ' by ' || initiated_by || ', last ' || last_message_by || ' ' || to_char(last_message_at, 'MM-DD HH24:MI')
			|| ', waits ' || coalesce(to_char(waiting_since, 'HH24:MI'), '-') || ', ' || coalesce(right(assignee_id, 2), '-') || ' ' || is_unread || ' ' || coalesce(last_delivery || ' ' || last_delivery_error, '-') || ' ' || user_address
		FROM open_conversation ORDER BY 1`),
		"Dora pending since 11-01 08:00 by user, last user 11-01 08:30, waits 08:00, - true - +49 30 1",
		"Gil open since 03-22 22:00 by user, last agent 03-23 09:01, waits -, 11 false - +49 30 4",
		"Jon open since 03-20 09:00 by user, last bot 03-20 09:30, waits -, 11 false failed window closed +49 30 7")
}

func TestWhatomateOfAnotherYearIsReadToo(t *testing.T) {
	t.Parallel()
	rows := scripts(t, "testdata/whatomate/week.sql")[0] + `
		DROP TABLE custom_roles, user_organizations, user_availability_logs;
		ALTER TABLE users DROP COLUMN role_id, ADD COLUMN role varchar(20) DEFAULT 'agent';
		UPDATE users SET role = 'manager' WHERE id = id(12);
		ALTER TABLE chatbot_flows DROP COLUMN graph;
		ALTER TABLE bulk_message_recipients RENAME COLUMN whats_app_message_id TO whatsapp_message_id;
		CREATE TABLE chatbot_flow_steps (flow_id uuid, step_name varchar(100), step_order bigint, message text, input_type varchar(20), deleted_at timestamptz);
		INSERT INTO chatbot_flow_steps VALUES (id(501), 'order', 1, 'Which order?', 'text', NULL), (id(501), 'reason', 2, 'Why?', 'button', NULL), (id(501), 'bye', 3, 'Bye', 'none', NULL);`
	s := whatomate(t, rows)
	linesAre(t, ask(t, s, march, "SELECT display_name || ' ' || role FROM agent ORDER BY 1"), "Ana agent", "Ben admin")
	linesAre(t, ask(t, s, march, "SELECT visit || ' ' || position || ' ' || step_name || ' ' || is_question FROM flow_step WHERE flow_session_id LIKE '%601' ORDER BY visit"),
		"1 1 order true", "2 2 reason true", "3 3 bye false")
	stateIs(t, sectionOf(t, s, "contact_center"), "connection_hours", digest.Unavailable)
}

// One hand-over from weeks before still lasts, another was over before the period: each is of its own conversation, once.
func TestAWhatomateHandOverBelongsToOneConversation(t *testing.T) {
	t.Parallel()
	s := whatomate(t, `
		SELECT asks(1, '02 09:00'), handed(1, 1, '02 09:01');
		SELECT asks(1, '15 20:00'), handed(2, 1, '15 20:01'), replies(1, '15 20:10', 1), resumed(2, '15 20:30', 1), asks(1, '16 09:00');`)
	linesAre(t, ask(t, s, march, `SELECT right(a.assignment_id, 3) || ' of ' || to_char(c.started_at AT TIME ZONE 'UTC', 'DD HH24:MI')
		FROM assignment a JOIN conversation c ON c.conversation_id = a.conversation_id ORDER BY 1`), "301 of 02 09:00", "302 of 15 20:00")
}
