package collectors

import (
	"cmp"
	"slices"

	"fortnight/digest"
)

// topAgents is how many agents have a curve of their own.
const topAgents = 6

// agentDays is one agent's part of a number, in all and by day.
type agentDays struct {
	row
	days []float64 // one a local day
}

// agentCharts are the rankings of all agents, and beside each the curves of its first six.
func agentCharts(r *reader, now, before *contactRaw) (charts []digest.Chart) {
	for _, x := range []struct {
		ranking, curve string
		unit           digest.Unit
		relation       string
		agents         func(*contactRaw, int) []agentDays // of a period with so many days
	}{
		{"conversations_per_agent", "conversations_evolution", digest.Count, "assignment", (*contactRaw).handledByAgent},
		{"conversation_minutes", "conversation_minutes_evolution", digest.Duration, "assignment", (*contactRaw).chargeByAgent},
		{"connection_hours", "connection_hours_evolution", digest.Duration, "agent_session", (*contactRaw).connectedByAgent},
	} {
		current := x.agents(now, len(r.Days))
		var previous []agentDays
		if before != nil {
			previous = x.agents(before, len(r.previous.Days))
		}
		if c, known := r.chart(x.ranking, digest.Ranking, x.unit, x.relation); known {
			charts = append(charts, categories(c, rowsOf(current), rowsOf(previous), before != nil))
		} else {
			charts = append(charts, c)
		}
		c, known := r.chart(x.curve, digest.Curve, x.unit, x.relation)
		if known {
			c = curves(r, c, current, previous, before != nil)
		}
		charts = append(charts, c)
	}
	return charts
}

// curves gives the first six agents a series each and the further ones, those not known included, one named "other". The
// previous period has the same series in the same order.
func curves(r *reader, c digest.Chart, now, before []agentDays, hasBefore bool) digest.Chart {
	named := 0
	for named < len(now) && named < topAgents && now[named].role == digest.Ordinary {
		named++
	}
	rest := func(agents []agentDays) agentDays {
		other := agentDays{row: special(digest.Other, 0)}
		for _, a := range agents {
			if slices.ContainsFunc(now[:named], func(x agentDays) bool { return x.key == a.key && x.role == a.role }) {
				continue
			}
			other.count++
			other.days = add(other.days, a.days)
		}
		return other
	}
	shown, others := slices.Clone(now[:named]), rest(now)
	switch {
	case others.count == 1 && named < len(now) && now[named].role == digest.Unknown:
		shown = append(shown, now[named])
	case others.count > 0:
		shown = append(shown, others)
	}
	if len(shown) == 0 {
		c.State = digest.Empty
	}
	c.Series = []digest.Series{}
	for _, a := range shown {
		c.Series = append(c.Series, series(r, a))
	}
	if !hasBefore {
		return c
	}
	c.Previous = &digest.Before{}
	for _, a := range shown {
		was := agentDays{row: a.row}
		if a.role == digest.Ordinary {
			if i := slices.IndexFunc(before, func(x agentDays) bool { return x.key == a.key && x.role == a.role }); i >= 0 {
				was.days = before[i].days
			}
		} else {
			left := rest(before)
			was.days, was.count = left.days, left.count
		}
		c.Previous.Series = append(c.Previous.Series, series(r.previous, was))
	}
	return c
}

// series makes one curve; a day without a part of the agent's is 0.
func series(r *reader, a agentDays) digest.Series {
	return digest.Series{Key: a.key, Label: a.label, Role: a.role, Count: a.count, Points: r.points(func(i int) *float64 {
		var value float64
		if i < len(a.days) {
			value = a.days[i]
		}
		return &value
	})}
}

// add adds day by day.
func add(sum, days []float64) []float64 {
	if len(sum) < len(days) {
		sum = append(slices.Clone(sum), make([]float64, len(days)-len(sum))...)
	}
	for i, v := range days {
		sum[i] += v
	}
	return sum
}

func rowsOf(agents []agentDays) (rows []row) {
	for _, a := range agents {
		rows = append(rows, a.row)
	}
	return rows
}

// handledByAgent counts the conversations that each agent handled, by the day of the offer.
func (c *contactRaw) handledByAgent(days int) []agentDays {
	return c.byAgent("handled", days, func(f fact) float64 { return float64(f.Count) })
}

// chargeByAgent measures how long each agent was in charge, in seconds.
func (c *contactRaw) chargeByAgent(days int) []agentDays {
	return c.byAgent("charge", days, func(f fact) float64 { return f.Total })
}

func (c *contactRaw) byAgent(name string, days int, value func(fact) float64) []agentDays {
	var all []agentDays
	for key, f := range c.facts {
		if key.Fact != name || key.By != "agent" {
			continue
		}
		a := c.agent(key.AgentID)
		a.value, a.first, a.days = value(f), *f.FirstAt, make([]float64, days)
		for i := range a.days {
			a.days[i] = value(c.facts[factKey{Fact: name, By: "agent and day", Day: i + 1, AgentID: key.AgentID}])
		}
		all = append(all, a)
	}
	return inOrder(all)
}

// connectedByAgent measures how long each agent was connected, in seconds.
func (c *contactRaw) connectedByAgent(days int) []agentDays {
	var all []agentDays
	for _, x := range c.connected {
		if x.Seconds == 0 {
			continue
		}
		a := c.agent(x.AgentID)
		at := slices.IndexFunc(all, func(y agentDays) bool { return y.key == a.key && y.role == a.role })
		if at < 0 {
			a.first, a.days = x.FirstAt, make([]float64, days)
			all, at = append(all, a), len(all)
		}
		all[at].value += x.Seconds
		all[at].days[x.Day-1] += x.Seconds
		if x.FirstAt.Before(all[at].first) {
			all[at].first = x.FirstAt
		}
	}
	return inOrder(all)
}

// agent begins an agent's part. One without an id is not known; one that the platform has forgotten is called by its id.
func (c *contactRaw) agent(id string) agentDays {
	if id == "" {
		return agentDays{row: special(digest.Unknown, 0)}
	}
	return agentDays{row: row{key: id, label: cmp.Or(c.agents[id], id)}}
}

// inOrder sorts agents as ranked sorts their rows.
func inOrder(agents []agentDays) []agentDays {
	var out []agentDays
	for _, x := range ranked(rowsOf(agents)) {
		i := slices.IndexFunc(agents, func(a agentDays) bool { return a.key == x.key && a.role == x.role })
		out = append(out, agents[i])
	}
	return out
}

// byTeam is the table of teams, the one with the most conversations first; what has no team comes last, without a name. there
// is false where the platform has no teams.
func byTeam(r *reader, now, before *contactRaw) (t digest.Table, there bool) {
	if support, _ := r.capability("team", "by_team"); support == SupportNone || len(now.teams) == 0 {
		return t, false
	}
	t = digest.Table{Key: "by_team", Columns: []digest.Column{
		{Key: "team", Unit: digest.Text},
		{Key: "total", Unit: digest.Count},
		{Key: "handled", Unit: digest.Count},
		{Key: "missed", Unit: digest.Count},
		{Key: "transfers_in", Unit: digest.Count},
		{Key: "wait_mean", Unit: digest.Duration},
	}}
	teams := slices.Clone(now.teams)
	slices.SortStableFunc(teams, func(a, b namedID) int {
		return cmp.Or(cmp.Compare(now.ofTeam(b.ID).offered, now.ofTeam(a.ID).offered), cmp.Compare(a.Name, b.Name))
	})
	if now.ofTeam("").any() || before != nil && before.ofTeam("").any() {
		teams = append(teams, namedID{})
	}
	for _, team := range teams {
		t.Rows = append(t.Rows, now.ofTeam(team.ID).cells(team))
		if before != nil {
			t.Previous = append(t.Previous, before.ofTeam(team.ID).cells(team))
		}
	}
	return t, true
}

// teamFacts is a team's row.
type teamFacts struct {
	offered, handled, missed, transfers int64
	wait                                *float64 // mean, seconds
}

func (c *contactRaw) ofTeam(id string) teamFacts {
	of := func(name string) fact { return c.facts[factKey{Fact: name, By: "team", TeamID: id}] }
	return teamFacts{
		offered: of("handled").Count + of("missed").Count + of("waiting").Count,
		handled: of("handled").Count, missed: of("missed").Count, transfers: of("transfer").Count, wait: of("wait").Mean,
	}
}

func (t teamFacts) any() bool { return t.offered > 0 || t.wait != nil }

func (t teamFacts) cells(team namedID) []digest.Value {
	name := digest.None(digest.Empty)
	if team.ID != "" {
		name = digest.Say(team.Name)
	}
	return []digest.Value{name, count(t.offered), count(t.handled), count(t.missed), count(t.transfers), digest.NumOrEmpty(t.wait)}
}
