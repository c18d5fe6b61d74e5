package collectors

import (
	"testing"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// typebot opens a Typebot database with a test's rows in it, and further statements behind them.
func typebot(t *testing.T, further ...string) *Source {
	t.Helper()
	dsn := pgtest.New(t, append(scripts(t, "testdata/typebot/schema.sql", "testdata/typebot/bots.sql", "testdata/typebot/week.sql"), further...)...)
	return opened(t, "typebot", asReader(t, dsn), "w1")
}

// Answers of the week: m1 3, m2 4, b1 1 on Monday; w1 1, w2 2 on Wednesday; l1 1 on Friday; s1 1 on Sunday: 13 of 7 visitors. The week before:
// p1 3, p2 1. The largest minute has 2: Monday 10:00 and 10:02 (m2), Wednesday 12:01 (w2).
func TestTypebotActivityIsThatCountedByHand(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, typebot(t), "activity")
	figuresAre(t, s, map[string]string{
		"new_users": "7 2", "active_users": "7 2", "total_messages": "13 4", "conversations_total": "7 2", "messages_per_conversation_mean": "1.857 2",
		"peak_volume": "2 1", "peak_time": "2026-03-16T10:00:00Z",
	})
	daysAre(t, s, "incoming_messages", "current", "8 0 3 0 1 0 1")
	daysAre(t, s, "conversations", "current", "3 0 2 0 1 0 1")
	daysAre(t, s, "messages_per_conversation", "current", "2.667 - 1.5 - 1 - 1")
	daysAre(t, s, "max_messages_per_minute", "current", "2 0 2 0 1 0 1")
	noteIs(t, s, "peak_tied", "count=3")
}

// Begun by a visitor: m1, m2, t1, w1, w2, s1 of Booking, l1 of Survey; d1 was only looked at.
func TestTypebotChatbotSaysWhereConversationsBeganAndNothingThatItCannotKnow(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, typebot(t), "chatbot")
	figuresAre(t, s, map[string]string{
		"bot_conversations": "unavailable unavailable", "bot_resolved": "unavailable unavailable", "bot_resolution_rate": "unavailable unavailable",
		"fallback_rate": "unavailable unavailable",
	})
	stateIs(t, s, "intents", digest.Unavailable)
	stateIs(t, s, "languages", digest.Unavailable)
	var nodes []string
	for _, n := range s.Chart("start_flows").Nodes {
		nodes = append(nodes, n.Label+" "+string(n.Role)+" "+spellNumber(n.Value))
	}
	linesAre(t, nodes, "Booking  6", "Survey  1", "Booking  6", "Survey  1", "unknown unknown 7") // who answered is not known: nobody would not be true
}

// Begun in the week: m1, m2, t1, w1, w2, d1, s1, l1. Complete: m1, m2, l1. Left alone for a day: t1, w1, w2, d1. s1 goes on after the week.
// Answered: all but t1 and d1, which failed at the first question. The week before: p1 complete, p2 left alone, b1 pending and not answered yet.
func TestTypebotFlowsAreThoseCountedByHand(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, typebot(t), "flows")
	figuresAre(t, s, map[string]string{
		"initiated": "8 3", "completed": "3 1", "failed": "4 1", "pending": "1 1", "total_flows": "7 2", "success_rate": "42.857 50", "failure_rate": "57.143 50",
		"started": "6 2", "responsive_success_rate": "60 50", "failed_at_first_step": "2 1", "users_assisted": "5 2",
		"staff_time_saved": "unavailable unavailable", "mention_share": "unavailable unavailable", "appointments_scheduled": "unavailable unavailable",
	})
}

func TestTypebotSessionsAreAsOfThePeriodsEnd(t *testing.T) {
	t.Parallel()
	s := typebot(t)
	linesAre(t, ask(t, s, march, `SELECT flow_session_id || ' ' || flow_name || ' ' || status || ' ' || coalesce(to_char(first_response_at, 'HH24:MI'), '-') || ' expires ' || to_char(expires_at, 'DD HH24:MI:SS')
			|| ' ' || steps_reached || ' ' || coalesce(last_step_id, '-') || coalesce(' ended ' || to_char(ended_at, 'DD HH24:MI'), '')
		FROM flow_session ORDER BY 1`),
		"d1 Survey in_progress - expires 20 08:00:00 1 -",
		"l1 Survey completed 09:00 expires 21 09:00:30 1 mark ended 20 09:00",
		"m1 Booking completed 09:01 expires 17 09:03:00 3 reason ended 16 09:03",
		"m2 Booking completed 10:00 expires 17 10:02:30 3 reason ended 16 10:02",
		"s1 Booking in_progress 23:30 expires 23 23:30:00 2 day",
		"t1 Booking in_progress - expires 18 11:00:00 1 name",
		"w1 Booking in_progress 09:05 expires 19 09:05:00 2 day",
		"w2 Booking in_progress 12:01 expires 19 12:01:30 3 reason")
}

func TestTypebotsQuestionsAreThoseAnsweredAndTheOneThatAVisitorWasLeftAt(t *testing.T) {
	t.Parallel()
	s := typebot(t)
	const steps = `SELECT flow_session_id || ' ' || visit || ' ' || step_name || ' | ' || coalesce(prompt, '-') || ' | ' || to_char(entered_at, 'HH24:MI:SS') || ' ' || coalesce(to_char(answered_at, 'HH24:MI:SS') || ' ' || answer, '-')
		FROM flow_step WHERE flow_session_id IN ('m2', 's1', 't1', 'w1', 'w2', 'd1', 'l1') ORDER BY flow_session_id, visit`
	linesAre(t, ask(t, s, march, steps),
		"l1 1 Mark | - | 09:00:00 09:00:30 3",
		"m2 1 Who | Hello! What is your name? | 10:00:00 10:00:20 F",
		"m2 2 Who | Hello! What is your name? | 10:00:20 10:00:40 Fay",
		"m2 3 Who (2) | Which day? | 10:00:40 10:02:00 2026-03-24",
		"m2 4 Why | What is it about? | 10:02:00 10:02:30 check-up ",
		"s1 1 Who | Hello! What is your name? | 23:00:00 23:30:00 Ida",
		"s1 2 Who (2) | Which day? | 23:30:00 -", // answered ten minutes after the week
		"t1 1 Who | Hello! What is your name? | 11:00:00 -",
		"w1 1 Who | Hello! What is your name? | 09:00:00 09:05:00 Gil",
		"w1 2 Who (2) | Which day? | 09:05:00 -",
		"w2 1 Who | Hello! What is your name? | 12:00:00 12:01:00 Hal",
		"w2 2 Who (2) | Which day? | 12:01:00 12:01:30 2026-03-25",
		"w2 3 Why | What is it about? | 12:01:30 -")
}

func TestTypebotHasNoPeopleAndSoNoSectionOfThem(t *testing.T) {
	t.Parallel()
	snapshot := collected(t, typebot(t), digest.Ask{})
	linesAre(t, statuses(snapshot), "activity complete", "chatbot complete")
}

func TestTypebotIsReadByIdsAndWithoutTheTablesOfOldAlike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, further, messages string }{
		{"the server knows that ids are in order of time", `ANALYZE`, "13 4"},
		{"with an index on results", `CREATE INDEX ON "AnswerV2" ("resultId"); ANALYZE`, "13 4"},
		{"saved in another order", `CREATE TABLE another AS TABLE "AnswerV2"; TRUNCATE "AnswerV2" RESTART IDENTITY;
			INSERT INTO "AnswerV2" ("createdAt", "blockId", content, "resultId") SELECT "createdAt", "blockId", content, "resultId" FROM another ORDER BY content; ANALYZE`, "13 4"},
		{"without what is gone", `DROP TABLE "Answer", "VisitedEdge"`, "12 4"}, // l1 had its one answer there
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := typebot(t, c.further)
			figuresAre(t, sectionOf(t, s, "activity"), map[string]string{"total_messages": c.messages})
			figuresAre(t, sectionOf(t, s, "flows"), map[string]string{"initiated": "8 3", "completed": "3 1"})
		})
	}
}
