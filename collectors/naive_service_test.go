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

// madeDesk is a small world of conversations by opening hours; all instants are whole minutes.
type madeDesk struct {
	calendars     map[string]digest.Hours // "": the project's, where there is one
	conversations map[string][2]string    // calendar, initiated_by
	episodes      []episodeMade
	messages      []messageMade
	assignments   []assignmentMade
}

type episodeMade struct {
	conversation, calendar, closedBy string
	seq                              int
	opened, closed                   time.Time
}

type messageMade struct {
	id, conversation, author string
	at                       time.Time
}

type assignmentMade struct {
	conversation, agent, kind, endedBy, reason string
	offered, accepted, replied, ended          time.Time
}

func makeHours(c *chance) digest.Hours {
	h := digest.Hours{Zone: "Europe/Berlin"}
	switch c.IntN(5) {
	case 0:
		h.Windows = daily(0, 1440)
	case 1:
		h.Windows = daily(1320, 360) // past midnight
	case 2:
		h.Windows = append(daily(540, 720)[1:6], daily(780, 1020)[1:4]...)
	case 3:
		h.Windows = daily(60, 240) // an hour of which clocks change in
	default:
		h.Windows = daily(540, 1020)[1:6]
	}
	for range c.IntN(3) {
		h.Holidays = append(h.Holidays, digest.DateOf(c.period.From).AddDays(c.IntN(10)-3))
	}
	return h
}

func makeDesk(c *chance) (w madeDesk) {
	w.calendars = map[string]digest.Hours{"k1": makeHours(c), "k2": makeHours(c)}
	if c.maybe(70) {
		w.calendars[""] = makeHours(c)
	}
	minute := func(x time.Time) time.Time { return x.Truncate(time.Minute) }
	soon := func(x time.Time, percent int) time.Time { // minutes, hours or days after
		if !c.maybe(percent) {
			return time.Time{}
		}
		return minute(x.Add([]time.Duration{time.Duration(c.IntN(25)) * time.Minute, time.Duration(c.IntN(9)) * 15 * time.Minute, time.Duration(c.IntN(60)) * time.Hour}[c.IntN(3)]))
	}
	w.conversations = map[string][2]string{}
	for i := range 2 + c.IntN(5) {
		conversation := fmt.Sprintf("c%d", i)
		w.conversations[conversation] = [2]string{c.pick("k1", "k2", "", "unknown"), c.pick("user", "user", "agent", "campaign")}
		at := minute(c.at())
		for seq := range 1 + c.IntN(4) {
			e := episodeMade{conversation: conversation, calendar: c.pick("", "", "k1"), seq: seq + 1, opened: at, closed: soon(at, 80)}
			end := e.closed
			if end.IsZero() {
				end = at.Add(40 * time.Hour)
			} else {
				e.closedBy = c.pick("agent", "agent", "user", "bot", "system")
			}
			w.episodes = append(w.episodes, e)
			for x, n := at, c.IntN(8); n > 0 && !x.After(end); x, n = cmp.Or(soon(x, 90), x), n-1 {
				w.messages = append(w.messages, messageMade{fmt.Sprintf("%04d", len(w.messages)), conversation, c.pick("user", "user", "agent", "bot", "automation"), x})
			}
			for x := soon(at, 70); !x.IsZero() && !x.After(end) && c.maybe(70); x = soon(x, 60) {
				a := assignmentMade{conversation: conversation, agent: c.pick("ana", "ben", "robo", ""), kind: c.pick("initial", "transfer", "queue"), offered: x}
				a.accepted = soon(x, 50)
				a.replied = soon(cmp.Or(a.accepted, x), 50)
				if a.ended = soon(cmp.Or(a.replied, a.accepted, x), 70); !a.ended.IsZero() {
					a.endedBy, a.reason = c.pick("agent", "user", "system", "robo"), c.pick("closed", "transferred", "returned_to_bot", "expired", "")
				}
				w.assignments = append(w.assignments, a)
			}
			if e.closed.IsZero() {
				break
			}
			if at = soon(e.closed, 100); !at.After(e.closed) {
				at = e.closed.Add(time.Minute)
			}
		}
	}
	return w
}

func (w madeDesk) seed(tenant string) string {
	var windows, holidays, conversations, episodes, messages, assignments []string
	for id, h := range w.calendars {
		if id == "" {
			continue
		}
		for _, x := range h.Windows {
			windows = append(windows, cells(tenant, id, int(x.Weekday), fmt.Sprintf("%02d:%02d", x.Opens/60, x.Opens%60), fmt.Sprintf("%02d:%02d", x.Closes/60, x.Closes%60), h.Zone))
		}
		slices.SortFunc(h.Holidays, func(a, b digest.Date) int { return strings.Compare(a.String(), b.String()) })
		for _, d := range slices.Compact(slices.Clone(h.Holidays)) {
			holidays = append(holidays, cells(tenant, id, d.String()))
		}
	}
	for id, of := range w.conversations {
		conversations = append(conversations, cells(tenant, id, of[0], of[1], time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	}
	for _, e := range w.episodes {
		episodes = append(episodes, cells(tenant, e.conversation, e.seq, e.opened, e.closed, e.closedBy, e.calendar))
	}
	for _, m := range w.messages {
		direction := "out"
		if m.author == "user" {
			direction = "in"
		}
		messages = append(messages, cells(tenant, m.id, m.conversation, m.at, direction, m.author))
	}
	for i, a := range w.assignments {
		assignments = append(assignments, cells(tenant, fmt.Sprint(i), a.conversation, a.agent, a.kind, a.offered, a.accepted, a.replied, a.ended, a.endedBy, a.reason))
	}
	return inserted("tenant", "tenant_id", []string{cells(tenant)}) +
		inserted("agent", "tenant_id, agent_id, role", []string{cells(tenant, "ana", "agent"), cells(tenant, "ben", "admin"), cells(tenant, "robo", "bot")}) +
		inserted("message", "tenant_id, message_id, conversation_id, sent_at, direction, author", append(messages, cells(tenant, "old", "old", "2025-01-01", "in", "system"))) +
		inserted("business_hours", "tenant_id, calendar_id, weekday, opens, closes, time_zone", windows) +
		inserted("business_holiday", "tenant_id, calendar_id, holiday", holidays) +
		inserted("conversation", "tenant_id, conversation_id, calendar_id, initiated_by, started_at", conversations) +
		inserted("episode", "tenant_id, conversation_id, seq, opened_at, closed_at, closed_by, calendar_id", episodes) +
		inserted("assignment", "tenant_id, assignment_id, conversation_id, agent_id, kind, offered_at, accepted_at, first_reply_at, ended_at, ended_by, end_reason", assignments)
}

// watched is a calendar as somebody sees it who looks at the clock every minute.
type watched struct {
	hours digest.Hours
	loc   *time.Location
	from  time.Time
	sum   []int // open minutes before each
	day   []digest.Date
}

func watch(h digest.Hours, loc *time.Location, from, to time.Time) *watched {
	w := &watched{hours: h, loc: loc, from: from, sum: []int{0}}
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		d, open := w.dayAt(at)
		n := w.sum[len(w.sum)-1]
		if open {
			n++
		}
		w.sum, w.day = append(w.sum, n), append(w.day, d)
	}
	return w
}

// dayAt is the day whose window an instant lies in.
func (w *watched) dayAt(at time.Time) (digest.Date, bool) {
	local := at.In(w.loc)
	today, minute := digest.DateOf(local), local.Hour()*60+local.Minute()
	for _, x := range w.hours.Windows {
		if x.Weekday == today.Weekday() && !slices.Contains(w.hours.Holidays, today) && minute >= x.Opens && (minute < x.Closes || x.Closes <= x.Opens) {
			return today, true
		}
		before := today.AddDays(-1)
		if x.Closes <= x.Opens && x.Weekday == before.Weekday() && !slices.Contains(w.hours.Holidays, before) && minute < x.Closes {
			return before, true
		}
	}
	return digest.Date{}, false
}

func (w *watched) at(x time.Time) int { return int(x.Sub(w.from) / time.Minute) }

func (w *watched) between(a, b time.Time) float64 {
	return 60 * float64(w.sum[w.at(b)]-w.sum[w.at(a)])
}

// after is the first instant with so many open minutes since another.
func (w *watched) after(a time.Time, minutes int) time.Time {
	x := a
	for w.sum[w.at(x)]-w.sum[w.at(a)] < minutes {
		x = x.Add(time.Minute)
	}
	return x
}

// endOfNextDay is the last closing of the open day after that of an instant.
func (w *watched) endOfNextDay(a time.Time) time.Time {
	open := func(i int) bool { return w.sum[i+1] > w.sum[i] }
	i := w.at(a)
	for !open(i) {
		i++
	}
	first := w.day[i]
	for !open(i) || w.day[i] == first {
		i++
	}
	next, last := w.day[i], i
	for ; i < w.at(a)+30*24*60; i++ {
		if open(i) && w.day[i] == next {
			last = i
		}
	}
	return w.from.Add(time.Duration(last+1) * time.Minute)
}

// serviceRead is the definitions of metrics 8 read word by word over the rows.
type serviceRead struct {
	hour, day, answered     tally
	leftOut, after, without int64
	responses, closings     []float64
	unserved                map[string]int
}

func readService(w madeDesk, p digest.Period, clocks map[string]*watched) (r serviceRead) {
	r.unserved = map[string]int{}
	before := func(x time.Time) bool { return !x.IsZero() && x.Before(p.To) }
	clock := func(ids ...string) *watched {
		for _, id := range ids {
			if c := clocks[id]; id != "" && c != nil {
				return c
			}
			if id != "" {
				break // a calendar that is not known is no reason to take another's than the project's
			}
		}
		return clocks[""]
	}
	messages := slices.Clone(w.messages)
	slices.SortStableFunc(messages, func(a, b messageMade) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })

	for _, e := range w.episodes {
		if !before(e.opened) {
			continue
		}
		c := clock(e.calendar, w.conversations[e.conversation][0])
		closedIn := before(e.closed) && p.Contains(e.closed)
		if c == nil {
			if !e.opened.Before(p.From) || closedIn {
				r.without++
			}
			continue
		}
		if closedIn {
			r.closings = append(r.closings, c.between(e.opened, e.closed))
		}
		for t, deadline := range map[*tally]time.Time{&r.hour: c.after(e.opened, 60), &r.day: c.endOfNextDay(e.opened)} {
			if !p.Contains(deadline) {
				continue
			}
			t.judged++
			if before(e.closed) && !e.closed.After(deadline) {
				t.met++
				continue
			}
			last := "user"
			for _, m := range messages {
				if m.conversation == e.conversation && !m.at.Before(e.opened) && !m.at.After(deadline) && m.author != "automation" {
					last = m.author
				}
			}
			if last == "user" {
				t.onUs++
			} else {
				t.onTheUser++
			}
		}
	}
	for conversation, of := range w.conversations {
		type event struct {
			at   time.Time
			what string
		}
		var events []event
		for _, m := range messages {
			if m.conversation == conversation && before(m.at) && (m.author == "user" || m.author == "agent") {
				events = append(events, event{m.at, m.author})
			}
		}
		for _, e := range w.episodes {
			if e.conversation == conversation && before(e.closed) {
				what := "closing"
				if e.closedBy == "agent" {
					what = "left"
				}
				events = append(events, event{e.closed, what})
			}
		}
		slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) }) // messages before the closing of their instant
		for i, x := range events {
			if x.what != "user" || i > 0 && events[i-1].what == "user" {
				continue
			}
			var end event
			for _, y := range events[i:] {
				if y.what != "user" {
					end = y
					break
				}
			}
			var handed time.Time
			for _, a := range w.assignments {
				if a.conversation != conversation || a.agent == "robo" || !before(a.offered) || end.what != "" && a.offered.After(end.at) {
					continue
				}
				if before(a.ended) && !a.ended.After(x.at) && a.offered.Before(x.at) {
					continue
				}
				if handed.IsZero() || a.offered.Before(handed) {
					handed = a.offered
				}
			}
			c := clock(of[0])
			if handed.IsZero() || c == nil {
				continue
			}
			since := x.at
			if handed.After(since) {
				since = handed
			}
			deadline := c.after(since, 10)
			switch {
			case !p.Contains(deadline):
			case end.what == "left":
				r.leftOut++
			case end.what == "agent" && !end.at.After(deadline):
				r.answered.judged++
				r.answered.met++
			default:
				r.answered.judged++
				r.answered.onUs++
			}
		}
	}
	for _, m := range messages {
		if m.author != "user" || !p.Contains(m.at) {
			continue
		}
		c := clock(w.conversations[m.conversation][0])
		switch {
		case c == nil:
			r.without++
		case c.between(m.at, m.at.Add(time.Minute)) == 0:
			r.after++
		}
	}
	for _, a := range w.assignments {
		if a.agent == "robo" {
			continue
		}
		of := w.conversations[a.conversation]
		if p.Contains(a.replied) && a.kind != "transfer" && of[1] == "user" {
			if c := clock(of[0]); c != nil {
				r.responses = append(r.responses, c.between(a.offered, a.replied))
			} else {
				r.without++
			}
		}
		ended := before(a.ended) && a.endedBy == "agent" && (a.reason == "closed" || a.reason == "" || a.reason == "returned_to_bot")
		if p.Contains(a.offered) && !before(a.accepted) && !before(a.replied) && !ended {
			local := a.offered.In(p.Location())
			r.unserved[fmt.Sprintf("%d %d", local.Weekday(), local.Hour())]++
		}
	}
	return r
}

func TestServiceMadeByChanceIsJudgedAsItsDefinitionsRead(t *testing.T) {
	t.Parallel()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	period, previous := days(loc, "2026-03-23", "2026-03-30"), days(loc, "2026-03-16", "2026-03-23") // 167 hours, and 168
	made := make([]madeDesk, worlds)
	var seed strings.Builder
	for i := range made {
		made[i] = makeDesk(&chance{Rand: rand.New(rand.NewPCG(8, uint64(i))), period: period, previous: previous, steps: []time.Duration{0, time.Hour, 10 * time.Minute}})
		seed.WriteString(made[i].seed(fmt.Sprintf("made%d", i)))
	}
	dsn := seeded(t, seed.String())
	for i, w := range made {
		t.Run(fmt.Sprintf("made%d", i), func(t *testing.T) {
			source, err := Open(t.Context(), "desk", "native", dsn, fmt.Sprintf("made%d", i), func() time.Time { return period.To.AddDate(1, 0, 0) })
			if err != nil {
				t.Fatal(err)
			}
			defer source.Close()
			snapshot, err := source.Collect(t.Context(), digest.Ask{Period: period, Sections: []string{"service_levels"}, Hours: w.calendars[""]})
			if err != nil {
				t.Fatal(err)
			}
			s := snapshot.Section("service_levels")
			if s.Status == digest.Broken {
				t.Fatalf("%s", s.Reason)
			}
			clocks := map[string]*watched{}
			for id, h := range w.calendars {
				clocks[id] = watch(h, loc, previous.From.AddDate(0, 0, -20), period.To.AddDate(0, 0, 50))
			}
			serviceIs(t, s, readService(w, period, clocks), readService(w, previous, clocks))
		})
	}
}

func serviceIs(t *testing.T, s *digest.Section, now, then serviceRead) {
	t.Helper()
	each := func(of func(serviceRead) string) string { return of(now) + " " + of(then) }
	percent := func(of func(serviceRead) tally) string {
		return each(func(r serviceRead) string {
			if x := of(r); x.judged > 0 {
				return spellNumber(100 * float64(x.met) / float64(x.judged))
			}
			return "n/a"
		})
	}
	durations := func(of func(serviceRead) []float64, number func([]float64) float64) string {
		return each(func(r serviceRead) string {
			list := slices.Sorted(slices.Values(of(r)))
			if len(list) == 0 {
				return "n/a"
			}
			return spellNumber(number(list))
		})
	}
	mean := func(list []float64) (sum float64) {
		for _, x := range list {
			sum += x / float64(len(list))
		}
		return sum
	}
	cont := func(part float64) func([]float64) float64 { // between two neighbours, in proportion
		return func(list []float64) float64 {
			place := part * float64(len(list)-1)
			i := int(place)
			if i+1 == len(list) {
				return list[i]
			}
			return list[i]*(1-(place-float64(i))) + list[i+1]*(place-float64(i))
		}
	}
	responses := func(r serviceRead) []float64 { return r.responses }
	closings := func(r serviceRead) []float64 { return r.closings }
	figuresAre(t, s, map[string]string{
		"closed_within_hour":    percent(func(r serviceRead) tally { return r.hour }),
		"closed_within_day":     percent(func(r serviceRead) tally { return r.day }),
		"answered_in_10_min":    percent(func(r serviceRead) tally { return r.answered }),
		"first_response_mean":   durations(responses, mean),
		"first_response_median": durations(responses, cont(.5)),
		"first_response_p90":    durations(responses, cont(.9)),
		"open_to_close_mean":    durations(closings, mean),
		"open_to_close_median":  durations(closings, cont(.5)),
		"open_to_close_p90":     durations(closings, cont(.9)),
		"after_hours_messages":  each(func(r serviceRead) string { return fmt.Sprint(r.after) }),
	})
	note := func(key string, x tally, more string) {
		noteIs(t, s, key, fmt.Sprintf("judged=%d,%s met=%d, on_us=%d, on_user=%d, overdue=%d", x.judged, more, x.met, x.onUs, x.onTheUser, x.overdue()))
	}
	note("closed_within_hour", now.hour, "")
	note("closed_within_day", now.day, "")
	note("answered_in_10_min", now.answered, fmt.Sprintf(" left_out=%d,", now.leftOut))
	without := ""
	if now.without > 0 {
		without = fmt.Sprintf("count=%d", now.without)
	}
	noteIs(t, s, "without_hours", without)
	unserved := map[string]int{}
	c := s.Chart("by_weekday_hour")
	for _, x := range c.Cells {
		if *x.Value > 0 {
			unserved[c.Y[x.Y].Key+" "+c.X[x.X].Key] = int(*x.Value)
		}
	}
	if !maps.Equal(unserved, now.unserved) {
		t.Errorf("unserved %v, want %v", unserved, now.unserved)
	}
	sum := 0
	for _, point := range s.Chart("response_time").Find("current").Points {
		sum += int(*point.Value)
	}
	if sum != len(now.responses) {
		t.Errorf("the histogram has %d replies, want %d", sum, len(now.responses))
	}
}
