package collectors

import (
	"fmt"
	"strings"
	"testing"

	"fortnight/digest"
)

func TestNamesThatBeginAlikeForTwoHundredLettersAreOne(t *testing.T) {
	t.Parallel()
	x := strings.Repeat("x", 200)
	s := aWeek.collect(t, "flows", old+fmt.Sprintf(`
		INSERT INTO flow_session (flow_session_id, flow_id, practice, user_id, started_at, ended_at, status) VALUES
		('s', '%[1]s 1', '%[1]s north', 'u', '2026-03-16 09:00', '2026-03-16 10:00', 'completed'),
		('t', '%[1]s 2', '%[1]s south', 'v', '2026-03-16 09:00', '2026-03-16 10:00', 'completed'),
		('w', '%[1]s 2', '%[1]s south', 'v', '2026-03-16 09:00', '2026-03-16 10:00', 'completed');
		INSERT INTO flow_step (flow_session_id, visit, position, step_id, is_question, entered_at, answered_at, answer) VALUES
		('s', 1, 1, 'ask', true, '2026-03-16 09:00', '2026-03-16 09:01', 'yes'), ('t', 1, 1, 'ask', true, '2026-03-16 09:00', '2026-03-16 09:01', 'yes');
		INSERT INTO goal_event (event_id, user_id, kind, occurred_at) VALUES ('g', 'u', 'appointment_completed', '2026-03-17 09:00'), ('h', 'v', 'appointment_completed', '2026-03-17 09:00');`, x))
	tableIs(t, s, "by_flow", x+" | n/a | 3 | 3 | 0 | 0 | 100 | 100")
	tableIs(t, s, "by_practice", x+" | 3 | unavailable | unavailable | unavailable | 2 | 66.667 | n/a | unavailable | unavailable | unavailable")
	tableIs(t, s, "responses", x+" | 1 | ask | yes | 2 | 100")
	tableIs(t, s, "journey", x+" | 1 | ask | n/a | completed | 2 | 100", x+" | 1 | 1 | n/a | completed | 1 | 100")
}

func TestAPracticeAndAChannelCalledNothingAreWhatNobodyNames(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "flows", old+`
		INSERT INTO flow_session (flow_session_id, flow_id, practice, channel, user_id, started_at, ended_at, status) VALUES
		('s', 'f', '',   '',   'u', '2026-03-16 09:00', '2026-03-16 10:00', 'completed'),
		('t', 'f', NULL, NULL, 'u', '2026-03-16 09:00', '2026-03-16 10:00', 'completed'),
		('v', 'f', 'north', '', 'u', '2026-03-16 09:00', '2026-03-16 10:00', 'failed');`)
	tableIs(t, s, "by_flow", "f | n/a | 3 | 2 | 1 | 1 | 66.667 | n/a")
	const unknown = " | unavailable | unavailable | unavailable | unavailable | unavailable | unavailable | unavailable | unavailable | unavailable"
	tableIs(t, s, "by_practice", "n/a | 2"+unknown, "north | 1"+unknown)
}

// Sessions, appointments and events are numbered from 1 by those who number them, each on their own.
func TestACancellationIsRecoveredOnceBySessionAndByAppointment(t *testing.T) {
	t.Parallel()
	const seed = old + `
		INSERT INTO flow_session (flow_session_id, flow_id, practice, user_id, started_at, status) VALUES
		('1', 'f', 'north', 'u', '2026-03-16 09:00', 'in_progress'), ('2', 'f', 'north', 'v', '2026-03-16 09:00', 'in_progress'), ('3', 'f', 'south', 'w', '2026-03-16 09:00', 'in_progress');
		INSERT INTO goal_event (event_id, kind, occurred_at, practice, appointment_id, flow_session_id, detail) VALUES
		('1', 'cancellation_kept', '2026-03-17 09:00', NULL, '7', '1', 'first'),
		('2', 'cancellation_kept', '2026-03-17 10:00', NULL, '7', '2', 'the same appointment'),
		('3', 'cancellation_kept', '2026-03-17 11:00', NULL, '8', '1', 'the same session'),
		('4', 'cancellation_kept', '2026-03-17 12:00', 'north', '1', NULL, 'an appointment called as a session'),
		('5', 'cancellation_kept', '2026-03-17 13:00', 'north', NULL, NULL, 'of neither'),
		('7', 'cancellation_kept', '2026-03-17 14:00', 'north', NULL, NULL, 'an event called as an appointment'),
		('8', 'cancellation_kept', '2026-03-17 15:00', 'north', NULL, '3', 'of a session of another practice');`
	for want, practices := range map[string][]string{"5": nil, "4": {"north"}, "1": {"south"}} {
		x := aWeek
		x.ask.Parameters = digest.Parameters{Practices: practices}
		figuresAre(t, x.collect(t, "flows", seed), map[string]string{"recovered_cancellations": want})
	}
}

func TestTimeSavedIsOfSessionsThatCountTheirMessages(t *testing.T) {
	t.Parallel()
	// The session goes on after the week; that it had entered two steps by then is no count of messages.
	s := aWeek.collect(t, "flows", old+`
		INSERT INTO flow_session (flow_session_id, flow_id, user_id, started_at, last_activity_at, status) VALUES ('s', 'f', 'u', '2026-03-22 09:00', '2026-03-24 09:00', 'in_progress');
		INSERT INTO flow_step (flow_session_id, visit, step_id, entered_at) VALUES ('s', 1, 'a', '2026-03-22 09:00'), ('s', 2, 'b', '2026-03-22 10:00');`)
	figuresAre(t, s, map[string]string{"staff_time_saved": "unavailable 0"})
}

func TestAnIDIsEscapedWhereverAnAddressHasIt(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"7": "7", "a b/7": "a%20b%2F7", "a&tenant=other": "a%26tenant%3Dother", "+49 30": "%2B49%2030", "ü#?": "%C3%BC%23%3F", "{tenant}": "%7Btenant%7D", "a@b.c": "a%40b.c",
	} {
		got := linkOf(digest.Ask{Tenant: "desk", Link: "https://desk.example/{tenant}/c?id={conversation}"}, id)
		if got.Text != "https://desk.example/desk/c?id="+want {
			t.Errorf("%s is at %s", id, got.Text)
		}
	}
}
