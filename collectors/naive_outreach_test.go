package collectors

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// attemptMade is one attempt to reach a person for a campaign.
type attemptMade struct {
	campaign, user, reason                              string
	number                                              int
	at, sent, delivered, read, failed, answer, finished time.Time
	receipts                                            *bool
}

func makeAttempts(c *chance) (all []attemptMade) {
	for i := range 3 + c.IntN(25) {
		a := attemptMade{campaign: c.pick("k1", "k1", "k2", "k3"), user: c.pick("u1", "u2", "u3", "u4", "u5", ""), number: i + 1, at: c.at()}
		if a.at.Before(c.previous.From) { // whom a campaign tried first more than a week before the period is not looked at, nor when it tries them again
			a.at = a.at.Add(49 * time.Hour)
		}
		switch a.sent = c.after(a.at, 70); {
		case !a.sent.IsZero():
			a.delivered = c.after(a.sent, 50)
			a.read = c.after(cmp.Or(a.delivered, a.sent), 30)
			a.failed = c.after(a.sent, 15)
			if a.answer = c.after(a.sent, 50); !a.answer.IsZero() && c.maybe(30) {
				a.answer = a.sent.Add(c.steps[c.IntN(len(c.steps))])
			}
			a.finished = c.after(a.sent, 30)
		default:
			a.failed = c.after(a.at, 60)
		}
		if !a.failed.IsZero() {
			a.reason = c.pick("busy", "unknown number", "")
		}
		if c.maybe(80) {
			yes := c.maybe(60)
			a.receipts = &yes
		}
		all = append(all, a)
	}
	return all
}

func seedOfAttempts(all []attemptMade, tenant string) string {
	var rows []string
	for i, a := range all {
		rows = append(rows, cells(tenant, fmt.Sprintf("d%d", i), a.campaign, a.user, a.number, a.at, a.sent, a.delivered, a.read, a.failed, a.receipts, a.reason, a.answer, a.finished))
	}
	return inserted("tenant", "tenant_id", []string{cells(tenant)}) +
		inserted("message", "tenant_id, message_id, conversation_id, user_id, sent_at, direction, author", []string{"('" + tenant + "', 'old', 'old', 'old', '2025-01-01', 'in', 'user')"}) +
		inserted("outbound_delivery", "tenant_id, delivery_id, campaign_id, user_id, attempt, attempted_at, sent_at, delivered_at, read_at, failed_at, has_receipts, failure_reason, first_response_at, finished_at", rows)
}

// outreachRead is the definitions of metrics 7 read word by word over the rows.
type outreachRead struct {
	numbers   map[string]int
	campaigns map[string]string
	reasons   map[string]int
	days      map[string]int
	statuses  map[string]int
	open      bool
}

func readOutreach(all []attemptMade, p digest.Period, known time.Time) outreachRead {
	r := outreachRead{numbers: map[string]int{}, campaigns: map[string]string{}, reasons: map[string]int{}, days: map[string]int{}, statuses: map[string]int{}}
	before := func(x, end time.Time) bool { return !x.IsZero() && x.Before(end) }
	sentAt := func(a attemptMade) time.Time {
		for _, x := range []time.Time{a.sent, a.delivered, a.read} {
			if before(x, known) {
				return x
			}
		}
		return time.Time{}
	}
	type recipient struct{ campaign, person string }
	attempts := map[recipient][]attemptMade{}
	sends := map[string][]time.Time{}
	for i, a := range all {
		person := cmp.Or(a.user, fmt.Sprintf("d%d", i)) // whom nobody names is somebody else each time
		attempts[recipient{a.campaign, person}] = append(attempts[recipient{a.campaign, person}], a)
		if x := sentAt(a); !x.IsZero() {
			sends[person] = append(sends[person], x)
		}
	}
	persons := map[string]bool{}
	byCampaign := map[string]map[string]int{}
	for who, list := range attempts {
		slices.SortFunc(list, func(a, b attemptMade) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.number, b.number)) })
		if !p.Contains(list[0].at) {
			continue
		}
		best, last, reason := "", "", ""
		heard, silent, finished := false, false, false
		var answer time.Time
		windowOpen := false
		rank := []string{"", "pending", "failed", "sent", "delivered", "read"}
		for _, a := range list {
			receipts := a.receipts != nil && *a.receipts || a.receipts == nil && (before(a.delivered, known) || before(a.read, known))
			heard = heard || receipts && a.at.Before(known)
			if !a.at.Before(p.To) {
				continue
			}
			state := "pending"
			switch {
			case before(a.read, p.To):
				state = "read"
			case before(a.delivered, p.To):
				state = "delivered"
			case before(a.failed, p.To):
				state, reason = "failed", a.reason
			case before(a.sent, p.To):
				state = "sent"
				silent = silent || !receipts
			}
			last = state
			if slices.Index(rank, state) > slices.Index(rank, best) {
				best = state
			}
			if slices.Index(rank, state) < 3 {
				continue
			}
			finished = finished || before(a.finished, p.To)
			sent := sentAt(a)
			ends := sent.Add(72 * time.Hour)
			for _, x := range sends[who.person] {
				if x.After(sent) && x.Before(ends) {
					ends = x
				}
			}
			windowOpen = windowOpen || ends.After(known)
			if !a.answer.IsZero() && !a.answer.Before(sent) && a.answer.Before(ends) && a.answer.Before(known) && (answer.IsZero() || a.answer.Before(answer)) {
				answer = a.answer
			}
		}
		if best == "pending" || best == "failed" {
			best = last
		}
		add := func(key string) {
			r.numbers[key]++
			if byCampaign[who.campaign] == nil {
				byCampaign[who.campaign] = map[string]int{}
			}
			byCampaign[who.campaign][key]++
		}
		add("recipients")
		persons[who.person] = true
		r.statuses[best]++
		if heard {
			add("heard")
		}
		switch {
		case best == "failed":
			add("failed")
			r.reasons[cmp.Or(reason, "(unknown)")]++
			continue
		case best == "pending", best == "sent" && !silent:
			add("in process")
			continue
		}
		add("sent")
		if best != "sent" {
			add("delivered")
		}
		if best == "read" {
			add("read")
		}
		if finished {
			add("finished")
		}
		if !answer.IsZero() {
			add("responses")
			r.days[digest.DateOf(answer.In(p.Location())).String()]++
		} else if windowOpen {
			r.open = true
		}
	}
	r.numbers["persons"] = len(persons)
	for campaign, n := range byCampaign {
		delivered := "unavailable unavailable"
		if n["heard"] > 0 {
			delivered = fmt.Sprintf("%d %d", n["delivered"], n["read"])
		}
		r.campaigns[campaign] = fmt.Sprintf("%d %d %d %d %s %d", n["recipients"], n["sent"], n["in process"], n["failed"], delivered, n["responses"])
	}
	return r
}

func TestCampaignsMadeByChanceAreCountedAsTheirDefinitionsRead(t *testing.T) {
	t.Parallel()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	period, previous := days(loc, "2026-03-23", "2026-03-30"), days(loc, "2026-03-16", "2026-03-23") // 167 hours, and 168
	steps := []time.Duration{0, time.Hour, 72 * time.Hour, 72*time.Hour - time.Second, -time.Second}
	made := make([][]attemptMade, worlds)
	var seed strings.Builder
	for i := range made {
		made[i] = makeAttempts(&chance{Rand: rand.New(rand.NewPCG(7, uint64(i))), period: period, previous: previous, steps: steps})
		seed.WriteString(seedOfAttempts(made[i], fmt.Sprintf("made%d", i)))
	}
	dsn := seeded(t, seed.String())
	for i, all := range made {
		t.Run(fmt.Sprintf("made%d", i), func(t *testing.T) {
			source, err := Open(t.Context(), "desk", "native", dsn, fmt.Sprintf("made%d", i), func() time.Time { return period.To.AddDate(1, 0, 0) })
			if err != nil {
				t.Fatal(err)
			}
			defer source.Close()
			ask := digest.Ask{Period: period, Sections: []string{"outreach"}}
			ask.Parameters.Outreach.Individual = true
			snapshot, err := source.Collect(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			s := snapshot.Section("outreach")
			if s.Status == digest.Broken {
				t.Fatalf("%s", s.Reason)
			}
			outreachIs(t, s, readOutreach(all, period, period.To), readOutreach(all, previous, period.To))
		})
	}
}

func outreachIs(t *testing.T, s *digest.Section, now, then outreachRead) {
	t.Helper()
	n := func(key string) string { return fmt.Sprintf("%d %d", now.numbers[key], then.numbers[key]) }
	heard := func(key string) string {
		var both []string
		for _, r := range []outreachRead{now, then} {
			if r.numbers["recipients"] > 0 && r.numbers["heard"] == 0 {
				both = append(both, "unavailable")
			} else {
				both = append(both, fmt.Sprint(r.numbers[key]))
			}
		}
		return strings.Join(both, " ")
	}
	rate := func(r outreachRead) string {
		if r.numbers["sent"] == 0 {
			return "n/a"
		}
		return spellNumber(100 * float64(r.numbers["responses"]) / float64(r.numbers["sent"]))
	}
	figuresAre(t, s, map[string]string{
		"total_users": n("recipients"), "unique_users": n("persons"), "messages_sent": n("sent"), "in_process": n("in process"), "send_failures": n("failed"),
		"delivered": heard("delivered"), "read": heard("read"), "responses": n("responses"), "response_rate": rate(now) + " " + rate(then),
	})
	if f, _ := s.Figure("responses"); f.Provisional != now.open {
		t.Errorf("responses are provisional: %v, want %v", f.Provisional, now.open)
	}
	noteIs(t, s, "balance", fmt.Sprintf("failed=%d, in_process=%d, recipients=%d, sent=%d", now.numbers["failed"], now.numbers["in process"], now.numbers["recipients"], now.numbers["sent"]))
	campaigns := map[string]string{}
	statuses := map[string]int{}
	for _, table := range s.Tables {
		for _, row := range table.Rows {
			if table.Key == "individual" {
				statuses[row[4].Text]++
				continue
			}
			var numbers []string
			for i := 3; i < 10; i++ {
				numbers = append(numbers, spell(row[i], digest.Count))
			}
			campaigns[row[0].Text] = strings.Join(numbers, " ")
		}
	}
	if !maps.Equal(campaigns, now.campaigns) {
		t.Errorf("campaigns %v, want %v", campaigns, now.campaigns)
	}
	if now.numbers["recipients"] <= shownPersons && !maps.Equal(statuses, now.statuses) {
		t.Errorf("statuses %v, want %v", statuses, now.statuses)
	}
	daily := map[string]int{}
	for _, point := range s.Chart("responses").Find("current").Points {
		if *point.Value > 0 {
			daily[point.At.String()] = int(*point.Value)
		}
	}
	if !maps.Equal(daily, now.days) {
		t.Errorf("days %v, want %v", daily, now.days)
	}
	reasons := map[string]int{}
	if c := s.Chart("failure_reasons"); c.State != digest.Empty {
		for _, point := range c.Find("current").Points {
			name := point.Label
			if point.Role != digest.Ordinary {
				name = "(" + string(point.Role) + ")"
			}
			reasons[name] = int(*point.Value)
		}
	}
	if !maps.Equal(reasons, now.reasons) {
		t.Errorf("reasons %v, want %v", reasons, now.reasons)
	}
	var steps []string
	for _, point := range s.Chart("funnel").Find("current").Points {
		if point.Value != nil && *point.Value >= 0 {
			steps = append(steps, fmt.Sprintf("%s %v", point.Key, *point.Value))
		}
	}
	if want := fmt.Sprintf("finished %d", now.numbers["finished"]); !slices.Contains(steps, want) {
		t.Errorf("the funnel is %v, want %s", steps, want)
	}
}
