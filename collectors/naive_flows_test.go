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

// worlds is how many small worlds are made by chance for each section. Their seed is in the tenant's name.
const worlds = 20

// chance makes instants that meet each other: the period's ends, hours around them, and steps from instants made before.
type chance struct {
	*rand.Rand
	period, previous digest.Period
	made             []time.Time
	steps            []time.Duration
}

func (c *chance) pick(list ...string) string { return list[c.IntN(len(list))] }

func (c *chance) maybe(percent int) bool { return c.IntN(100) < percent }

// at is an instant of the last weeks.
func (c *chance) at() (x time.Time) {
	switch n := c.IntN(10); {
	case n == 0:
		x = []time.Time{c.period.From, c.period.To, c.previous.From}[c.IntN(3)]
	case n < 4 && len(c.made) > 0:
		x = c.made[c.IntN(len(c.made))]
		if c.maybe(80) {
			x = x.Add(c.steps[c.IntN(len(c.steps))])
		}
	default:
		x = c.previous.From.Add(time.Duration(c.IntN(16*24)-24) * time.Hour)
	}
	if c.maybe(10) {
		x = x.Add([]time.Duration{-time.Second, time.Second}[c.IntN(2)])
	}
	c.made = append(c.made, x)
	return x
}

// after is an instant some hours after another, or never.
func (c *chance) after(x time.Time, percent int) time.Time {
	if !c.maybe(percent) {
		return time.Time{}
	}
	if c.maybe(15) {
		for _, edge := range []time.Time{c.period.To, c.previous.To} {
			if edge.After(x) {
				return edge.Add(time.Duration(c.IntN(3)-1) * time.Second)
			}
		}
	}
	return x.Add(time.Duration(c.IntN(96)) * time.Hour)
}

// cell writes a value for SQL; zero texts and instants, and nil, are NULL.
func cell(v any) string {
	switch v := v.(type) {
	case time.Time:
		if v.IsZero() {
			return "NULL"
		}
		return "'" + v.UTC().Format(time.RFC3339) + "'"
	case string:
		if v == "" {
			return "NULL"
		}
		return "'" + v + "'"
	case *int:
		if v == nil {
			return "NULL"
		}
		return fmt.Sprint(*v)
	case *bool:
		if v == nil {
			return "NULL"
		}
		return fmt.Sprint(*v)
	case nil:
		return "NULL"
	}
	return fmt.Sprint(v)
}

func cells(values ...any) string {
	var all []string
	for _, v := range values {
		all = append(all, cell(v))
	}
	return "(" + strings.Join(all, ", ") + ")"
}

func inserted(table, columns string, rows []string) string {
	if len(rows) == 0 {
		return ""
	}
	return "INSERT INTO " + table + " (" + columns + ") VALUES\n" + strings.Join(rows, ",\n") + ";\n"
}

// madeFlows is a small world of guided conversations.
type madeFlows struct {
	sessions []flowMade
	goals    []goalMade
	ask      digest.Parameters
}

type flowMade struct {
	id, flow, practice, channel, user     string
	started, replied, last, expires, ends time.Time
	status, reason                        string
	reached, outbound                     *int
	mention                               *bool
	steps                                 []stepMade
}

type stepMade struct {
	visit, position   int
	step, answer      string
	entered, answered time.Time
}

type goalMade struct {
	id, user, kind, status, practice, appointment, session, currency string
	at                                                               time.Time
	amount                                                           any // int or nil
}

func makeFlows(c *chance) (w madeFlows) {
	users := []string{"u1", "u2", "u3", "u4", ""}
	number := func() *int {
		if c.maybe(30) {
			return nil
		}
		n := c.IntN(5)
		return &n
	}
	for i := range 4 + c.IntN(14) {
		s := flowMade{
			id: fmt.Sprint(i), flow: c.pick("f1", "f1", "f2", ""), practice: c.pick("north", "south", ""), channel: c.pick("sms", "voice", ""),
			user: c.pick(users...), started: c.at(), status: c.pick("in_progress", "completed", "failed"), reached: number(), outbound: number(),
		}
		s.replied, s.last, s.expires = c.after(s.started, 60), c.after(s.started, 60), c.after(s.started, 60)
		if s.status != "in_progress" {
			s.ends = c.after(s.started, 80)
		}
		if s.status == "failed" {
			s.reason = c.pick("", "INCOMING_MESSAGE", "VOICE_ENDED")
		}
		if c.maybe(60) {
			yes := c.maybe(50)
			s.mention = &yes
		}
		entered := s.started
		for visit := range c.IntN(5) {
			step := c.pick("a", "b", "c", "d")
			x := stepMade{visit: visit + 1, position: int(step[0]-'a') + 1, step: step, entered: entered}
			if x.answered = c.after(entered, 60); !x.answered.IsZero() {
				x.answer = c.pick("Yes", " yes", "no", "own "+s.id)
			}
			s.steps = append(s.steps, x)
			entered = entered.Add(time.Duration(c.IntN(30)) * time.Hour)
		}
		w.sessions = append(w.sessions, s)
	}
	for i := range c.IntN(25) {
		g := goalMade{
			id: fmt.Sprint(i), user: c.pick(users...), kind: c.pick("appointment_scheduled", "appointment_completed", "portal_enrolled", "cancellation_kept"),
			at: c.at(), status: c.pick("booked", "done", ""), practice: c.pick("north", "south", ""), appointment: c.pick("1", "2", "3", "4", "", ""),
		}
		if c.maybe(40) {
			g.session = fmt.Sprint(c.IntN(len(w.sessions) + 1)) // the last one does not exist
		}
		if c.maybe(40) {
			g.amount, g.currency = 1+c.IntN(9), c.pick("EUR", "usd", "")
		}
		w.goals = append(w.goals, g)
	}
	p := &w.ask
	p.Flows.AttributionDays, p.Flows.SecondsPerMessage = 7, 10
	if c.maybe(30) {
		p.Practices = [][]string{{"north"}, {"north", "south"}}[c.IntN(2)]
	}
	if c.maybe(20) {
		p.Flows.Flows = []string{"f1"}
	}
	if c.maybe(20) {
		p.Flows.Channels = []string{"sms", "voice"}
	}
	if c.maybe(50) {
		p.Flows.Currency, p.Flows.ValuePerAppointment = "EUR", number100(100)
	}
	if c.maybe(50) {
		p.Flows.Kept = &digest.Answer{Flow: "f1", Step: "b", Answer: "YES "}
	}
	return w
}

func (w madeFlows) seed(tenant string) string {
	var sessions, steps, goals []string
	for _, s := range w.sessions {
		sessions = append(sessions, cells(tenant, s.id, s.flow, s.practice, s.channel, s.user, s.started, s.replied, s.last, s.expires, s.ends, s.status, s.reason, s.reached, s.outbound, s.mention))
		for _, x := range s.steps {
			steps = append(steps, cells(tenant, s.id, x.visit, x.position, x.step, true, x.entered, x.answered, x.answer))
		}
	}
	for _, g := range w.goals {
		goals = append(goals, cells(tenant, g.id, g.user, g.kind, g.at, g.status, g.practice, g.appointment, g.session, g.amount, g.currency))
	}
	for _, kind := range []string{"appointment_scheduled", "appointment_completed", "portal_enrolled", "cancellation_kept"} { // so that each is known of
		goals = append(goals, cells(tenant, "old "+kind, nil, kind, time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC), nil, nil, nil, nil, nil, nil))
	}
	return inserted("tenant", "tenant_id", []string{cells(tenant)}) +
		inserted("message", "tenant_id, message_id, conversation_id, user_id, sent_at, direction, author", []string{"('" + tenant + "', 'old', 'old', 'old', '2025-01-01', 'in', 'user')"}) +
		inserted("flow_session", "tenant_id, flow_session_id, flow_id, practice, channel, user_id, started_at, first_response_at, last_activity_at, expires_at, ended_at, status, failure_reason, steps_reached, outbound_messages, has_mention", sessions) +
		inserted("flow_step", "tenant_id, flow_session_id, visit, position, step_id, is_question, entered_at, answered_at, answer", steps) +
		inserted("goal_event", "tenant_id, event_id, user_id, kind, occurred_at, status, practice, appointment_id, flow_session_id, amount, currency", goals)
}

// flowsRead is the definitions of metrics 6 read word by word over the rows.
type flowsRead struct {
	numbers  map[string]float64
	known    map[string]bool // of numbers that may be unavailable: whether they are known
	money    map[string]map[string][2]int
	bare     map[string]int // goals without an amount
	practice map[string]map[string]float64
	ways     map[string]int // "flow from next" of a journey
	places   map[string]int // "position passed", "position failed"
	reasons  map[string]int
	answers  map[string]int // "flow question answer": sessions that gave it last; of those that one person alone gave "flow question"
}

func readFlows(w madeFlows, p digest.Period, known time.Time) flowsRead {
	r := flowsRead{
		numbers: map[string]float64{}, known: map[string]bool{}, money: map[string]map[string][2]int{}, bare: map[string]int{},
		practice: map[string]map[string]float64{}, ways: map[string]int{}, places: map[string]int{}, reasons: map[string]int{},
		answers: map[string]int{},
	}
	type given struct{ sessions, persons map[string]bool }
	said := map[string]*given{}
	before := func(x time.Time) bool { return !x.IsZero() && x.Before(p.To) }
	among := func(list []string, x string) bool { return len(list) == 0 || slices.Contains(list, x) }
	chosen := func(s flowMade) bool {
		return among(w.ask.Flows.Flows, s.flow) && among(w.ask.Practices, s.practice) && among(w.ask.Flows.Channels, s.channel)
	}
	addTo := func(practice, key string, n float64) {
		if r.practice[practice] == nil {
			r.practice[practice] = map[string]float64{}
		}
		r.practice[practice][key] += n
	}
	helped, recovered, once := map[string]bool{}, 0, map[string]bool{}
	for i, s := range w.sessions {
		if !p.Contains(s.started) || !chosen(s) {
			continue
		}
		add := func(key string, n float64) { r.numbers[key] += n }
		add("initiated", 1)
		addTo(s.practice, "initiated", 1)
		ends := s.ends
		if ends.IsZero() && s.status != "in_progress" {
			ends = cmp.Or(s.last, s.expires, s.started)
		}
		state, reason := "pending", ""
		switch {
		case before(ends):
			state = s.status
			if reason = s.reason; state == "failed" && reason == "" {
				if reason = "UNKNOWN"; !s.expires.IsZero() && !s.expires.After(ends) {
					reason = "TIMEOUT"
				}
			}
		case before(s.expires):
			state, reason = "failed", "TIMEOUT"
		}
		replied := before(s.replied)
		var entered []string // first visits
		all := 0
		for _, x := range s.steps {
			if s.replied.IsZero() && before(x.answered) {
				replied = true
			}
			if before(x.entered) {
				all++
				if !slices.Contains(entered, x.step) {
					entered = append(entered, x.step)
				}
			}
		}
		reached := -1
		if s.reached != nil {
			reached = *s.reached
		}
		if (s.reached == nil || !before(ends)) && len(entered) > 0 {
			reached = len(entered)
		}
		add(state, 1)
		if state == "failed" {
			r.reasons[reason]++
			if reached <= 1 {
				add("failed_at_first_step", 1)
			}
		}
		if replied {
			add("started", 1)
			add("answered "+state, 1)
			if state != "pending" && s.user != "" {
				helped[s.user] = true
			}
		}
		if s.outbound != nil {
			n := *s.outbound
			if !s.last.IsZero() && !before(s.last) && all > 0 {
				n = min(n, all)
			}
			add("outbound", float64(n))
			r.known["outbound"] = true
		}
		if state != "pending" && s.mention != nil {
			r.known["mention"] = true
			if *s.mention {
				add("mention", 1)
			}
		}
		last := map[string]string{}
		for _, x := range s.steps { // in the order of their visits
			if before(x.entered) && before(x.answered) && x.answer != "" {
				last[x.step] = strings.ToLower(strings.TrimSpace(x.answer))
			}
		}
		for step, answer := range last {
			key := s.flow + " " + step + " " + answer
			if said[key] == nil {
				said[key] = &given{map[string]bool{}, map[string]bool{}}
			}
			said[key].sessions[s.id], said[key].persons[cmp.Or(s.user, "session "+s.id)] = true, true
		}
		// The journey, and where it failed.
		path := entered
		if len(path) == 0 {
			for n := range max(1, reached) {
				path = append(path, fmt.Sprint(n+1))
			}
		}
		for n, step := range path {
			next := state
			if n+1 < len(path) {
				next = path[n+1]
			}
			r.ways[s.flow+" "+step+" "+next]++
			place := step
			if step >= "a" {
				place = fmt.Sprint(step[0] - 'a' + 1)
			}
			switch {
			case state == "failed" && n+1 == len(path):
				r.places[place+" failed"]++
			case state != "pending":
				r.places[place+" completed"]++
			}
		}
		if k := w.ask.Flows.Kept; k != nil && s.flow == k.Flow {
			for _, x := range s.steps {
				if x.step == k.Step && before(x.answered) && strings.EqualFold(strings.TrimSpace(x.answer), strings.TrimSpace(k.Answer)) && !once[fmt.Sprint(i)] {
					once[fmt.Sprint(i)] = true
					recovered++
				}
			}
		}
	}
	r.numbers["users"] = float64(len(helped))
	for key, by := range said {
		if len(by.persons) == 1 {
			parts := strings.SplitN(key, " ", 3)
			key = parts[0] + " " + parts[1]
		}
		r.answers[key] += len(by.sessions)
	}

	// Goals, in order.
	goals := slices.Clone(w.goals)
	slices.SortStableFunc(goals, func(a, b goalMade) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	sessionsOf := func(g goalMade) (list []flowMade) { // that began at or before it, the latest first
		for _, s := range w.sessions {
			if !s.started.After(g.at) && (g.session != "" && s.id == g.session || g.session == "" && g.user != "" && s.user == g.user) {
				list = append(list, s)
			}
		}
		slices.SortStableFunc(list, func(a, b flowMade) int { return cmp.Or(b.started.Compare(a.started), cmp.Compare(a.id, b.id)) })
		return list
	}
	count := func(key string, g goalMade, of flowMade) {
		r.numbers[key]++
		addTo(of.practice, key, 1)
		if g.amount == nil {
			r.bare[key]++
			return
		}
		if r.money[key] == nil {
			r.money[key] = map[string][2]int{}
		}
		m := r.money[key][strings.ToUpper(g.currency)]
		r.money[key][strings.ToUpper(g.currency)] = [2]int{m[0] + g.amount.(int), m[1] + 1}
	}
	seen := map[string]bool{}
	var kept []goalMade
	keptOf := map[string]string{}
	for _, g := range goals {
		list := sessionsOf(g)
		appointment := cmp.Or("a"+g.appointment, g.appointment)
		if g.appointment == "" {
			appointment = "event " + g.id
		}
		if g.kind == "appointment_scheduled" {
			if g.at.Before(known) && len(list) > 0 && chosen(list[0]) && p.Contains(list[0].started) && g.at.Before(list[0].started.Add(72*time.Hour)) && !seen["scheduled "+appointment] {
				seen["scheduled "+appointment] = true
				count("scheduled", g, list[0])
			}
			continue
		}
		if !p.Contains(g.at) {
			continue
		}
		at := slices.IndexFunc(list, func(s flowMade) bool { return chosen(s) && !s.started.Before(g.at.Add(-7*24*time.Hour)) })
		switch {
		case g.kind == "cancellation_kept":
			ofNone := !slices.ContainsFunc(list, func(s flowMade) bool { return !s.started.Before(g.at.Add(-7 * 24 * time.Hour)) })
			switch {
			case at >= 0:
				keptOf[g.id] = list[at].id
				kept = append(kept, g)
			case ofNone && len(w.ask.Flows.Flows)+len(w.ask.Flows.Channels) == 0 && among(w.ask.Practices, g.practice):
				kept = append(kept, g)
			}
		case at < 0:
		case g.kind == "appointment_completed":
			if !seen["completed "+appointment] {
				seen["completed "+appointment] = true
				count("completed goals", g, list[at])
			}
		default:
			person := cmp.Or(g.user, list[at].user, "session "+list[at].id)
			if !seen["enrolled "+person] {
				seen["enrolled "+person] = true
				count("enrolled", g, list[at])
			}
		}
	}
	for _, g := range kept { // an appointment counts once, and so does a session
		if g.appointment != "" {
			if seen["kept "+g.appointment] {
				continue
			}
			seen["kept "+g.appointment] = true
		}
		if s, of := keptOf[g.id]; of {
			if once[s] {
				continue
			}
			once[s] = true
		}
		recovered++
	}
	r.numbers["recovered"] = float64(recovered)
	return r
}

// worth is money as the definition has it: in one currency, else n/a.
func (r flowsRead) worth(key, currency string, own bool, value *float64) string {
	var amount float64
	priced := 0
	for in, m := range r.money[key] {
		if in == currency && in != "" || in == "" && own {
			amount, priced = amount+float64(m[0]), priced+m[1]
		}
	}
	switch {
	case currency == "" || value == nil && priced == 0:
		return "n/a"
	case value != nil:
		amount += float64(r.bare[key]) * *value
	}
	return spellNumber(amount)
}

// most is the currency that most goals have; of equals the first by name.
func (r flowsRead) most() (most string) {
	named := map[string]int{}
	for _, in := range r.money {
		for currency, m := range in {
			if currency != "" {
				named[currency] += m[1]
			}
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(named)) {
		if most == "" || named[currency] > named[most] {
			most = currency
		}
	}
	return most
}

func TestGuidedConversationsMadeByChanceAreCountedAsTheirDefinitionsRead(t *testing.T) {
	t.Parallel()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	period, previous := days(loc, "2026-03-23", "2026-03-30"), days(loc, "2026-03-16", "2026-03-23") // 167 hours, and 168
	steps := []time.Duration{0, 72 * time.Hour, 72*time.Hour - time.Second, 7 * 24 * time.Hour, 7*24*time.Hour + time.Second, -72 * time.Hour}
	made := make([]madeFlows, worlds)
	var seed strings.Builder
	for i := range made {
		made[i] = makeFlows(&chance{Rand: rand.New(rand.NewPCG(6, uint64(i))), period: period, previous: previous, steps: steps})
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
			snapshot, err := source.Collect(t.Context(), digest.Ask{Period: period, Sections: []string{"flows"}, Parameters: w.ask})
			if err != nil {
				t.Fatal(err)
			}
			s := snapshot.Section("flows")
			if s.Status == digest.Broken {
				t.Fatalf("%s", s.Reason)
			}
			flowsAre(t, s, w, readFlows(w, period, period.To), readFlows(w, previous, period.To))
		})
	}
}

func flowsAre(t *testing.T, s *digest.Section, w madeFlows, now, then flowsRead) {
	t.Helper()
	share := func(a, b float64) string {
		if b == 0 {
			return "n/a"
		}
		return spellNumber(100 * a / b)
	}
	p := w.ask.Flows
	currency := cmp.Or(p.Currency, now.most(), then.most())
	each := func(of func(flowsRead) string) string { return of(now) + " " + of(then) }
	n := func(key string) string {
		return each(func(r flowsRead) string { return spellNumber(r.numbers[key]) })
	}
	rate := func(part string, of ...string) string {
		return each(func(r flowsRead) string {
			var sum float64
			for _, key := range of {
				sum += r.numbers[key]
			}
			return share(r.numbers[part], sum)
		})
	}
	unless := func(known, whole string, of func(flowsRead) string) string {
		return each(func(r flowsRead) string {
			if ended := r.numbers["completed"] + r.numbers["failed"]; !r.known[known] && (whole == "ended" && ended > 0 || whole == "" && r.numbers["initiated"] > 0) {
				return "unavailable"
			}
			return of(r)
		})
	}
	worth := func(key string, value *float64) string {
		return each(func(r flowsRead) string { return r.worth(key, currency, p.Currency != "", value) })
	}
	figuresAre(t, s, map[string]string{
		"initiated": n("initiated"), "completed": n("completed"), "failed": n("failed"), "pending": n("pending"), "started": n("started"),
		"total_flows":  each(func(r flowsRead) string { return spellNumber(r.numbers["completed"] + r.numbers["failed"]) }),
		"success_rate": rate("completed", "completed", "failed"), "failure_rate": rate("failed", "completed", "failed"),
		"responsive_success_rate": rate("answered completed", "answered completed", "answered failed"),
		"failed_at_first_step":    n("failed_at_first_step"), "users_assisted": n("users"),
		"staff_time_saved": unless("outbound", "", func(r flowsRead) string { return spellNumber(10 * r.numbers["outbound"]) }),
		"mention_share": unless("mention", "ended", func(r flowsRead) string {
			return share(r.numbers["mention"], r.numbers["completed"]+r.numbers["failed"])
		}),
		"appointments_scheduled": n("scheduled"), "appointment_rate": rate("scheduled", "initiated"),
		"appointments_completed": n("completed goals"), "completion_rate": rate("completed goals", "initiated"),
		"portal_enrollments": n("enrolled"), "enrollment_rate": rate("enrolled", "initiated"), "recovered_cancellations": n("recovered"),
		"revenue_scheduled": worth("scheduled", p.ValuePerAppointment), "revenue_completed": worth("completed goals", p.ValuePerAppointment),
		"enrollment_value": worth("enrolled", p.ValuePerEnrollment),
	})
	table := func(key string) [][]digest.Value {
		if i := slices.IndexFunc(s.Tables, func(x digest.Table) bool { return x.Key == key }); i >= 0 {
			return s.Tables[i].Rows
		}
		return nil
	}
	practices := map[string]string{}
	for _, row := range table("by_practice") {
		practices[row[0].Text] = fmt.Sprintf("%v %v %v %v", row[1].Number, row[2].Number, row[5].Number, row[8].Number)
	}
	want := map[string]string{}
	for name, x := range now.practice {
		want[name] = fmt.Sprintf("%v %v %v %v", x["initiated"], x["scheduled"], x["completed goals"], x["enrolled"])
	}
	if len(want) == 1 && want[""] != "" {
		clear(want) // no session names one
	}
	if !maps.Equal(practices, want) {
		t.Errorf("by practice %v, want %v", practices, want)
	}
	reasons := map[string]int{}
	for _, row := range table("failure_reasons") {
		reasons[row[0].Text] = int(row[1].Number)
	}
	if !maps.Equal(reasons, now.reasons) {
		t.Errorf("reasons %v, want %v", reasons, now.reasons)
	}
	ways := map[string]int{}
	for _, row := range table("journey") {
		ways[row[0].Text+" "+row[2].Text+" "+row[4].Text] = int(row[5].Number)
	}
	if !maps.Equal(ways, now.ways) {
		t.Errorf("journey %v, want %v", ways, now.ways)
	}
	answers := map[string]int{}
	for _, row := range table("responses") {
		answers[strings.TrimSpace(row[0].Text+" "+row[2].Text+" "+strings.ToLower(row[3].Text))] += int(row[4].Number)
	}
	given := map[string]int{}
	for key, n := range now.answers {
		given[strings.TrimSpace(key)] += n
	}
	if !maps.Equal(answers, given) {
		t.Errorf("answers %v, want %v", answers, given)
	}
	places := map[string]int{}
	for _, series := range s.Chart("by_step").Series {
		for _, point := range series.Points {
			if *point.Value > 0 {
				places[point.Key+" "+series.Key] = int(*point.Value)
			}
		}
	}
	if !maps.Equal(places, now.places) {
		t.Errorf("steps %v, want %v", places, now.places)
	}
}
