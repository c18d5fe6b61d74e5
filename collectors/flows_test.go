package collectors

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// theFlows is the week of testdata/flows.sql.
func theFlows(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/flows.sql")
	if err != nil {
		t.Fatal(err)
	}
	return old + string(text)
}

func number100(n float64) *float64 { return &n }

// tableIs compares a table's rows, their cells with " | " between; "" means that there must be no such table.
func tableIs(t *testing.T, s *digest.Section, key string, want ...string) {
	t.Helper()
	i := slices.IndexFunc(s.Tables, func(x digest.Table) bool { return x.Key == key })
	var got []string
	if i >= 0 {
		for _, row := range s.Tables[i].Rows {
			var cells []string
			for j, v := range row {
				cell := spell(v, s.Tables[i].Columns[j].Unit)
				if v.Currency != "" {
					cell += " " + v.Currency
				}
				cells = append(cells, cell)
			}
			got = append(got, strings.Join(cells, " | "))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("table %s:\n%s\nwant\n%s", key, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// stepsAre compares a chart of steps: "key=value" of a series.
func stepsAre(t *testing.T, s *digest.Section, chart, series, want string) {
	t.Helper()
	c := s.Chart(chart)
	if c == nil || c.Find(series) == nil {
		t.Errorf("there is no chart %s with a series %s", chart, series)
		return
	}
	var got []string
	for _, p := range c.Find(series).Points {
		got = append(got, fmt.Sprintf("%s=%s", p.Key, spellNumber(*p.Value)))
	}
	if strings.Join(got, " ") != want {
		t.Errorf("%s, %s: %s, want %s", chart, series, strings.Join(got, " "), want)
	}
}

// wayIs compares a journey: its nodes "column label value", its links "from > to value".
func wayIs(t *testing.T, s *digest.Section, chart string, nodes, links []string) {
	t.Helper()
	c := s.Chart(chart)
	if c == nil {
		t.Errorf("there is no chart %s", chart)
		return
	}
	var gotNodes, gotLinks []string
	for _, n := range c.Nodes {
		gotNodes = append(gotNodes, fmt.Sprintf("%d %s %s", n.Column, n.Label, spellNumber(n.Value)))
	}
	for _, l := range c.Links {
		gotLinks = append(gotLinks, fmt.Sprintf("%s > %s %s", l.From, l.To, spellNumber(l.Value)))
	}
	if !slices.Equal(gotNodes, nodes) || !slices.Equal(gotLinks, links) {
		t.Errorf("chart %s: %q %q,\nwant %q %q", chart, gotNodes, gotLinks, nodes, links)
	}
}

func TestEveryFlowFigureOfAWeekIsAsCountedByHand(t *testing.T) {
	t.Parallel()
	x := aWeek
	x.ask.Parameters.Flows = digest.FlowsParameters{
		ValuePerAppointment: number100(100), ValuePerEnrollment: number100(20), Currency: "EUR",
		Kept: &digest.Answer{Flow: "recall", Step: "verify", Answer: "KEEP"},
	}
	s := x.collect(t, "flows", theFlows(t))
	figuresAre(t, s, map[string]string{
		// s1 to s8; s9 starts at the week's end. Before: p1, p2.
		"initiated": "8 2",
		// s1 s2 s7; p1
		"completed": "3 1",
		// s3, s4 expired, s6, s8; p2 expires on Monday only
		"failed": "4 0",
		// s5, completed on Monday; p2
		"pending": "1 1",
		// 3 + 4; 1 + 0
		"total_flows": "7 1",
		// 3 / 7; 1 / 1
		"success_rate": "42.857 100",
		// 4 / 7; 0 / 1
		"failure_rate": "57.143 0",
		// s1 s2 s3 s5 s7 s8; p1
		"started": "6 1",
		// of the ended with an answer: s1 s2 s7 / s1 s2 s7 s3 s8; p1 / p1
		"responsive_success_rate": "60 100",
		// s4 s6
		"failed_at_first_step": "2 0",
		// u1 u2 u3 u6 u7 (u1's second session has not ended); u8
		"users_assisted": "5 1",
		// (4 + 3 + 2 + 1 + 2 of s5 + 1 + 2 + 2) = 17 messages of 15 s: s5 had entered two steps by the week's end; 3 + 1 of the week before
		"staff_time_saved": "255 60",
		// s2 s8 / 7; 0 / 1
		"mention_share": "28.571 0",
		// a1 by its session, a2 by its user and once, a4 of s5. Not a3 (72 h to the second), a6 (after the week), a8, a9. Before: a30, told by now.
		"appointments_scheduled": "3 1",
		// 3 / 8; 1 / 2
		"appointment_rate": "37.5 50",
		// a0 of p1, a1 of s1 and once, a12 of o1 (90 days to the second). Not a13.
		"appointments_completed": "3 0",
		"completion_rate":        "37.5 0",
		// u1 once, u7. Not u3, enrolled a minute before the session.
		"portal_enrollments": "2 0",
		"enrollment_rate":    "25 0",
		// k1 of s6, k2 of none, s7 by its answer, s8 by goal and answer: once
		"recovered_cancellations": "4 0",
		// a1 120, a2 100 by value, a4 80; a30 100
		"revenue_scheduled": "300 100",
		// a0 150, a1 and a12 100 each
		"revenue_completed": "350 0",
		// 2 x 20
		"enrollment_value": "40 0",
	})
	for _, key := range []string{"appointments_scheduled", "appointment_rate", "revenue_scheduled"} { // s6 and s7 began within 72 h of the end
		if f, _ := s.Figure(key); !f.Provisional {
			t.Errorf("%s is not provisional", key)
		}
	}
	if f, _ := s.Figure("revenue_scheduled"); f.Unit != digest.Money || f.Value.Currency != "EUR" || f.Previous.Currency != "EUR" {
		t.Errorf("revenue is in %+v", f)
	}
	for _, key := range []string{"completion_rate", "enrollment_rate", "success_rate"} {
		if f, _ := s.Figure(key); f.Provisional || f.Direction != digest.Up {
			t.Errorf("%s: %+v", key, f)
		}
	}
	noteIs(t, s, "balance", "completed=3, failed=4, initiated=8, pending=1")
}

func TestChartsOfFlowsAreOfTheSameSessionsAsTheirFigures(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "flows", theFlows(t))
	rowsAre(t, s, "completion", "current", "completed=3, failed_at_first_step=2, failed_later=2")
	rowsAre(t, s, "completion", "previous", "completed=1, failed_at_first_step=0, failed_later=0")
	// Of the seven that ended: s4 and s6 failed at their first step, s3 and s8 at the second, s1 and s2 completed at the third, s7 at the second.
	stepsAre(t, s, "by_step", "completed", "1=5 2=3 3=2")
	stepsAre(t, s, "by_step", "failed", "1=2 2=2 3=0")
	stepsAre(t, s, "failure_by_step", "TIMEOUT", "1=1 2=0 3=0")
	stepsAre(t, s, "failure_by_step", "VOICE_ENDED", "1=1 2=0 3=0")
	stepsAre(t, s, "failure_by_step", "INCOMING_MESSAGE", "1=0 2=1 3=0")
	stepsAre(t, s, "failure_by_step", "UNKNOWN", "1=0 2=1 3=0")
	if c := s.Chart("by_step"); c.Series[0].Points[0].Label != "" {
		t.Errorf("a step of two flows is called %q", c.Series[0].Points[0].Label)
	}
	// Intake, s1 to s5: s4 failed at the name, s3 at the first visit, where s5 still is; s1 and s2 went through.
	wayIs(t, s, "journey",
		[]string{"0 Name 5", "1 First visit 4", "2 Thanks 2", "3 completed 2", "3 failed 2", "3 pending 1"},
		[]string{"0:name > 1:first 4", "0:name > end/failed 1", "1:first > 2:thanks 2", "1:first > end/failed 1", "1:first > end/pending 1", "2:thanks > end/completed 2"})
	// Recall, s6 to s8: the greeting that s8 came back to is no new step.
	wayIs(t, s, "journey_2",
		[]string{"0 Greeting 3", "1 Verify 2", "2 completed 1", "2 failed 2"},
		[]string{"0:greet > 1:verify 2", "0:greet > end/failed 1", "1:verify > end/completed 1", "1:verify > end/failed 1"})
	if of := s.Chart("journey").Of; of == nil || *of != (digest.Place{Key: "intake", Label: "New patient intake"}) { // as its latest session calls it
		t.Errorf("the first journey is of %+v", of)
	}
	noteIs(t, s, "journeys", "")
	noteIs(t, s, "went_back", "")
}

func TestTablesOfFlowsAreAsCountedByHand(t *testing.T) {
	t.Parallel()
	x := aWeek
	x.ask.Parameters.Flows = digest.FlowsParameters{ValuePerAppointment: number100(100), Currency: "EUR"}
	s := x.collect(t, "flows", theFlows(t))
	tableIs(t, s, "by_flow",
		"New patient intake | sms | 5 | 2 | 2 | 1 | 50 | 66.667", // answered: s1 s2 completed, s3 failed
		"Recall | voice | 3 | 1 | 2 | 1 | 33.333 | 50")           // answered: s7 completed, s8 failed
	tableIs(t, s, "failure_reasons", // of equals the earliest first: s8, s3, s4, s6
		"UNKNOWN | 1 | 25", "INCOMING_MESSAGE | 1 | 25", "TIMEOUT | 1 | 25", "VOICE_ENDED | 1 | 25")
	tableIs(t, s, "by_practice",
		// North: s1 s2 s6 s8. a1 120 and a2 100; a0 150, a1 100 and a12 100; e1 of s1 and e4 of s8, no value set.
		"north | 4 | 2 | 50 | 220 EUR | 3 | 75 | 350 EUR | 2 | 50 | n/a",
		"south | 3 | 0 | 0 | 0 EUR | 0 | 0 | 0 EUR | 0 | 0 | n/a",
		"n/a | 1 | 1 | 100 | 80 EUR | 0 | 0 | 0 EUR | 0 | 0 | n/a")
	// a1 was completed, a2 cancelled after the week, a4 is as it was.
	tableIs(t, s, "scheduled_status", "booked | 1 | 33.333", "cancelled | 1 | 33.333", "completed | 1 | 33.333")
	// a3 a4 a30; a0 a1 a12; a2. Not a8 and a9, of no earlier session, nor a13.
	tableIs(t, s, "appointment_status", "booked | 3 | 42.857", "completed | 3 | 42.857", "cancelled | 1 | 14.286")
	tableIs(t, s, "responses",
		// Ada twice, Ben and Cleo: each name is one person's, so it is counted and not listed
		"New patient intake | 1 | What is your name? | n/a | 4 | 100",
		"New patient intake | 2 | Is this your first visit? | Yes | 2 | 100", // "Yes" and " yes "; s5 answered after the week
		"Recall | 1 | Do you want to keep it? | Keep | 2 | 100")
	noteIs(t, s, "free_text", "count=4")
	tableIs(t, s, "responses_by_user",
		"F.\u00a0L. | n/a | Recall | 2026-03-21T11:00:00+01:00 | Keep | n/a | n/a | n/a | n/a | n/a | n/a | n/a",
		"A.\u00a0Q. | …01 | New patient intake | 2026-03-19T10:00:00+01:00 | n/a | n/a | n/a | n/a | n/a | n/a | n/a | n/a",
		"…3 | n/a | Intake | 2026-03-17T09:00:00+01:00 | n/a | n/a | n/a | n/a | n/a | n/a | n/a | n/a",
		"B.\u00a0R. | …02 | Intake | 2026-03-16T11:00:00+01:00 | n/a | yes | n/a | n/a | n/a | n/a | n/a | n/a",
		"A.\u00a0Q. | …01 | Intake | 2026-03-16T10:00:00+01:00 | n/a | Yes | n/a | n/a | n/a | n/a | n/a | n/a",
		"…7 | n/a | Recall | 2026-03-16T00:00:00+01:00 | keep | n/a | n/a | n/a | n/a | n/a | n/a | n/a")
	noteIs(t, s, "responses_by_user", "count=6, shown=6")
	tableIs(t, s, "recovered_detail",
		"…5 | n/a | north | a20 | 2026-04-02T11:00:00+02:00 | 2026-03-20T16:01:00+01:00 | n/a",
		"n/a | n/a | south | a21 | n/a | 2026-03-18T16:00:00+01:00 | n/a",
		"…7 | n/a | north | n/a | n/a | 2026-03-16T00:01:00+01:00 | n/a")
	tableIs(t, s, "journey",
		"New patient intake | 1 | Name | 2 | First visit | 4 | 80",
		"New patient intake | 1 | Name | n/a | failed | 1 | 20",
		"New patient intake | 2 | First visit | 3 | Thanks | 2 | 50",
		"New patient intake | 2 | First visit | n/a | failed | 1 | 25",
		"New patient intake | 2 | First visit | n/a | pending | 1 | 25",
		"New patient intake | 3 | Thanks | n/a | completed | 2 | 100",
		"Recall | 1 | Greeting | 2 | Verify | 2 | 66.667",
		"Recall | 1 | Greeting | n/a | failed | 1 | 33.333",
		"Recall | 2 | Verify | n/a | completed | 1 | 50",
		"Recall | 2 | Verify | n/a | failed | 1 | 50")
}

func TestAWeekWithoutSessionsHasCountsOfZeroAndNothingToDivideBy(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "flows", old)
	figuresAre(t, s, map[string]string{
		"initiated": "0 0", "completed": "0 0", "failed": "0 0", "pending": "0 0", "total_flows": "0 0", "started": "0 0", "failed_at_first_step": "0 0",
		"users_assisted": "0 0", "success_rate": "n/a n/a", "failure_rate": "n/a n/a", "responsive_success_rate": "n/a n/a", "mention_share": "n/a n/a",
		"staff_time_saved": "0 0",
		// Nobody ever told of an appointment, an enrolment or a kept cancellation: that is not 0.
		"appointments_scheduled": "unavailable unavailable", "appointment_rate": "unavailable unavailable", "revenue_scheduled": "unavailable unavailable",
		"appointments_completed": "unavailable unavailable", "portal_enrollments": "unavailable unavailable", "recovered_cancellations": "unavailable unavailable",
	})
	for _, key := range []string{"completion", "by_step", "failure_by_step", "journey"} {
		stateIs(t, s, key, digest.Empty)
	}
	if len(s.Tables) != 0 {
		t.Errorf("%d tables", len(s.Tables))
	}
	noteIs(t, s, "balance", "completed=0, failed=0, initiated=0, pending=0")
	for _, f := range s.Figures {
		if f.Provisional {
			t.Errorf("%s is provisional without a session", f.Key)
		}
	}
}

func TestGoalsWithoutSessionsAreZeroOfNothing(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "flows", old+`
		INSERT INTO goal_event (event_id, user_id, kind, occurred_at) VALUES ('g', 'u', 'appointment_scheduled', '2026-03-17 09:00');`)
	figuresAre(t, s, map[string]string{
		"appointments_scheduled": "0 0", "appointment_rate": "n/a n/a", "revenue_scheduled": "n/a n/a", "portal_enrollments": "unavailable unavailable",
	})
}

func TestAFirstEditionOfFlowsHasNoPrevious(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/flows.sql")
	if err != nil {
		t.Fatal(err)
	}
	// The first row of all is o2, of December: the week of 15 to 21 December 2025 begins before it, and so does the week before.
	x := reading{zone: "Europe/Berlin", from: "2025-12-15", to: "2025-12-22"}
	s := x.collect(t, "flows", string(text))
	figuresAre(t, s, map[string]string{"initiated": "2 unavailable", "completed": "2 unavailable", "success_rate": "100 unavailable"})
	if len(s.Chart("completion").Series) != 1 {
		t.Error("the donut has a week before")
	}
}

func TestSessionsAreChosenByFlowPracticeAndChannel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		ask  digest.Parameters
		want map[string]string
	}{
		{"one flow", digest.Parameters{Flows: digest.FlowsParameters{Flows: []string{"recall"}}}, map[string]string{
			// s6 s7 s8; u7 enrolled after s8; k1 k3, k2 being of no session
			"initiated": "3", "completed": "1", "failed": "2", "appointments_scheduled": "0", "portal_enrollments": "1", "recovered_cancellations": "2",
		}},
		{"one practice", digest.Parameters{Practices: []string{"north"}}, map[string]string{
			// s1 s2 s6 s8; a1 a2; a0 a1 a12; u1 u7; k1 k3
			"initiated": "4", "completed": "2", "failed": "2", "appointments_scheduled": "2", "appointments_completed": "3", "portal_enrollments": "2", "recovered_cancellations": "2",
		}},
		{"another, with a kept cancellation of its own", digest.Parameters{Practices: []string{"south"}}, map[string]string{
			"initiated": "3", "recovered_cancellations": "1",
		}},
		{"two practices", digest.Parameters{Practices: []string{"north", "south"}}, map[string]string{"initiated": "7", "pending": "0"}},
		{"one channel", digest.Parameters{Flows: digest.FlowsParameters{Channels: []string{"sms"}}}, map[string]string{"initiated": "5", "completed": "2", "failed": "2", "pending": "1"}},
		{"a flow by a practice", digest.Parameters{Practices: []string{"south"}, Flows: digest.FlowsParameters{Flows: []string{"intake"}}}, map[string]string{"initiated": "2", "failed": "2"}},
		{"a flow that nobody knows", digest.Parameters{Flows: digest.FlowsParameters{Flows: []string{"gone"}}}, map[string]string{"initiated": "0", "success_rate": "n/a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := aWeek
			x.ask.Parameters = c.ask
			figuresAre(t, x.collect(t, "flows", theFlows(t)), c.want)
		})
	}
}

func TestMoneyIsInOneCurrencyOrNotAtAll(t *testing.T) {
	t.Parallel()
	sessions := old + `INSERT INTO flow_session (flow_session_id, flow_id, user_id, started_at, ended_at, status) VALUES
		('s', 'f', 'u', '2026-03-16 09:00', '2026-03-16 10:00', 'completed');
		INSERT INTO goal_event (event_id, kind, occurred_at, flow_session_id, amount, currency) VALUES `
	goal := func(id, amount string) string {
		return "('" + id + "', 'appointment_scheduled', '2026-03-16 11:00', 's', " + amount + ")"
	}
	for _, c := range []struct {
		name              string
		goals             []string
		ask               digest.FlowsParameters
		want, other, bare string
	}{
		{"nothing is set and no goal says", []string{"NULL, NULL"}, digest.FlowsParameters{}, "n/a", "", ""},
		{"a value is set", []string{"NULL, NULL", "NULL, NULL"}, digest.FlowsParameters{ValuePerAppointment: number100(12.5), Currency: "USD"}, "25 USD", "", ""},
		{"goals say, and one does not", []string{"10, 'USD'", "2.25, 'USD'", "NULL, NULL"}, digest.FlowsParameters{}, "12.25 USD", "", "count=1"},
		{"most say dollars", []string{"10, 'USD'", "5, 'USD'", "90, 'EUR'"}, digest.FlowsParameters{}, "15 USD", "count=1", ""},
		{"the digest is in euro", []string{"10, 'USD'", "5, 'USD'", "90, 'EUR'"}, digest.FlowsParameters{Currency: "EUR"}, "90 EUR", "count=2", ""},
		{"an amount of no currency is in the digest's", []string{"10, NULL"}, digest.FlowsParameters{Currency: "EUR"}, "10 EUR", "", ""},
		{"an amount of no currency at all", []string{"10, NULL"}, digest.FlowsParameters{}, "n/a", "count=1", ""},
		{"none scheduled, but a value is set", nil, digest.FlowsParameters{ValuePerAppointment: number100(12.5), Currency: "USD"}, "0 USD", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := aWeek
			x.ask.Parameters.Flows = c.ask
			rows := []string{"('before', 'appointment_scheduled', '2025-03-16 11:00', 's', NULL, NULL)"} // so that appointments are known of
			for i, g := range c.goals {
				rows = append(rows, goal(fmt.Sprint(i), g))
			}
			s := x.collect(t, "flows", sessions+strings.Join(rows, ", "))
			f, _ := s.Figure("revenue_scheduled")
			if got := strings.TrimSpace(spell(f.Value, f.Unit) + " " + f.Value.Currency); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			noteIs(t, s, "other_currency", c.other)
			noteIs(t, s, "no_amount", c.bare)
		})
	}
}

func TestOverAClockChangeTheWindowOfAnAppointmentStays72Hours(t *testing.T) {
	t.Parallel()
	// 23 to 29 March in Berlin: the Sunday has 23 hours, so the week ends at 29 March 22:00 UTC.
	x := reading{zone: "Europe/Berlin", from: "2026-03-23", to: "2026-03-30"}
	s := x.collect(t, "flows", old+`
		INSERT INTO flow_session (flow_session_id, flow_id, user_id, started_at, status) VALUES
		('in',  'f', 'a', '2026-03-26 20:00', 'in_progress'), -- Thursday 21:00; its window ends on Sunday 22:00 local time, an hour later on the clock
		('out', 'f', 'b', '2026-03-29 22:00', 'in_progress');  -- Monday 00:00
		INSERT INTO goal_event (event_id, user_id, kind, occurred_at) VALUES
		('1', 'a', 'appointment_scheduled', '2026-03-29 19:59:59');`)
	figuresAre(t, s, map[string]string{"initiated": "1", "appointments_scheduled": "1", "pending": "1"})
	if f, _ := s.Figure("appointments_scheduled"); f.Provisional {
		t.Error("all windows have closed: 72 h after Thursday 20:00 is Sunday 20:00, before the week's end")
	}
}

func TestWhatIsInProgressOrExpiredIsJudgedAsOfThePeriodsEnd(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "flows", old+`
		INSERT INTO flow_session (flow_session_id, flow_id, user_id, started_at, last_activity_at, expires_at, ended_at, status, failure_reason, steps_reached) VALUES
		('expired before the end',           'f', 'a', '2026-03-16 09:00', NULL, '2026-03-22 22:59:59', NULL, 'in_progress', NULL, 2),
		('expires at the end',               'f', 'b', '2026-03-16 09:00', NULL, '2026-03-22 23:00', NULL, 'in_progress', NULL, 2),
		('ended at the end',                 'f', 'c', '2026-03-16 09:00', NULL, NULL, '2026-03-22 23:00', 'completed', NULL, 2),
		('expired, then marked by a sweep',  'f', 'd', '2026-03-16 09:00', NULL, '2026-03-17 09:00', '2026-03-17 10:00', 'failed', NULL, 2),
		('completed without an end',         'f', 'e', '2026-03-16 09:00', '2026-03-16 09:30', NULL, NULL, 'completed', NULL, 2),
		('failed, and no step is known',     'f', 'g', '2026-03-16 09:00', NULL, NULL, '2026-03-16 10:00', 'failed', 'CANCELLED', NULL);`)
	figuresAre(t, s, map[string]string{"initiated": "6", "completed": "1", "failed": "3", "pending": "2", "failed_at_first_step": "1"})
	tableIs(t, s, "failure_reasons", "TIMEOUT | 2 | 66.667", "CANCELLED | 1 | 33.333")
	// Without steps, a session has as many as its count says: those that expired failed at their second, the last at its first.
	stepsAre(t, s, "by_step", "completed", "1=3 2=1")
	stepsAre(t, s, "by_step", "failed", "1=1 2=2")
}

func TestWhatNobodyCountsIsNotAvailable(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "flows", old+`
		INSERT INTO flow_session (flow_session_id, flow_id, user_id, started_at, ended_at, status) VALUES ('s', 'f', 'u', '2026-03-16 09:00', '2026-03-16 10:00', 'completed');
		INSERT INTO capability VALUES ('flow_session', 'users_assisted', 'none', 'one visitor is one session'), ('flow_step', '*', 'none', 'no steps');`)
	figuresAre(t, s, map[string]string{"staff_time_saved": "unavailable 0", "mention_share": "unavailable n/a", "users_assisted": "unavailable unavailable", "completed": "1 0"})
	stateIs(t, s, "journey", digest.Unavailable)
	tableIs(t, s, "journey")
	tableIs(t, s, "responses")
	// The only session went from its first step, which every session has, to its end.
	stepsAre(t, s, "by_step", "completed", "1=1")
}

func TestAGoalNamesItsSessionOrIsOfTheUsersLatest(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "flows", old+`
		INSERT INTO flow_session (flow_session_id, flow_id, practice, user_id, started_at, status) VALUES
		('mon', 'f', 'first', 'u', '2026-03-16 09:00', 'in_progress'), ('tue', 'f', 'second', 'u', '2026-03-17 09:00', 'in_progress'),
		('before', 'f', 'third', 'w', '2026-03-15 22:00', 'in_progress');
		INSERT INTO goal_event (event_id, user_id, kind, occurred_at, flow_session_id) VALUES
		('latest before', 'u', 'appointment_scheduled', '2026-03-17 09:00', NULL), -- at the start of the second: of it
		('named',         'u', 'appointment_scheduled', '2026-03-17 12:00', 'mon'),
		('unknown name',  'u', 'appointment_scheduled', '2026-03-17 12:00', 'gone'),
		('of the week before', 'w', 'appointment_scheduled', '2026-03-16 12:00', NULL);`)
	figuresAre(t, s, map[string]string{"appointments_scheduled": "2 1"})
	i := slices.IndexFunc(s.Tables, func(x digest.Table) bool { return x.Key == "by_practice" })
	for n, want := range []string{"first 1 1", "second 1 1"} {
		if row := s.Tables[i].Rows[n]; fmt.Sprintf("%s %v %v", row[0].Text, row[1].Number, row[2].Number) != want {
			t.Errorf("practice %d: %+v, want %s", n, row, want)
		}
	}
}

func TestTheNextEditionTellsAppointmentsMadeAfterThisOne(t *testing.T) {
	t.Parallel()
	seed := theFlows(t)
	this := aWeek.collect(t, "flows", seed)
	next := reading{zone: "Europe/Berlin", from: "2026-03-23", to: "2026-03-30"}.collect(t, "flows", seed)
	// a6 was made on Monday, 46 hours after s7.
	figuresAre(t, this, map[string]string{"appointments_scheduled": "3"})
	f, _ := next.Figure("appointments_scheduled")
	if f.Previous.Number != 4 {
		t.Errorf("the next edition says %v of this one, want 4", f.Previous)
	}
	if g, _ := next.Figure("completed"); g.Previous.Number != 3 { // s5 ended after the week: it is still as of the week's end
		t.Errorf("the next edition says that %v were completed", g.Previous)
	}
}

func TestJourneysAreOfTheFourLargestFlowsAndNameTheOthers(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "flows", old+`
		INSERT INTO flow_session (flow_session_id, flow_id, flow_name, user_id, started_at, status, steps_reached)
		SELECT f || ' ' || n, 'f' || f, 'Flow ' || f, 'u', timestamptz '2026-03-16 09:00' + f * interval '1 minute', 'in_progress', 1
		FROM generate_series(1, 6) AS f, generate_series(1, 7 - f) AS n;`)
	for i, key := range []string{"journey", "journey_2", "journey_3", "journey_4"} {
		if c := s.Chart(key); c == nil || c.Of.Label != fmt.Sprintf("Flow %d", i+1) {
			t.Errorf("%s: %+v", key, c)
		}
	}
	if s.Chart("journey_5") != nil {
		t.Error("there is a fifth")
	}
	noteIs(t, s, "journeys", "count=2, flows=Flow 5, Flow 6")
}

func TestALongJourneyHasTwelvePlacesAndOneForTheRest(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "flows", old+`
		INSERT INTO flow_session (flow_session_id, flow_id, user_id, started_at, ended_at, status, steps_reached) VALUES
		('long', 'f', 'u', '2026-03-16 09:00', '2026-03-16 10:00', 'completed', 20), ('back', 'f', 'v', '2026-03-16 09:00', '2026-03-16 10:00', 'failed', 3);
		INSERT INTO flow_step (flow_session_id, visit, position, step_id, step_name, entered_at)
		SELECT 'long', n::int, n::int, 'step ' || n, 'Step ' || n, timestamptz '2026-03-16 09:00' FROM generate_series(1, 20) AS n
		UNION ALL SELECT 'back', 1, 1, 'step 1', 'Step 1', '2026-03-16 09:00'
		UNION ALL SELECT 'back', 2, 3, 'step 3', 'Step 3', '2026-03-16 09:00'
		UNION ALL SELECT 'back', 3, 2, 'step 2', 'Step 2', '2026-03-16 09:00';`)
	c := s.Chart("journey")
	if n := len(c.Nodes); n != 12+1+2 { // places, the rest, completed and failed
		t.Fatalf("%d nodes", n)
	}
	if rest := c.Nodes[12]; rest.Role != digest.Other || rest.Column != 12 || rest.Value != 8 { // steps 13 to 20 of one session
		t.Errorf("the rest is %+v", rest)
	}
	if end := c.Nodes[13]; end.Column != 13 {
		t.Errorf("the end is %+v", end)
	}
	stepsAre(t, s, "by_step", "completed", "1=2 2=1 3=2 4=1 5=1 6=1 7=1 8=1 9=1 10=1 11=1 12=1 other=8")
	noteIs(t, s, "went_back", "count=1")
}

func TestASnapshotKeepsNoNames(t *testing.T) {
	t.Parallel()
	for key, fixture := range map[string]string{"flows": theFlows(t), "outreach": theCampaigns(t)} {
		x := aWeek
		x.ask.Parameters.Outreach.Individual = true
		s, err := json.Marshal(x.collect(t, key, fixture))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Ada", "Quist", "Roth", "5550101", "said on the phone", "ida@example.org"} {
			if strings.Contains(string(s), name) {
				t.Errorf("%s has %q", key, name)
			}
		}
	}
}

func TestAnswersInOnesOwnWordsAreListedOnlyWhereThatIsChosen(t *testing.T) {
	t.Parallel()
	x := aWeek
	x.ask.Parameters.Flows.FreeText = true
	s := x.collect(t, "flows", theFlows(t))
	tableIs(t, s, "responses",
		"New patient intake | 1 | What is your name? | Ada Quist | 2 | 50",
		"New patient intake | 1 | What is your name? | Ben Roth | 1 | 25",
		"New patient intake | 1 | What is your name? | Cleo Sand | 1 | 25",
		"New patient intake | 2 | Is this your first visit? | Yes | 2 | 100",
		"Recall | 1 | Do you want to keep it? | Keep | 2 | 100")
	noteIs(t, s, "free_text", "")
}

func TestPersonsAreReadWholeForWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	source := opened(t, "native", seeded(t, theFlows(t)), "desk")
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	ask := digest.Ask{Period: days(berlin, "2026-03-16", "2026-03-23")}
	listed := func(w digest.FlowPersonsWanted) (lines []string, of digest.FlowPersons) {
		t.Helper()
		of, err := source.FlowPersons(t.Context(), ask, w)
		if err != nil {
			t.Fatalf("%+v: %v", w, err)
		}
		if w.Skip == 0 && w.Most == 0 { // the file has the same
			var all []digest.FlowPerson
			if err := source.EachFlowPerson(t.Context(), ask, w, func(p digest.FlowPerson) error { all = append(all, p); return nil }); err != nil || !reflect.DeepEqual(all, of.Lines) {
				t.Errorf("%+v: the file has %+v, %v", w, all, err)
			}
		}
		for _, p := range of.Lines {
			l := fmt.Sprintf("%s %s, %s, %s, %s", p.Name, p.Address, p.Flow, p.Practice, p.At.In(berlin).Format("2 15:04"))
			for _, a := range p.Answers {
				l += "; " + a.Question + " " + a.Answer
			}
			if w.Kind == "recovered" {
				l += "; " + p.User + " " + p.Appointment + " " + p.Detail
			}
			lines = append(lines, l)
		}
		return lines, of
	}
	is := func(w digest.FlowPersonsWanted, total int, want ...string) {
		t.Helper()
		if got, of := listed(w); !slices.Equal(got, want) || of.Total != total {
			t.Errorf("%+v: %d,\n%s\nwant %d,\n%s", w, of.Total, strings.Join(got, "\n"), total, strings.Join(want, "\n"))
		}
	}
	is(digest.FlowPersonsWanted{}, 6,
		"Fay Lund , Recall, south, 21 11:00; Do you want to keep it? Keep",
		"Ada Quist +49 30 5550101, New patient intake, , 19 10:00; What is your name? Ada Quist",
		" , Intake, south, 17 09:00; What is your name? Cleo Sand",
		"Ben Roth +49 30 5550102, Intake, north, 16 11:00; What is your name? Ben Roth; Is this your first visit? yes",
		"Ada Quist +49 30 5550101, Intake, north, 16 10:00; What is your name? Ada Quist; Is this your first visit? Yes",
		" , Recall, north, 16 00:00; Do you want to keep it? keep")
	is(digest.FlowPersonsWanted{Kind: "answered", Most: 2, Skip: 1}, 6,
		"Ada Quist +49 30 5550101, New patient intake, , 19 10:00; What is your name? Ada Quist",
		" , Intake, south, 17 09:00; What is your name? Cleo Sand")
	is(digest.FlowPersonsWanted{Practice: "north"}, 3,
		"Ben Roth +49 30 5550102, Intake, north, 16 11:00; What is your name? Ben Roth; Is this your first visit? yes",
		"Ada Quist +49 30 5550101, Intake, north, 16 10:00; What is your name? Ada Quist; Is this your first visit? Yes",
		" , Recall, north, 16 00:00; Do you want to keep it? keep")
	is(digest.FlowPersonsWanted{Flow: "recall", Practice: "south"}, 1,
		"Fay Lund , Recall, south, 21 11:00; Do you want to keep it? Keep")
	is(digest.FlowPersonsWanted{Kind: "recovered"}, 3,
		" , , north, 20 16:01; u5 a20 said on the phone",
		" , , south, 18 16:00;  a21 ",
		" , , north, 16 00:01; u7  ")
	is(digest.FlowPersonsWanted{Kind: "recovered", Most: 1, Skip: 9}, 3)
	ask.Parameters.Practices = []string{"south"}
	is(digest.FlowPersonsWanted{Practice: "north"}, 0) // a filter shows nobody whom the digest does not tell of
	ask.Parameters.Practices = nil
	_, of := listed(digest.FlowPersonsWanted{Flow: "recall"}) // what there is to filter by stays whole
	if flows := []digest.FlowChoice{{ID: "intake", Name: "Intake"}, {ID: "recall", Name: "Recall"}}; !slices.Equal(of.Flows, flows) || !slices.Equal(of.Practices, []string{"north", "south"}) {
		t.Errorf("to filter by are %+v, %q", of.Flows, of.Practices)
	}
	if err := source.EachFlowPerson(t.Context(), ask, digest.FlowPersonsWanted{}, func(digest.FlowPerson) error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Errorf("an error of whom they are handed to becomes %v", err)
	}
}
