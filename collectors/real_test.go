package collectors

import (
	"testing"
	"time"
	_ "time/tzdata"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// supportDesk is a real support desk's traffic in Chatwoot's schema.
const supportDesk = "testdata/chatwoot/support-2018-2020.sql"

func TestARealSupportDesksWeekHasTheNumbersCountedByHand(t *testing.T) {
	t.Parallel()
	source, err := Open(t.Context(), "desk", "chatwoot", pgtest.Load(t, supportDesk), "1", func() time.Time {
		return time.Date(2020, 4, 1, 9, 0, 0, 0, time.UTC)
	})
	if err != nil {
		t.Fatal(err)
	}
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	collect := func(loc *time.Location) digest.Snapshot {
		period, err := digest.NewPeriod(digest.Date{Year: 2020, Month: 3, Day: 23}, digest.Date{Year: 2020, Month: 3, Day: 30}, loc)
		if err != nil {
			t.Fatal(err)
		}
		snapshot, err := source.Collect(t.Context(), digest.Ask{Period: period})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range snapshot.Sections {
			if s.Status != digest.Complete {
				t.Fatalf("section %s is %s: %s", s.Key, s.Status, s.Reason)
			}
		}
		return snapshot
	}
	snapshot := collect(loc)

	activity := snapshot.Section("activity")
	figuresAre(t, activity, map[string]string{
		"new_users": "124 92", "active_users": "126 93", "total_messages": "307 192", "conversations_total": "142 99",
		"messages_per_conversation_mean": "2.162 1.939", "peak_volume": "2 2", "peak_time": "2020-03-23T15:02:00-04:00",
	})
	daysAre(t, activity, "incoming_messages", "current", "11 29 28 24 28 17 13")
	daysAre(t, activity, "incoming_messages", "previous", "18 14 20 15 10 12 12")
	daysAre(t, activity, "conversations", "current", "18 33 34 26 20 20 16")
	daysAre(t, activity, "conversations", "previous", "20 20 27 20 13 18 14")
	daysAre(t, activity, "max_messages_per_minute", "current", "2 2 2 2 1 2 1")
	noteIs(t, activity, "peak_tied", "count=8")

	bot := snapshot.Section("chatbot") // no bot wrote, no label was given
	figuresAre(t, bot, map[string]string{"bot_conversations": "0 0", "bot_resolved": "0 0", "bot_resolution_rate": "n/a n/a", "fallback_rate": "unavailable unavailable"})
	stateIs(t, bot, "intents", digest.Empty)
	rowsAre(t, bot, "languages", "current", "(unknown)=126")
	if sum := columnSum(bot.Chart("start_flows"), 0); sum != 125 {
		t.Errorf("%v conversations began, want 125", sum)
	}

	// Of the 92 offered anew the week before, 16 had no answer as of its end: 11 of them for 24 hours, 5 for less. All 16
	// were answered in this week.
	contact := snapshot.Section("contact_center")
	figuresAre(t, contact, map[string]string{
		"total_conversations": "131 94", "handled": "123 78", "missed": "5 11", "waiting": "3 5", "transfers": "6 2", "accepted_from_before": "16 6",
		"total_messages": "307 192", "wait_median": "6021 34455", "wait_p90": "198519.4 94514.3",
	})
	daysAre(t, contact, "handled_vs_missed", "handled", "12 25 25 18 18 16 9")
	daysAre(t, contact, "handled_vs_missed", "missed", "0 0 0 1 2 2 0")
	daysAre(t, contact, "handled_vs_missed", "waiting", "0 0 0 0 0 0 3")
	hoursAre(t, contact, "current", []float64{37.1, 24.3, 17.1, 6.7, 1.5, 27.7, 5.4})
	hoursAre(t, contact, "previous", []float64{9, 11.9, 11.6, 27.8, 6.1, 24, 8.2})
	noteIs(t, contact, "answered", "count=133")
	noteIs(t, contact, "one_reply", "count=113, of=131")
	noteIs(t, contact, "reconciliation", "accepted_from_before=16, agents_sum=123, bot_resolved=0, handled=123, missed=5, total=131, transfers=6, waiting=3")
	stateIs(t, contact, "connection_hours", digest.Unavailable)
	if sum := contact.Chart("conversations_per_agent").Find("current").Sum(); sum != 123 {
		t.Errorf("the agents' sum is %v, want the 123 handled", sum)
	}
	for ranking, curve := range map[string]string{"conversations_per_agent": "conversations_evolution", "conversation_minutes": "conversation_minutes_evolution"} {
		var sum float64
		for _, agent := range contact.Chart(curve).Series {
			sum += agent.Sum()
		}
		if all := contact.Chart(ranking).Find("current").Sum(); sum != all {
			t.Errorf("the curves of %s sum to %v, the ranking to %v", curve, sum, all)
		}
	}

	utc := collect(time.UTC)
	figuresAre(t, utc.Section("activity"), map[string]string{"total_messages": "304 194"})
}

// columnSum adds the nodes of one column of a flow.
func columnSum(c *digest.Chart, column int) (sum float64) {
	for _, n := range c.Nodes {
		if n.Column == column {
			sum += n.Value
		}
	}
	return sum
}

// hoursAre compares the average waits by day, in hours to one place.
func hoursAre(t *testing.T, s *digest.Section, series string, want []float64) {
	t.Helper()
	for i, p := range s.Chart("average_wait_time").Find(series).Points {
		if got := *p.Value / 3600; got < want[i]-0.05 || got >= want[i]+0.05 {
			t.Errorf("average wait on %s: %.2f h, want %v", p.At, got, want[i])
		}
	}
}
