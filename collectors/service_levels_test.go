package collectors

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// aClinic is open Monday to Friday, 9 to 17 in Berlin, and closed on Wednesday 18 March 2026.
const aClinic = old + `
	INSERT INTO business_hours (calendar_id, weekday, opens, closes, time_zone) SELECT 'clinic', d, '09:00', '17:00', 'Europe/Berlin' FROM generate_series(1, 5) d;
	INSERT INTO business_holiday (calendar_id, holiday) VALUES ('clinic', '2026-03-18');
	INSERT INTO agent (agent_id, display_name, role) VALUES ('ana', 'Ana', 'agent'), ('ben', 'Ben', 'agent'), ('robo', 'Robo', 'bot');`

// aWeekAtTheClinic: hours are those of Berlin (+01). c1 to c7 are conversations with an episode each, q1 and q2 wait in the queue.
const aWeekAtTheClinic = aClinic + `
	INSERT INTO conversation (conversation_id, user_id, calendar_id, started_at, initiated_by)
	SELECT c, 'u' || c, 'clinic', '2026-03-01', 'user' FROM unnest(ARRAY['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'q1', 'q2']) c;
	INSERT INTO episode (conversation_id, seq, opened_at, closed_at, closed_by) VALUES
	('c1', 1, '2026-03-16 09:10+01', '2026-03-16 09:40+01', 'agent'),
	('c2', 1, '2026-03-16 16:30+01', '2026-03-17 09:45+01', 'agent'),
	('c3', 1, '2026-03-17 16:30+01', '2026-03-20 12:00+01', 'user'),
	('c4', 1, '2026-03-13 16:30+01', '2026-03-16 09:30+01', 'agent'),
	('c5', 1, '2026-03-20 16:30+01', NULL, NULL),
	('c6', 1, '2026-03-21 12:00+01', NULL, NULL),
	('c7', 1, '2026-03-12 10:00+01', '2026-03-16 10:00+01', 'agent');
	INSERT INTO assignment (assignment_id, conversation_id, user_id, agent_id, kind, offered_at, accepted_at, first_reply_at, ended_at, ended_by, end_reason, derivation) VALUES
	('a1', 'c1', 'uc1', 'ana', 'initial', '2026-03-16 09:10+01', '2026-03-16 09:15+01', '2026-03-16 09:15+01', '2026-03-16 09:40+01', 'agent', 'closed', 'recorded'),
	('a2', 'c2', 'uc2', 'ana', 'initial', '2026-03-16 16:55+01', '2026-03-17 09:05+01', '2026-03-17 09:05+01', '2026-03-17 09:45+01', 'agent', 'closed', 'recorded'),
	('a3', 'c3', 'uc3', 'ben', 'initial', '2026-03-17 16:30+01', '2026-03-17 16:50+01', '2026-03-17 16:50+01', '2026-03-20 12:00+01', 'user', 'closed', 'recorded'),
	('a4', 'c4', 'uc4', 'ben', 'initial', '2026-03-13 16:30+01', '2026-03-16 09:20+01', '2026-03-16 09:20+01', '2026-03-16 09:30+01', 'agent', 'closed', 'recorded'),
	('a5', 'c5', 'uc5', 'ana', 'initial', '2026-03-20 16:55+01', NULL, NULL, NULL, NULL, NULL, 'recorded'),
	('a7', 'c7', 'uc7', 'ana', 'initial', '2026-03-12 10:00+01', '2026-03-12 10:05+01', '2026-03-12 10:05+01', '2026-03-16 10:00+01', 'agent', 'closed', 'recorded'),
	('q1', 'q1', 'uq1', NULL, 'queue', '2026-03-16 09:30+01', NULL, NULL, NULL, NULL, NULL, 'recorded'),
	('q2', 'q2', 'uq2', NULL, 'queue', '2026-03-16 09:50+01', NULL, NULL, '2026-03-16 09:55+01', 'user', 'closed', 'recorded');
	INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author)
	SELECT row_number() OVER (), c, 'u' || c, at::timestamptz, CASE by WHEN 'user' THEN 'in' ELSE 'out' END, by
	FROM (VALUES
	('c1', '2026-03-16 09:10+01', 'user'), ('c1', '2026-03-16 09:15+01', 'agent'), ('c1', '2026-03-16 09:20+01', 'user'),
	('c1', '2026-03-16 09:25+01', 'user'), ('c1', '2026-03-16 09:32+01', 'agent'),
	('c2', '2026-03-16 16:30+01', 'user'), ('c2', '2026-03-16 16:31+01', 'bot'), ('c2', '2026-03-17 09:05+01', 'agent'), ('c2', '2026-03-17 09:20+01', 'user'),
	('c3', '2026-03-17 16:30+01', 'user'), ('c3', '2026-03-17 16:50+01', 'agent'), ('c3', '2026-03-19 10:00+01', 'user'),
	('c4', '2026-03-13 16:30+01', 'user'), ('c4', '2026-03-16 09:20+01', 'agent'),
	('c5', '2026-03-20 16:55+01', 'user'), ('c6', '2026-03-21 12:00+01', 'user'),
	('c7', '2026-03-12 10:00+01', 'user'), ('c7', '2026-03-12 10:05+01', 'agent'),
	('c8', '2026-03-16 16:59:30+01', 'user'), ('c8', '2026-03-16 17:00+01', 'user'), ('c8', '2026-03-18 10:00+01', 'user')) AS m (c, at, by);
	INSERT INTO agent_session (session_id, agent_id, started_at, ended_at, state) VALUES
	('s1', 'ana', '2026-03-16 09:00+01', '2026-03-16 09:30+01', 'online'), ('s2', 'ana', '2026-03-20 16:00+01', '2026-03-20 17:00+01', 'online'),
	('s3', 'ben', '2026-03-20 16:00+01', '2026-03-20 17:00+01', 'away'), ('s4', 'robo', '2026-03-16 09:00+01', '2026-03-16 10:00+01', 'online');`

func TestAWeekOfServiceByTheHoursOfThePractice(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "service_levels", aWeekAtTheClinic)
	figuresAre(t, s, map[string]string{
		// Deadlines in the week: c1 Mon 10:10, closed 09:40; c2 Tue 09:30, closed 09:45; c3 (Wednesday is a holiday) Thu 09:30, closed Fri;
		// c4, of Friday 16:30, Mon 09:30, closed then. Those of c5 and c6 are next Monday. The week before: c7, open on Fri.
		"closed_within_hour": "50 0",
		// c1 and c2 Tue 17:00, closed before; c3 Thu 17:00, closed Fri; c4 Mon 17:00, closed before. The week before: c7 Fri 17:00.
		"closed_within_day": "75 0",
		// c1 9:10 answered 9:15; 9:20 answered 9:32, late. c2 handed off Mon 16:55, answered Tue 9:05: 10 minutes. c3 Tue 16:30 answered 16:50, Thu
		// 10:00 never, for the user closed it. c2's question of Tue 9:20 was closed by an agent: left out. c5's deadline is next Monday, c6 and c8 have
		// no assignment. The week before: c7 after 5 minutes; c4, Fri 16:40, not.
		"answered_in_10_min": "40 50",
		// c1 5 min, c2 10 min, c3 20 min, c4 30 + 20 min: 300, 600, 1200, 3000 s. p90: 1200 + 0.7 x 1800. The week before: c7 300 s.
		"first_response_mean": "1275 300", "first_response_median": "900 300", "first_response_p90": "2460 300",
		// c1 30 min, c4 60 min, c2 75 min, c3 30 min + 8 h + 3 h, c7 7 h + 8 h + 1 h: 1800, 3600, 4500, 41400, 57600 s. p90: 41400 + 0.6 x 16200.
		"open_to_close_mean": "21780 n/a", "open_to_close_median": "4500 n/a", "open_to_close_p90": "51120 n/a",
		"after_hours_messages": "3 0", // c6 on Saturday, c8 as it closes and on the holiday
	})
	for key, target := range map[string]float64{"closed_within_hour": 95, "closed_within_day": 100, "answered_in_10_min": 100} {
		if f, _ := s.Figure(key); f.Target == nil || *f.Target != target || f.Direction != digest.Up {
			t.Errorf("%s aims at %v", key, f.Target)
		}
	}
	// c2 had been asked by 9:30, c3 waited for the user until Thursday 10:00 and for us after that.
	noteIs(t, s, "closed_within_hour", "judged=4, met=2, on_us=1, on_user=1, overdue=2")
	noteIs(t, s, "closed_within_day", "judged=4, met=3, on_us=1, on_user=0, overdue=1")
	noteIs(t, s, "answered_in_10_min", "judged=5, left_out=1, met=2, on_us=3, on_user=0, overdue=3")
	noteIs(t, s, "first_responses", "count=4")
	noteIs(t, s, "closings", "count=5")
	daysAre(t, s, "open_to_close", "current", "21000 4500 - - 41400 - -") // Monday: c1, c4, c7
	daysAre(t, s, "open_to_close", "previous", "- - - - - - -")
	responsesAre(t, s, "current", "0 1 1 1 1 0 0 0 0") // a step holds its end: 10 minutes are within 10 minutes
	responsesAre(t, s, "previous", "0 1 0 0 0 0 0 0 0")
	if c := s.Chart("response_time"); c.Target == nil || *c.Target != 600 {
		t.Errorf("response_time aims at %v", c.Target)
	}
	// Monday 9:30 and 9:50, with Ana there for the first half hour; Friday 16:55 with Ana and Ben. The bot is no agent.
	cellsAre(t, s, "1 9: 2/0.5, 5 16: 1/2")
	noteIs(t, s, "unserved", "connected=0.5, count=3, hour=9, weekday=1, worst=2")
	for _, key := range []string{"placeholder_hours", "without_hours", "no_hours"} {
		noteIs(t, s, key, "")
	}
}

// responsesAre compares a series of response_time.
func responsesAre(t *testing.T, s *digest.Section, series, want string) {
	t.Helper()
	var got []string
	for _, p := range s.Chart("response_time").Find(series).Points {
		got = append(got, spellNumber(*p.Value))
	}
	if line := strings.Join(got, " "); line != want {
		t.Errorf("%s of response_time is %s, want %s", series, line, want)
	}
}

// cellsAre compares the cells of by_weekday_hour that are not 0: weekday hour: value/agents.
func cellsAre(t *testing.T, s *digest.Section, want string) {
	t.Helper()
	c := s.Chart("by_weekday_hour")
	var got []string
	for _, cell := range c.Cells {
		if *cell.Value == 0 {
			continue
		}
		text := fmt.Sprintf("%s %s: %s", c.Y[cell.Y].Key, c.X[cell.X].Key, spellNumber(*cell.Value))
		if cell.Of != nil {
			text += "/" + spellNumber(*cell.Of)
		}
		got = append(got, text)
	}
	if line := strings.Join(got, ", "); line != want {
		t.Errorf("the cells are %s, want %s", line, want)
	}
}

func TestAWeekWithoutAnythingHasNothingToDivideBy(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "service_levels", aClinic)
	figuresAre(t, s, map[string]string{
		"closed_within_hour": "n/a n/a", "closed_within_day": "n/a n/a", "answered_in_10_min": "n/a n/a", "first_response_mean": "n/a n/a",
		"first_response_p90": "n/a n/a", "open_to_close_median": "n/a n/a", "after_hours_messages": "0 0",
	})
	if f, _ := s.Figure("closed_within_hour"); f.Footnote != "" {
		t.Errorf("its footnote is %s", f.Footnote)
	}
	for _, key := range []string{"response_time", "open_to_close", "by_weekday_hour"} {
		stateIs(t, s, key, digest.Empty)
	}
	noteIs(t, s, "unserved", "")
}

// anEpisode was opened on Friday 16:30 in Berlin and closed on Monday 9:30, answered in between; nothing says by which hours.
const anEpisode = old + `
	INSERT INTO conversation (conversation_id, user_id, started_at, initiated_by) VALUES ('c1', 'u1', '2026-03-13 16:30+01', 'user');
	INSERT INTO episode (conversation_id, seq, opened_at, closed_at, closed_by) VALUES ('c1', 1, '2026-03-13 16:30+01', '2026-03-16 09:30+01', 'agent');
	INSERT INTO assignment (assignment_id, conversation_id, user_id, agent_id, kind, offered_at, accepted_at, first_reply_at, derivation) VALUES
	('a1', 'c1', 'u1', 'ana', 'initial', '2026-03-13 16:30+01', '2026-03-16 09:10+01', '2026-03-16 09:10+01', 'recorded');
	INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author) VALUES
	('1', 'c1', 'u1', '2026-03-13 16:30+01', 'in', 'user'), ('2', 'c1', 'u1', '2026-03-16 09:10+01', 'out', 'agent'), ('3', 'c1', 'u1', '2026-03-16 09:20+01', 'in', 'user');`

func projectHours(windows ...digest.Window) digest.Ask {
	return digest.Ask{Hours: digest.Hours{Zone: "Europe/Berlin", Windows: windows}}
}

func daily(opens, closes int) (windows []digest.Window) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		windows = append(windows, digest.Window{Weekday: d, Opens: opens, Closes: closes})
	}
	return windows
}

func TestWithoutACalendarTheProjectsHoursHold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		ask   digest.Ask
		wants map[string]string
	}{
		// Friday's half hour and Monday's: an hour, as promised. 30 + 10 minutes to the reply.
		{"Monday to Friday, 9 to 17", projectHours(daily(540, 1020)[1:6]...), map[string]string{
			"closed_within_hour": "100 n/a", "closed_within_day": "100 n/a", "first_response_mean": "2400 n/a", "open_to_close_mean": "3600 n/a", "after_hours_messages": "0 0",
		}},
		// Always open, business time is wall time: 65 h less 20 min, and 65 h. The hour's deadline was on Friday, the day's at the end of Saturday.
		{"always", projectHours(daily(0, 1440)...), map[string]string{
			"closed_within_hour": "n/a 0", "closed_within_day": "n/a 0", "first_response_mean": "232800 n/a", "open_to_close_mean": "234000 n/a", "after_hours_messages": "0 0",
		}},
		// Past midnight, 22 to 6: Friday to Sunday are three nights of 8 h. The hour ended Friday 23:00, the day with Saturday's night, which closes on Sunday.
		{"at night", projectHours(daily(1320, 360)...), map[string]string{
			"closed_within_hour": "n/a 0", "closed_within_day": "n/a 0", "first_response_mean": "86400 n/a", "open_to_close_mean": "86400 n/a", "after_hours_messages": "1 1",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := aWeek
			x.ask = c.ask
			s := x.collect(t, "service_levels", anEpisode)
			figuresAre(t, s, c.wants)
			noteIs(t, s, "placeholder_hours", "")
		})
	}
}

func TestWithoutAnyHoursNothingIsJudgedAndTheRemedyIsNamed(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "service_levels", anEpisode+`INSERT INTO assignment (assignment_id, conversation_id, kind, offered_at) VALUES ('q', 'q', 'queue', '2026-03-17 12:30+01');`)
	for _, f := range s.Figures {
		if f.Value.State != digest.Empty || f.Footnote != "no_hours" {
			t.Errorf("%s is %s, footnote %q", f.Key, spell(f.Value, f.Unit), f.Footnote)
		}
	}
	for _, key := range []string{"response_time", "open_to_close"} {
		if c := s.Chart(key); c.State != digest.Empty || c.Footnote != "no_hours" {
			t.Errorf("%s is %s, footnote %q", key, c.State, c.Footnote)
		}
	}
	if _, there := s.Note("no_hours"); !there {
		t.Error("no note says so")
	}
	cellsAre(t, s, "2 12: 1/0") // which needs no hours
}

func TestWhatHasNoHoursAmongOthersThatHaveIsCountedAndLeftOut(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "service_levels", aWeekAtTheClinic+`
		INSERT INTO conversation (conversation_id, user_id, calendar_id, started_at) VALUES ('d1', 'v1', 'unknown', '2026-03-16'), ('d2', 'v2', NULL, '2026-03-16');
		INSERT INTO episode (conversation_id, seq, opened_at, closed_at, closed_by) VALUES ('d1', 1, '2026-03-17 10:00+01', '2026-03-17 10:01+01', 'agent');
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author) VALUES ('d1', 'd2', 'v2', '2026-03-17 10:00+01', 'in', 'user');`)
	figuresAre(t, s, map[string]string{"closed_within_hour": "50 0", "after_hours_messages": "3 0"})
	noteIs(t, s, "without_hours", "count=2")
}

func TestHoursThatNobodyCanMeanEarnAWarning(t *testing.T) {
	t.Parallel()
	x := aWeek
	x.ask = projectHours(daily(60, 61)...) // 01:00 to 01:01
	s := x.collect(t, "service_levels", anEpisode)
	noteIs(t, s, "placeholder_hours", "count=1, minutes=7")
	// An hour of them takes 60 days: it is not judged. The reply took the minutes of Saturday, Sunday and Monday.
	figuresAre(t, s, map[string]string{"closed_within_hour": "n/a n/a", "first_response_mean": "180 n/a", "after_hours_messages": "1 1"})
	noteIs(t, aWeek.collect(t, "service_levels", anEpisode+aClinic[len(old):]), "placeholder_hours", "") // no conversation's
}

func TestADayOnWhichClocksChangeHasItsOwnHours(t *testing.T) {
	t.Parallel()
	// Sunday 29 March 2026 in Berlin has 23 hours: 02:00 is 03:00. Open from 1 to 4, it is open for two.
	x := reading{zone: "Europe/Berlin", from: "2026-03-23", to: "2026-03-30", ask: projectHours(daily(60, 240)...)}
	s := x.collect(t, "service_levels", old+`
		INSERT INTO episode (conversation_id, seq, opened_at, closed_at) VALUES ('c1', 1, '2026-03-28 23:00Z', '2026-03-29 03:00Z'), ('c2', 1, '2026-03-27 23:00Z', '2026-03-28 03:00Z');
		INSERT INTO assignment (assignment_id, conversation_id, kind, offered_at) VALUES ('q', 'q', 'queue', '2026-03-29 01:30Z');`)
	daysAre(t, s, "open_to_close", "current", "- - - - - 10800 7200")
	cellsAre(t, s, "0 3: 1/0") // 01:30 UTC is half past three
	for _, cell := range s.Chart("by_weekday_hour").Cells {
		if c := s.Chart("by_weekday_hour"); c.Y[cell.Y].Key == "0" && c.X[cell.X].Key == "2" {
			t.Error("there is an hour from two to three")
		}
	}
}

func TestARunThatBeganBeforeIsJudgedOnceAndOneWhoseHandOffCameLaterWithIt(t *testing.T) {
	t.Parallel()
	// In the week of Monday 16 March what began since Thursday 17:00 is read. Hours are 9 to 17.
	x := aWeek
	x.ask = projectHours(daily(540, 1020)[1:6]...)
	const of = `INSERT INTO assignment (assignment_id, conversation_id, kind, offered_at) VALUES ('a', 'c', 'queue', `
	const message = `INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author) VALUES `
	for _, c := range []struct{ name, seed, want string }{
		{
			"asked on Wednesday, and again on Monday: it was due on Wednesday",
			of + `'2026-03-11 10:00+01');` + message + `('1', 'c', 'u', '2026-03-11 10:00+01', 'in', 'user'), ('2', 'c', 'u', '2026-03-16 10:00+01', 'in', 'user');`,
			"judged=0, left_out=0, met=0, on_us=0, on_user=0, overdue=0",
		},
		{
			"answered on Wednesday, asked again on Monday: that is due on Monday",
			of + `'2026-03-11 10:00+01');` + message + `('1', 'c', 'u', '2026-03-11 10:00+01', 'in', 'user'), ('2', 'c', 'u', '2026-03-11 11:00+01', 'out', 'agent'), ('3', 'c', 'u', '2026-03-16 10:00+01', 'in', 'user');`,
			"judged=1, left_out=0, met=0, on_us=1, on_user=0, overdue=1",
		},
		{
			"asked the bot on Wednesday, handed off on Monday, and asked again later: due ten minutes after the hand-off",
			of + `'2026-03-16 09:55+01');` + message + `('1', 'c', 'u', '2026-03-11 10:00+01', 'in', 'user'), ('2', 'c', 'u', '2026-03-11 10:01+01', 'out', 'bot'),
			('3', 'c', 'u', '2026-03-16 10:00+01', 'in', 'user'), ('4', 'c', 'u', '2026-03-16 10:05+01', 'out', 'agent');`,
			"judged=1, left_out=0, met=1, on_us=0, on_user=0, overdue=0",
		},
		{
			"asked on Wednesday and closed, a new episode on Monday: that is due on Monday",
			of + `'2026-03-16 10:00+01');` + message + `('1', 'c', 'u', '2026-03-11 10:00+01', 'in', 'user'), ('2', 'c', 'u', '2026-03-16 10:00+01', 'in', 'user');
			INSERT INTO episode (conversation_id, seq, opened_at, closed_at, closed_by) VALUES ('c', 1, '2026-03-11 10:00+01', '2026-03-11 12:00+01', 'agent'), ('c', 2, '2026-03-16 10:00+01', NULL, NULL);`,
			"judged=1, left_out=0, met=0, on_us=1, on_user=0, overdue=1",
		},
		{
			"an agent of the other kind: what a bot was assigned is not judged",
			`INSERT INTO agent (agent_id, role) VALUES ('robo', 'bot'); INSERT INTO assignment (assignment_id, conversation_id, agent_id, kind, offered_at) VALUES ('a', 'c', 'robo', 'initial', '2026-03-16 10:00+01');` +
				message + `('1', 'c', 'u', '2026-03-16 10:00+01', 'in', 'user');`,
			"judged=0, left_out=0, met=0, on_us=0, on_user=0, overdue=0",
		},
		{
			"two closings by an agent with a question before each: two are left out",
			of + `'2026-03-16 10:00+01');` + message + `('1', 'c', 'u', '2026-03-16 10:00+01', 'in', 'user'), ('2', 'c', 'u', '2026-03-17 10:00+01', 'in', 'user');
			INSERT INTO episode (conversation_id, seq, opened_at, closed_at, closed_by) VALUES ('c', 1, '2026-03-16 10:00+01', '2026-03-16 12:00+01', 'agent'), ('c', 2, '2026-03-17 10:00+01', '2026-03-17 10:05+01', 'agent');`,
			"judged=0, left_out=2, met=0, on_us=0, on_user=0, overdue=0",
		},
		{
			"answered at the period's end: as of then it is not",
			of + `'2026-03-20 16:45+01');` + message + `('1', 'c', 'u', '2026-03-20 16:45+01', 'in', 'user'), ('2', 'c', 'u', '2026-03-23 00:00+01', 'out', 'agent');`,
			"judged=1, left_out=0, met=0, on_us=1, on_user=0, overdue=1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			noteIs(t, x.collect(t, "service_levels", old+c.seed), "answered_in_10_min", c.want)
		})
	}
}

func TestADeadlineAtTheEdgeOfThePeriodIsJudgedInOneOfThem(t *testing.T) {
	t.Parallel()
	// Always open: opened at 23:00 the deadline is the next midnight, with which the next period begins.
	seed := old + `INSERT INTO episode (conversation_id, seq, opened_at, closed_at) VALUES
		('at from', 1, '2026-03-15 23:00+01', '2026-03-16 00:00+01'), ('at to', 1, '2026-03-22 23:00+01', '2026-03-22 23:30+01'), ('a second before', 1, '2026-03-22 22:59:59+01', NULL);`
	x := aWeek
	x.ask = projectHours(daily(0, 1440)...)
	noteIs(t, x.collect(t, "service_levels", seed), "closed_within_hour", "judged=2, met=1, on_us=1, on_user=0, overdue=1")
	x.from, x.to = "2026-03-23", "2026-03-30"
	noteIs(t, x.collect(t, "service_levels", seed), "closed_within_hour", "judged=1, met=1, on_us=0, on_user=0, overdue=0")
}
