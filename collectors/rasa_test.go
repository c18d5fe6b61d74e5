package collectors

import (
	"testing"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// rasa opens a Rasa tracker store with a test's rows in it.
func rasa(t *testing.T, rows string) *Source {
	t.Helper()
	dsn := pgtest.New(t, append(scripts(t, "testdata/rasa/schema.sql", "testdata/rasa/bot.sql"), rows)...)
	return opened(t, "rasa", asReader(t, dsn), "default")
}

func rasaWeek(t *testing.T) *Source {
	t.Helper()
	return rasa(t, scripts(t, "testdata/rasa/week.sql")[0])
}

func TestRasaActivityIsThatCountedByHand(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, rasaWeek(t), "activity")
	figuresAre(t, s, map[string]string{
		"new_users": "4 2", "active_users": "6 2", "total_messages": "32 4", "conversations_total": "8 2", "messages_per_conversation_mean": "4 2",
		"peak_volume": "2 2", "peak_time": "2026-03-16T00:10:00Z",
	})
	daysAre(t, s, "incoming_messages", "current", "6 1 0 1 7 0 1")
	daysAre(t, s, "conversations", "current", "3 1 1 1 1 0 1")
	daysAre(t, s, "messages_per_conversation", "current", "3.667 2 1 3 13 - 2")
	daysAre(t, s, "max_messages_per_minute", "current", "2 2 1 2 2 0 2")
	noteIs(t, s, "peak_tied", "count=12")
}

func TestRasaChatbotIsThatCountedByHand(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, rasaWeek(t), "chatbot")
	figuresAre(t, s, map[string]string{
		"bot_conversations": "6 1", "bot_resolved": "5 1", "bot_resolution_rate": "83.333 100", "fallback_rate": "12.5 0",
	})
	rowsAre(t, s, "intents", "current", "greet=3, order=1, order_status=1, thanks=1, speak_to_human=1, (fallback)=1")
	rowsAre(t, s, "languages", "current", "de=1, fr=1, (unknown)=4")
	noteIs(t, s, "intents_source", "hits=8, source=nlu")
	var entries []string
	for _, n := range s.Chart("start_flows").Nodes {
		if n.Column == 0 {
			entries = append(entries, n.Label+" "+spellNumber(n.Value))
		}
	}
	linesAre(t, entries, "greet 3", "order_status 1", "speak_to_human 1", "transfer_money 1")
}

func TestRasaContactCenterKnowsTheHandOversAlone(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, rasaWeek(t), "contact_center")
	figuresAre(t, s, map[string]string{
		"total_conversations": "1 0", "handled": "unavailable unavailable", "missed": "unavailable unavailable", "waiting": "unavailable unavailable",
		"wait_mean": "unavailable unavailable", "total_messages": "1 0", "unique_users": "unavailable unavailable",
	})
	rowsAre(t, s, "closing_reasons", "current", "session_expired=3, handed_off=1, session_ended=1, restarted=1")
	stateIs(t, s, "handled_vs_missed", digest.Unavailable)
	stateIs(t, s, "connection_hours", digest.Unavailable)
	noteIs(t, s, "reconciliation", "")
}

func TestRasaSessionsEndWithTheNextOrAfterAnHour(t *testing.T) {
	t.Parallel()
	s := rasa(t, `
		SELECT begins('a', '16 09:00'), asks('a', '16 09:00:01', 'greet'), bot('a', '16 09:30'), begins('a', '16 10:00'), asks('a', '16 10:00:01', 'greet'); -- before the hour was over
		SELECT begins('b', '15 20:00'), asks('b', '15 20:00:01', 'greet'), bot('b', '15 23:10');                           -- ends in the period without a word in it
		SELECT asks('c', '15 23:59', 'greet'), asks('c', '16 00:01', 'greet');                                             -- of a version without sessions
		SELECT begins('d', '22 22:59:59'), asks('d', '22 22:59:59.5', 'greet'), begins('e', '22 23:00'), asks('e', '22 23:00', 'greet'); -- an hour before the period's end
		SELECT begins('f f', '17 09:00'), asks('f f', '17 09:00', 'greet');                                                -- a name of two words
		SELECT saved();`)
	linesAre(t, ask(t, s, march, `SELECT split_part(conversation_id, ':', 1) || ' ' || to_char(opened_at, 'DD HH24:MI:SS') || coalesce(' closed ' || to_char(closed_at, 'DD HH24:MI:SS') || ' ' || close_reason, ' open')
		FROM episode ORDER BY conversation_id`),
		"a 16 09:00:00 closed 16 10:00:00 session_expired", "a 16 10:00:00 closed 16 11:00:01 session_expired",
		"b 15 20:00:00 closed 16 00:10:00 session_expired", "c 15 23:59:00 closed 16 01:01:00 session_expired",
		"d 22 22:59:59 closed 22 23:59:59 session_expired", "e 22 23:00:00 open", "f f 17 09:00:00 closed 17 10:00:00 session_expired")
	linesAre(t, ask(t, s, march, `SELECT DISTINCT split_part(conversation_id, ':', 1) FROM message WHERE conversation_id IS NOT NULL ORDER BY 1`), "a", "c", "d", "e", "f f")
}

func TestRasaFlowsAndTheirQuestionsAreReadFromTheirEvents(t *testing.T) {
	t.Parallel()
	s := rasaWeek(t)
	linesAre(t, ask(t, s, march, `SELECT flow_name || ' ' || status || ' ' || coalesce(failure_reason, '-') || ' ' || coalesce(to_char(first_response_at, 'HH24:MI'), '-') || ' expires ' || to_char(expires_at, 'HH24:MI:SS')
			|| ' ' || steps_reached || ' ' || outbound_messages || ' ' || last_step_id
		FROM flow_session ORDER BY started_at`),
		"transfer_money completed - 10:01 expires 11:07:02 2 3 recipient", "check_balance failed CANCELLED 10:06 expires 11:07:02 1 1 account",
		"card_lost in_progress - - expires 11:07:02 1 1 card")
	linesAre(t, ask(t, s, march, `SELECT visit || ' ' || step_name || ' ' || to_char(entered_at, 'MI:SS') || ' ' || prompt || ' ' || coalesce(answer || ' ' || to_char(answered_at, 'MI:SS'), '-') FROM flow_step ORDER BY entered_at`),
		"1 amount 00:03 How much? 50 02:01", "2 recipient 02:02 To whom? Ben 03:01", "1 account 05:01 Which account? -", "1 card 07:02 Which card? -")
}

func TestRasaOpenConversationsAreThoseOfTheLastHour(t *testing.T) {
	t.Parallel()
	s := rasaWeek(t)
	linesAre(t, askAt(t, s, march, "2026-03-16T12:40:00Z", `SELECT user_id || ' ' || status || ' since ' || to_char(started_at, 'HH24:MI') || ' by ' || initiated_by || ', waits since ' || to_char(waiting_since, 'HH24:MI:SS') || ', last ' || last_message_by
		FROM open_conversation`), "a open since 12:00 by bot, waits since 12:02:02, last user")
	linesAre(t, askAt(t, s, march, "2026-03-16T13:30:01Z", "SELECT user_id FROM open_conversation"))
}

// A tracker store without an index on time is read by ids where these are in order of time, and whole where they are not.
func TestRasaIsReadByIdsOnlyWhereTheyAreInOrderOfTime(t *testing.T) {
	t.Parallel()
	rows := scripts(t, "testdata/rasa/week.sql")[0]
	shuffled := rows + `
		CREATE TABLE another AS SELECT sender_id, type_name, timestamp, intent_name, action_name, data FROM events ORDER BY sender_id DESC, id;
		TRUNCATE events RESTART IDENTITY;
		INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data) SELECT * FROM another;`
	for _, c := range []struct{ name, rows, first string }{
		{"in order, and the server knows it", rows + "ANALYZE;", "late"},
		{"by sender, as another tracker store hands them over", shuffled + "ANALYZE;", "1"},
		{"in order, with an index on time", rows + "CREATE INDEX ON events (timestamp); ANALYZE;", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := rasa(t, c.rows)
			first := ask(t, s, march, "SELECT (@range_ids::text[])[1] FROM (SELECT 1 FROM rasa_said LIMIT 1) AS one")[0]
			if (c.first == "late") != (first != "1") {
				t.Errorf("ids from %s, want %s", first, c.first)
			}
			figuresAre(t, sectionOf(t, s, "activity"), map[string]string{"total_messages": "32 4", "new_users": "4 2"})
			figuresAre(t, sectionOf(t, s, "chatbot"), map[string]string{"bot_conversations": "6 1", "fallback_rate": "12.5 0"})
		})
	}
}
