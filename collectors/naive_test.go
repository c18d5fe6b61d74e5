package collectors

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// traffic is made by chance, on a grid of half hours so that instants meet each other and the period's ends.
type traffic struct {
	assignments []madeAssignment
	messages    []madeMessage
	sessions    []madeSession
}

type madeAssignment struct {
	conversation, user, agent, kind       string
	offered, accepted, firstReply, endsAt time.Time // zero: never
	endedBy, reason                       string
}

type madeMessage struct {
	conversation, user, agent, author string
	at                                time.Time
}

type madeSession struct {
	agent          string
	from, to, seen time.Time // zero: none
	away           bool
}

func makeTraffic(r *rand.Rand, middle time.Time) (t traffic) {
	at := func() time.Time { return middle.Add(time.Duration(r.IntN(240)-120) * 30 * time.Minute) }
	after := func(x time.Time, chance float64) time.Time {
		if r.Float64() > chance {
			return time.Time{}
		}
		return x.Add(time.Duration(r.IntN(60)) * 30 * time.Minute)
	}
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	for range 40 {
		a := madeAssignment{
			conversation: pick("c1", "c2", "c3", "c4", "c5"), user: pick("u1", "u2", "u3"), agent: pick("ana", "ben", "cem", "robo", ""),
			kind: pick("initial", "initial", "transfer", "queue"), offered: at(),
		}
		last := a.offered
		if a.accepted = after(last, 0.6); !a.accepted.IsZero() {
			last = a.accepted
			if a.firstReply = after(last, 0.7); !a.firstReply.IsZero() {
				last = a.firstReply
			}
		}
		if a.endsAt = after(last, 0.7); !a.endsAt.IsZero() {
			a.endedBy, a.reason = pick("agent", "user", "system"), pick("closed", "transferred", "expired", "rejected", "returned_to_bot")
		}
		t.assignments = append(t.assignments, a)
	}
	for range 120 {
		m := madeMessage{conversation: pick("c1", "c2", "c3", "c4", "c5"), user: pick("u1", "u2", "u3"), author: pick("user", "agent", "bot", "automation", "system"), at: at()}
		if m.author == "agent" {
			m.agent = pick("ana", "ben", "cem")
		}
		t.messages = append(t.messages, m)
	}
	for range 15 {
		s := madeSession{agent: pick("ana", "ben", "cem", "robo"), from: at(), away: r.IntN(4) == 0}
		s.to, s.seen = after(s.from, 0.7), after(s.from, 0.5)
		t.sessions = append(t.sessions, s)
	}
	return t
}

// seed writes the traffic as INSERTs for a tenant.
func (t traffic) seed(tenant string) string {
	var b strings.Builder
	instant := func(x time.Time) string {
		if x.IsZero() {
			return "NULL"
		}
		return "'" + x.UTC().Format(time.RFC3339) + "'"
	}
	word := func(s string) string {
		if s == "" {
			return "NULL"
		}
		return "'" + s + "'"
	}
	fmt.Fprintf(&b, "INSERT INTO tenant VALUES ('%s', 'Made', NULL, NULL);\n", tenant)
	for agent, role := range map[string]string{"ana": "agent", "ben": "admin", "cem": "tech", "robo": "bot"} {
		fmt.Fprintf(&b, "INSERT INTO agent (tenant_id, agent_id, display_name, role) VALUES ('%s', '%s', '%s', '%s');\n", tenant, agent, agent, role)
	}
	fmt.Fprintf(&b, "INSERT INTO conversation (tenant_id, conversation_id, started_at, initiated_by) VALUES ('%[1]s', 'c4', '2026-03-01', 'campaign'), ('%[1]s', 'c5', '2026-03-01', 'agent');\n", tenant)
	fmt.Fprintf(&b, "INSERT INTO message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author) VALUES ('%s', 'old', 'old', 'old', '2025-01-01', 'in', 'user');\n", tenant)
	for i, a := range t.assignments {
		fmt.Fprintf(&b, "INSERT INTO assignment (tenant_id, assignment_id, conversation_id, user_id, agent_id, kind, offered_at, accepted_at, first_reply_at, ended_at, ended_by, end_reason, derivation) VALUES ('%s', '%d', '%s', '%s', %s, '%s', %s, %s, %s, %s, %s, %s, 'recorded');\n",
			tenant, i, a.conversation, a.user, word(a.agent), a.kind, instant(a.offered), instant(a.accepted), instant(a.firstReply), instant(a.endsAt), word(a.endedBy), word(a.reason))
	}
	for i, m := range t.messages {
		direction := "out"
		if m.author == "user" {
			direction = "in"
		}
		fmt.Fprintf(&b, "INSERT INTO message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author, agent_id) VALUES ('%s', '%d', '%s', '%s', %s, '%s', '%s', %s);\n",
			tenant, i, m.conversation, m.user, instant(m.at), direction, m.author, word(m.agent))
	}
	for i, s := range t.sessions {
		state := "online"
		if s.away {
			state = "away"
		}
		fmt.Fprintf(&b, "INSERT INTO agent_session (tenant_id, session_id, agent_id, started_at, ended_at, last_activity_at, state) VALUES ('%s', '%d', '%s', %s, %s, %s, '%s');\n",
			tenant, i, s.agent, instant(s.from), instant(s.to), instant(s.seen), state)
	}
	return b.String()
}

// naive reads the definitions of metrics word by word over the rows, minute by minute for what lasts.
type naive struct {
	handled, missed, waiting, transfers, fromBefore, messages, users int
	waits, times                                                     []float64
	byAgent                                                          map[string]int
	charge, connected                                                map[string]float64 // "agent date" to seconds
}

func readNaively(t traffic, p digest.Period, excludeAway bool) naive {
	n := naive{byAgent: map[string]int{}, charge: map[string]float64{}, connected: map[string]float64{}}
	known := func(x time.Time) bool { return !x.IsZero() && x.Before(p.To) }
	served, counted := map[string]bool{}, map[int]bool{}
	for _, m := range t.messages {
		if m.author == "agent" && p.Contains(m.at) {
			served[m.user] = true
		}
	}
	for _, a := range t.assignments {
		if a.agent == "robo" || !a.offered.Before(p.To) {
			continue
		}
		accepted, ended := a.accepted, known(a.endsAt)
		if !known(accepted) && known(a.firstReply) {
			accepted = a.firstReply
		}
		if !known(accepted) && ended && a.endedBy == "agent" && (a.reason == "closed" || a.reason == "returned_to_bot") {
			accepted = a.endsAt
		}
		if p.Contains(a.offered) {
			switch {
			case known(accepted):
				n.handled++
				n.byAgent[a.agent]++
			case ended, !a.offered.Add(24 * time.Hour).After(p.To):
				n.missed++
			default:
				n.waiting++
			}
			if a.kind == "transfer" {
				n.transfers++
			}
		}
		if p.Contains(accepted) && !accepted.IsZero() {
			served[a.user] = true
			if a.offered.Before(p.From) {
				n.fromBefore++
			}
		}
		if !a.firstReply.IsZero() && p.Contains(a.firstReply) && a.kind != "transfer" && a.conversation != "c4" && a.conversation != "c5" {
			n.waits = append(n.waits, a.firstReply.Sub(a.offered).Seconds())
		}
		if ended && p.Contains(a.endsAt) && known(accepted) {
			n.times = append(n.times, a.endsAt.Sub(accepted).Seconds())
		}
		var last time.Time
		for i, m := range t.messages {
			if m.conversation != a.conversation || m.at.Before(a.offered) || ended && m.at.After(a.endsAt) || !m.at.Before(p.To) || m.author == "system" {
				continue
			}
			if m.at.After(last) {
				last = m.at
			}
			if p.Contains(m.at) && (m.author == "user" || m.author == "agent") {
				counted[i] = true
			}
		}
		if last.IsZero() && ended {
			last = a.endsAt
		}
		if known(accepted) {
			lasts(p, accepted, last, n.charge, a.agent)
		}
	}
	n.messages, n.users = len(counted), len(served)

	spans := map[string][][2]time.Time{}
	for _, s := range t.sessions {
		if s.agent == "robo" || s.away && excludeAway || !s.from.Before(p.To) {
			continue
		}
		end := s.to
		switch {
		case !end.IsZero() && end.Before(p.To):
		case p.To.Sub(s.from) <= 24*time.Hour, !end.IsZero(), !s.seen.Before(p.To):
			end = p.To
		default: // forgotten
			end = s.from
			if s.seen.After(end) {
				end = s.seen
			}
			for _, m := range t.messages {
				if m.agent == s.agent && m.at.Before(p.To) && m.at.After(end) {
					end = m.at
				}
			}
		}
		spans[s.agent] = append(spans[s.agent], [2]time.Time{s.from, end})
	}
	for agent, list := range spans {
		for at := p.From; at.Before(p.To); at = at.Add(time.Minute) {
			if slices.ContainsFunc(list, func(x [2]time.Time) bool { return !at.Before(x[0]) && at.Before(x[1]) }) {
				n.connected[agent+" "+digest.DateOf(at).String()] += 60
			}
		}
	}
	return n
}

// lasts adds the minutes from..to that lie in the period to their days.
func lasts(p digest.Period, from, to time.Time, days map[string]float64, agent string) {
	for at := p.From; at.Before(p.To); at = at.Add(time.Minute) {
		if !at.Before(from) && at.Before(to) {
			days[agent+" "+digest.DateOf(at).String()] += 60
		}
	}
}

func TestTrafficMadeByChanceIsCountedAsItsDefinitionsRead(t *testing.T) {
	t.Parallel()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	period, err := digest.NewPeriod(digest.Date{Year: 2026, Month: 3, Day: 28}, digest.Date{Year: 2026, Month: 3, Day: 31}, loc) // 71 hours
	if err != nil {
		t.Fatal(err)
	}
	const tenants = 12
	var (
		made  []traffic
		seeds strings.Builder
	)
	for i := range tenants {
		made = append(made, makeTraffic(rand.New(rand.NewPCG(2026, uint64(i))), period.From.Add(36*time.Hour).UTC()))
		seeds.WriteString(made[i].seed(fmt.Sprintf("made%d", i)))
	}
	dsn := seeded(t, seeds.String())
	for i := range tenants {
		tenant, excludeAway := fmt.Sprintf("made%d", i), i%2 == 1
		source, err := Open(t.Context(), tenant, "native", dsn, tenant, func() time.Time { return period.To.AddDate(1, 0, 0) })
		if err != nil {
			t.Fatal(err)
		}
		snapshot, err := source.Collect(t.Context(), digest.Ask{Period: period, Sections: []string{"contact_center"}, ExcludeAway: excludeAway})
		if err != nil {
			t.Fatal(err)
		}
		s := snapshot.Section("contact_center")
		want := readNaively(made[i], period, excludeAway)
		figure := func(n int) string { return spellNumber(float64(n)) }
		mean := func(list []float64) string {
			if len(list) == 0 {
				return "n/a"
			}
			var sum float64
			for _, x := range list {
				sum += x
			}
			return spellNumber(sum / float64(len(list)))
		}
		figuresAre(t, s, map[string]string{
			"total_conversations": figure(want.handled + want.missed + want.waiting), "handled": figure(want.handled), "missed": figure(want.missed),
			"waiting": figure(want.waiting), "transfers": figure(want.transfers), "accepted_from_before": figure(want.fromBefore),
			"total_messages": figure(want.messages), "unique_users": figure(want.users), "wait_mean": mean(want.waits), "conversation_time_mean": mean(want.times),
		})
		byAgent := map[string]int{}
		for _, p := range s.Chart("conversations_per_agent").Find("current").Points {
			byAgent[p.Key] = int(*p.Value)
		}
		if n, unknown := want.byAgent[""]; unknown {
			delete(want.byAgent, "")
			want.byAgent["unknown"] = n
		}
		if !maps.Equal(byAgent, want.byAgent) {
			t.Errorf("%s: handled %v, want %v", tenant, byAgent, want.byAgent)
		}
		for chart, days := range map[string]map[string]float64{"conversation_minutes_evolution": want.charge, "connection_hours_evolution": want.connected} {
			got := map[string]float64{}
			for _, x := range s.Chart(chart).Series {
				for _, p := range x.Points {
					if *p.Value > 0 {
						got[strings.TrimPrefix(x.Key, "unknown")+" "+p.At.String()] = *p.Value
					}
				}
			}
			if !maps.Equal(got, days) {
				t.Errorf("%s: %s\n%v, want\n%v", tenant, chart, got, days)
			}
		}
	}
}
