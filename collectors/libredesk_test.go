package collectors

import (
	"testing"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// libredesk opens a Libredesk database with a test's rows in it, and further statements behind them.
func libredesk(t *testing.T, further ...string) *Source {
	t.Helper()
	dsn := pgtest.New(t, append(scripts(t, "testdata/libredesk/schema.sql", "testdata/libredesk/desk.sql", "testdata/libredesk/week.sql"), further...)...)
	return opened(t, "libredesk", asReader(t, dsn), "default")
}

// Messages of the week: Monday Dora 4, Jon 1; Tuesday Dora 2, Emil 2; Wednesday Fay 4, Gil 2; Thursday Hal 2; Friday Kim 2; Sunday Ida 1: 20 in 8
// conversations. Jon and Lea wrote before. The largest minute has 2: Wednesday 9:00 and 10:00, Thursday 9:00. The week before: Lea 2, Jon 2.
func TestLibredeskActivityIsThatCountedByHand(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, libredesk(t), "activity")
	figuresAre(t, s, map[string]string{
		"new_users": "7 1", "active_users": "8 2", "total_messages": "20 4", "conversations_total": "8 2", "messages_per_conversation_mean": "2.5 2",
		"peak_volume": "2 1", "peak_time": "2026-03-18T09:00:00Z",
	})
	daysAre(t, s, "incoming_messages", "current", "3 2 3 1 1 0 1")
	daysAre(t, s, "conversations", "current", "2 2 2 1 1 0 1")
	daysAre(t, s, "messages_per_conversation", "current", "2.5 2 3 2 2 - 1")
	daysAre(t, s, "max_messages_per_minute", "current", "1 1 2 2 1 0 1")
	noteIs(t, s, "peak_tied", "count=3")
}

// The assistant wrote to Fay and Gil; Gil alone had no person.
func TestLibredeskChatbotIsThatCountedByHand(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, libredesk(t), "chatbot")
	figuresAre(t, s, map[string]string{
		"bot_conversations": "2 0", "bot_resolved": "1 0", "bot_resolution_rate": "50 n/a", "fallback_rate": "unavailable unavailable",
	})
	rowsAre(t, s, "intents", "current", "refund=2, delivery=1")
	noteIs(t, s, "intents_source", "hits=3, source=label")
	stateIs(t, s, "languages", digest.Unavailable)
}

// Offered: Dora twice, Emil twice (Ben, who missed him, and Ana: a transfer), Fay, Hal (to nobody), Kim, Ida: 8. The waits are Dora's 6 and 30
// minutes and Fay's 12 from the hand-over; the times Dora's 15 and 30 minutes, Emil's 30, Fay's 18:50 and Jon's 62:50:00 since Friday.
func TestLibredeskContactCenterIsThatCountedByHand(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, libredesk(t), "contact_center")
	figuresAre(t, s, map[string]string{
		"total_conversations": "8 2", "handled": "6 2", "missed": "2 0", "waiting": "0 0", "transfers": "1 0", "accepted_from_before": "0 0",
		"total_messages": "14 4", "unique_users": "5 2",
		"wait_mean": "960 660", "wait_median": "720 660", "wait_p90": "1584 660", "conversation_time_mean": "46366 2940", "conversation_time_median": "1800 2940",
	})
	daysAre(t, s, "handled_vs_missed", "handled", "1 2 1 0 1 0 1")
	daysAre(t, s, "handled_vs_missed", "missed", "0 1 0 1 0 0 0")
	rowsAre(t, s, "conversations_per_agent", "current", "Ana Alba=3, Ben=3")
	rowsAre(t, s, "closing_reasons", "current", "resolved=4, closed=2, resolved_by_bot=1")
	noteIs(t, s, "closings", "count=7")
	rowsAre(t, s, "connection_hours", "current", "Ana Alba=32400, Ben=14400") // 8 to 17 o'clock, an hour of it away; 4 hours until the week ends
	noteIs(t, s, "reconciliation", "accepted_from_before=0, agents_sum=6, bot_resolved=1, handled=6, missed=2, total=8, transfers=1, waiting=0")
}

// By the desk's hours (weekdays 9 to 17 o'clock, Friday a holiday), and those of Returns, always open, for Emil. An hour after the opening fell into the
// week for Jon (Monday 10:00, not met), Dora twice, Emil (not met), Fay, Gil, Hal (not met): 4 of 7; the end of the next open day for all of them but
// Hal. Answered within 10 minutes: Jon's of Friday evening, Dora's three, not Emil's, Fay's, Hal's: 4 of 7. Waits: Dora 6 and 0 minutes, Fay 12.
// Open to close: 20 min, 0, 2 h, 30 min, 5 min, 8 h, 2 h. Out of hours: Dora at 8:00, Kim on the holiday, Ida on Sunday.
func TestLibredeskServiceLevelsAreThoseCountedByHand(t *testing.T) {
	t.Parallel()
	s := sectionOf(t, libredesk(t), "service_levels")
	figuresAre(t, s, map[string]string{
		"closed_within_hour": "57.143 100", "closed_within_day": "100 100", "answered_in_10_min": "57.143 0",
		"first_response_mean": "360 330", "first_response_median": "360 330", "open_to_close_mean": "6642.857 3600", "open_to_close_median": "1800 3600",
		"after_hours_messages": "3 1",
	})
}

func TestLibredeskClosingsReopeningsAndAssigneesAreReadFromItsLog(t *testing.T) {
	t.Parallel()
	s := libredesk(t)
	linesAre(t, ask(t, s, march, `SELECT conversation_id || ' ' || seq || ' ' || to_char(opened_at, 'DD HH24:MI') || coalesce(' closed ' || to_char(closed_at, 'DD HH24:MI') || ' by ' || closed_by || coalesce(' ' || agent_id, '') || ': ' || close_reason, ' open')
			|| ' ' || calendar_id
		FROM episode ORDER BY conversation_id, seq`),
		"1 1 16 09:00 closed 16 09:20 by agent 11: resolved desk",
		"1 2 17 08:00 closed 17 09:00 by agent 11: closed desk",
		"2 1 17 10:00 closed 17 12:00 by agent 11: resolved team:21",
		"3 1 18 09:00 closed 18 09:30 by agent 12: resolved desk",
		"4 1 18 10:00 closed 18 10:05 by bot: resolved_by_bot desk",
		"5 1 19 09:00 closed 20 09:00 by system: closed desk",
		"6 1 22 22:00 open desk",
		"7 1 13 20:00 closed 16 11:00 by agent 11: resolved desk",
		"8 1 20 14:00 open desk")
	linesAre(t, ask(t, s, march, `SELECT conversation_id || ' ' || kind || ' ' || coalesce(agent_id, '?') || ': offered ' || to_char(offered_at, 'DD HH24:MI:SS') || ', accepted ' || coalesce(to_char(accepted_at, 'HH24:MI:SS'), '-')
			|| ', replied ' || coalesce(to_char(first_reply_at, 'HH24:MI:SS'), '-') || coalesce(', ' || end_reason || ' by ' || ended_by || ' ' || to_char(ended_at, 'HH24:MI'), ', open')
		FROM assignment ORDER BY conversation_id, offered_at, seq`),
		"1 initial 11: offered 16 09:00:00, accepted 09:05:00, replied 09:06:00, closed by agent 09:20",
		"1 initial 11: offered 17 08:00:00, accepted 08:30:00, replied 08:30:00, closed by agent 09:00",
		"2 initial 12: offered 17 10:00:00, accepted -, replied -, transferred by agent 11:00",
		"2 transfer 11: offered 17 11:00:00, accepted 11:30:00, replied 11:30:00, closed by agent 12:00",
		"3 initial 12: offered 18 09:01:10, accepted 09:11:10, replied 09:13:10, closed by agent 09:30",
		"5 queue ?: offered 19 09:00:00, accepted -, replied -, closed by system 09:00",
		"6 initial 12: offered 22 22:00:00, accepted 22:10:00, replied -, open", // the reply came after the week
		"7 initial 11: offered 13 20:00:00, accepted 20:10:00, replied 20:11:00, closed by agent 11:00",
		"8 initial 12: offered 20 14:00:00, accepted 14:00:00, replied 14:00:00, open")
}

func TestLibredeskHoursAreTheDesksAndThoseOfTeamsWithTheirOwn(t *testing.T) {
	t.Parallel()
	s := libredesk(t)
	linesAre(t, ask(t, s, march, `SELECT calendar_id || ' ' || string_agg(weekday || ' ' || opens || ' ' || closes, ', ' ORDER BY weekday) || ' ' || time_zone FROM business_hours WHERE weekday < 3 GROUP BY calendar_id, time_zone ORDER BY 1`),
		"desk 1 09:00:00 17:00:00, 2 09:00:00 17:00:00 UTC", "team:21 0 00:00:00 24:00:00, 1 00:00:00 24:00:00, 2 00:00:00 24:00:00 Europe/Berlin")
	linesAre(t, ask(t, s, march, `SELECT calendar_id || ' ' || holiday FROM business_holiday`), "desk 2026-03-20")
}

func TestLibredeskOpenConversationsAreThoseNotResolved(t *testing.T) {
	t.Parallel()
	linesAre(t, ask(t, libredesk(t), march, `SELECT user_name || ' ' || coalesce(user_address, '-') || ' ' || channel || ' ' || status || ' since ' || to_char(started_at, 'MM-DD HH24:MI') || ' by ' || initiated_by || ', last ' || last_message_by || ' '
			|| to_char(last_message_at, 'DD HH24:MI') || ', ' || coalesce(assignee_id, '-') || ' urgency ' || coalesce(urgency::text, '-') || ' unread ' || is_unread || ' ' || length(public_id)
		FROM open_conversation ORDER BY 1`),
		"Ida ida@example.com email open since 03-22 22:00 by user, last agent 23 09:00, 12 urgency 2 unread false 36",
		"Kim kim@example.com chat open since 03-20 14:00 by agent, last user 20 15:00, - urgency - unread true 36",
		"Lea lea@example.com chat open since 03-02 09:00 by user, last user 02 09:00, - urgency - unread true 36")
}

// Before kinds stood beside the sentences, before statuses had categories, and before there were assistants.
func TestLibredeskOfAnEarlierYearIsReadToo(t *testing.T) {
	t.Parallel()
	s := libredesk(t, `UPDATE conversation_messages SET meta = '{}' WHERE type = 'activity'; ALTER TABLE conversation_statuses DROP COLUMN category; DROP TABLE ai_agent_events, conversation_last_seen`)
	figuresAre(t, sectionOf(t, s, "contact_center"), map[string]string{"total_conversations": "8 2", "handled": "6 2", "missed": "2 0", "transfers": "1 0", "conversation_time_mean": "46366 2940"})
	linesAre(t, ask(t, s, march, `SELECT conversation_id || ' ' || closed_by FROM episode WHERE closed_at IS NOT NULL AND closed_by <> 'agent' ORDER BY 1`), "4 bot", "5 system")
}

// A conversation that was resolved without a line in the log ended when its row says.
func TestLibredeskAClosingThatTheLogDoesNotHaveIsThatOfTheRow(t *testing.T) {
	t.Parallel()
	s := libredesk(t, `SELECT opens(30, '18 09:00'), asks(30, '18 09:00'); UPDATE conversations SET status_id = 4, resolved_at = at('18 12:00') WHERE id = 30`)
	linesAre(t, ask(t, s, march, `SELECT closed_by || ' ' || close_reason || ' ' || to_char(closed_at, 'DD HH24:MI') FROM episode WHERE conversation_id = '30'`), "system closed 18 12:00")
}
