package collectors

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fortnight/digest"
)

// contactRaw is the contact center of one period.
type contactRaw struct {
	facts     map[factKey]fact
	connected []connectedDay
	agents    map[string]string // id to name
	teams     []namedID
}

// fact is one number of assignments or episodes by one of period, day, agent, agent and day, team, reason.
type fact struct {
	factKey
	Count   int64      `db:"count"`
	FirstAt *time.Time `db:"first_at"`
	Total   float64    `db:"total"`  // seconds
	Mean    *float64   `db:"mean"`   // seconds
	Median  *float64   `db:"median"` // seconds
	P90     *float64   `db:"p90"`    // seconds
}

// factKey says which; what it is not by is "" or 0. An agent, team or reason "" is
// one that is not known.
type factKey struct {
	Fact    string `db:"fact"`
	By      string `db:"by"`
	Day     int    `db:"day"` // from 1
	AgentID string `db:"agent_id"`
	TeamID  string `db:"team_id"`
	Reason  string `db:"reason"`
}

type connectedDay struct {
	AgentID   string    `db:"agent_id"`
	Day       int       `db:"day"` // from 1
	Seconds   float64   `db:"seconds"`
	Forgotten int64     `db:"forgotten"` // sessions that nobody ended, cut short
	FirstAt   time.Time `db:"first_at"`
}

type namedID struct {
	ID   string `db:"id"`
	Name string `db:"name"`
}

// collectContactCenter tells what was offered to people, who took it, how long it took and who was there (metrics.md 5):
// relations assignment, message, message_history, conversation, episode, agent_session, agent, team. Thirteen figures, ten charts,
// the table by_team where there are teams. Durations are seconds. Rankings hold every agent, "unknown" last; curves the six
// first and "other". A day without a reply or an end is a gap of its line. Notes:
//
//	reconciliation  total, handled, missed, waiting, agents_sum, transfers, bot_resolved, accepted_from_before; only where the platform
//	                knows what became of what was offered
//	answered        count: the conversations whose waits were measured
//	ended           count: the conversations whose times were measured
//	one_reply       count, of: those with one reply and so 0 s, among those measured by replies; only where there are such
//	closings        count: episodes closed
//	open_sessions   count: sessions that nobody ended, cut short; only where there are such
//
// Numbers that contradict each other are an error.
func collectContactCenter(ctx context.Context, r *reader) (digest.Section, error) {
	now, before, err := both(ctx, r, gatherContactCenter)
	if err != nil {
		return digest.Section{}, err
	}
	bot, err := queryOne[botEpisodes](ctx, r, "chatbot/bot") // for the reconciliation of this period alone
	if err != nil {
		return digest.Section{}, err
	}
	out := digest.Section{
		Figures: figures(r, now, before, []number[contactRaw]{
			{"total_conversations", digest.Count, digest.Neutral, "assignment", func(c *contactRaw) digest.Value { return count(c.offered()) }},
			{"handled", digest.Count, digest.Up, "assignment", func(c *contactRaw) digest.Value { return count(c.of("handled").Count) }},
			{"missed", digest.Count, digest.Down, "assignment", func(c *contactRaw) digest.Value { return count(c.of("missed").Count) }},
			{"waiting", digest.Count, digest.Down, "assignment", func(c *contactRaw) digest.Value { return count(c.of("waiting").Count) }},
			{"transfers", digest.Count, digest.Neutral, "assignment", func(c *contactRaw) digest.Value { return count(c.of("transfer").Count) }},
			{"accepted_from_before", digest.Count, digest.Neutral, "assignment", func(c *contactRaw) digest.Value { return count(c.of("accepted_from_before").Count) }},
			{"total_messages", digest.Count, digest.Neutral, "message", func(c *contactRaw) digest.Value { return count(c.of("message").Count) }},
			{"unique_users", digest.Count, digest.Neutral, "assignment", func(c *contactRaw) digest.Value { return count(c.of("user").Count) }},
			{"wait_mean", digest.Duration, digest.Down, "assignment", func(c *contactRaw) digest.Value { return digest.NumOrEmpty(c.of("wait").Mean) }},
			{"wait_median", digest.Duration, digest.Down, "assignment", func(c *contactRaw) digest.Value { return digest.NumOrEmpty(c.of("wait").Median) }},
			{"wait_p90", digest.Duration, digest.Down, "assignment", func(c *contactRaw) digest.Value { return digest.NumOrEmpty(c.of("wait").P90) }},
			{"conversation_time_mean", digest.Duration, digest.Neutral, "assignment", func(c *contactRaw) digest.Value { return digest.NumOrEmpty(c.of("time").Mean) }},
			{"conversation_time_median", digest.Duration, digest.Neutral, "assignment", func(c *contactRaw) digest.Value { return digest.NumOrEmpty(c.of("time").Median) }},
		}),
		Charts: []digest.Chart{
			outcomes(r, now, before),
			rankingOf(r, "closing_reasons", digest.Donut, "episode", now, before, (*contactRaw).closingRows, 0),
			line(r, "average_conversation_time", digest.Line, digest.Duration, "assignment", now, before, func(c *contactRaw, i int) *float64 { return c.on("time", i).Mean }),
			line(r, "average_wait_time", digest.Line, digest.Duration, "assignment", now, before, func(c *contactRaw, i int) *float64 { return c.on("wait", i).Mean }),
		},
		Tables: []digest.Table{},
		Notes:  contactNotes(r, now, bot),
	}
	out.Charts = append(out.Charts, agentCharts(r, now, before)...)
	if table, there := byTeam(r, now, before); there {
		out.Tables = append(out.Tables, table)
	}
	if now.of("time_by_replies").Count > 0 {
		barTimeByReplies(&out)
	}
	return out, nil
}

func gatherContactCenter(ctx context.Context, r *reader) (c contactRaw, err error) {
	facts, err := query[fact](ctx, r, "contact_center/facts")
	if err != nil {
		return c, err
	}
	c.facts = map[factKey]fact{}
	for _, f := range facts {
		c.facts[f.factKey] = f
	}
	if support, _ := r.capability("agent_session", "connection_hours"); support != SupportNone {
		if c.connected, err = query[connectedDay](ctx, r, "contact_center/connected"); err != nil {
			return c, err
		}
	}
	agents, err := query[namedID](ctx, r, "contact_center/agents")
	if err != nil {
		return c, err
	}
	c.agents = map[string]string{}
	for _, a := range agents {
		c.agents[a.ID] = a.Name
	}
	if c.teams, err = query[namedID](ctx, r, "contact_center/teams"); err != nil {
		return c, err
	}
	handled, missed, waiting, sum := c.of("handled").Count, c.of("missed").Count, c.of("waiting").Count, c.sumBy("handled", "agent")
	var byDay int64
	for i := range r.Days {
		byDay += c.on("handled", i).Count + c.on("missed", i).Count + c.on("waiting", i).Count
	}
	return c, check(
		identity{"total = handled + missed + waiting, day by day", byDay == c.offered(), fmt.Sprintf("%d, %d + %d + %d", byDay, handled, missed, waiting)},
		identity{"the agents' sum = handled", sum == handled, fmt.Sprintf("%d, %d", sum, handled)},
		identity{"the reasons' sum = episodes closed", c.sumBy("closed", "reason") == c.of("closed").Count, fmt.Sprintf("%d, %d", c.sumBy("closed", "reason"), c.of("closed").Count)},
		identity{"transfers <= total", c.of("transfer").Count <= c.offered(), fmt.Sprintf("%d > %d", c.of("transfer").Count, c.offered())},
	)
}

// of is a fact of the whole period; the zero fact where nothing of the kind happened.
func (c *contactRaw) of(name string) fact { return c.facts[factKey{Fact: name, By: "period"}] }

// on is a fact of one day, from 0.
func (c *contactRaw) on(name string, day int) fact {
	return c.facts[factKey{Fact: name, By: "day", Day: day + 1}]
}

// offered is how many assignments were offered in the period.
func (c *contactRaw) offered() int64 {
	return c.of("handled").Count + c.of("missed").Count + c.of("waiting").Count
}

// sumBy adds up the parts of a fact, those not known included.
func (c *contactRaw) sumBy(name, by string) (sum int64) {
	for key, f := range c.facts {
		if key.Fact == name && key.By == by {
			sum += f.Count
		}
	}
	return sum
}

func (c *contactRaw) closingRows() (rows []row) {
	for key, f := range c.facts {
		switch {
		case key.Fact != "closed" || key.By != "reason":
		case key.Reason == "":
			rows = append(rows, special(digest.Unknown, float64(f.Count)))
		default:
			rows = append(rows, row{key: key.Reason, label: key.Reason, value: float64(f.Count), first: *f.FirstAt})
		}
	}
	return rows
}

// outcomes is what became of the conversations offered on each day.
func outcomes(r *reader, now, before *contactRaw) digest.Chart {
	c, known := r.chart("handled_vs_missed", digest.StackedBar, digest.Count, "assignment")
	if !known {
		return c
	}
	stack := func(r *reader, raw *contactRaw) (series []digest.Series) {
		for _, name := range []string{"handled", "missed", "waiting"} {
			series = append(series, digest.Series{Key: name, Points: r.points(func(i int) *float64 { return whole(raw.on(name, i).Count) })})
		}
		return series
	}
	c.Series = stack(r, now)
	if before != nil {
		c.Previous = &digest.Before{Series: stack(r.previous, before)}
	}
	return c
}

// barTimeByReplies marks the figures and the chart of conversation time where it is known from replies alone: a conversation
// with one reply lasts 0 s, so that neither subject nor findings may use them.
func barTimeByReplies(out *digest.Section) {
	for i := range out.Figures {
		switch f := &out.Figures[i]; f.Key {
		case "conversation_time_mean", "conversation_time_median":
			f.Barred, f.Footnote = true, "one_reply"
		}
	}
	if c := out.Chart("average_conversation_time"); c != nil && c.State != digest.Unavailable {
		c.Footnote = "one_reply"
	}
}

func contactNotes(r *reader, c *contactRaw, bot botEpisodes) []digest.Note {
	botResolved := count(bot.Resolved)
	if support, _ := r.capability("episode", "bot_resolved"); support == SupportNone {
		botResolved = digest.None(digest.Unavailable)
	}
	var forgotten int64
	for _, x := range c.connected {
		forgotten += x.Forgotten
	}
	one := func(key string, n int64) digest.Note {
		return digest.Note{Key: key, Values: map[string]digest.Value{"count": count(n)}}
	}
	notes := []digest.Note{one("answered", c.of("wait").Count), one("ended", c.of("time").Count), one("closings", c.of("closed").Count)}
	if support, _ := r.capability("assignment", "handled"); support != SupportNone {
		notes = slices.Insert(notes, 0, digest.Note{Key: "reconciliation", Values: map[string]digest.Value{
			"total": count(c.offered()), "handled": count(c.of("handled").Count), "missed": count(c.of("missed").Count),
			"waiting": count(c.of("waiting").Count), "agents_sum": count(c.sumBy("handled", "agent")), "transfers": count(c.of("transfer").Count),
			"bot_resolved": botResolved, "accepted_from_before": count(c.of("accepted_from_before").Count),
		}})
	}
	if n := c.of("time_by_replies").Count; n > 0 {
		notes = append(notes, digest.Note{Key: "one_reply", Values: map[string]digest.Value{"count": count(c.of("one_reply").Count), "of": count(n)}})
	}
	if forgotten > 0 {
		notes = append(notes, one("open_sessions", forgotten))
	}
	return notes
}
