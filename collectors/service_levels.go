package collectors

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// The promises of service_levels: business time within which episodes are closed and people answered.
const (
	closedWithin   = time.Hour
	answeredWithin = 10 * time.Minute
)

// serviceRaw is the service of one period.
type serviceRaw struct {
	calendars
	closedInHour, closedInDay, answered tally

	leftOut     int64     // runs that an agent's closing ended without an answer
	responses   []float64 // seconds of business time to first replies, ascending
	openToClose []float64 // of episodes closed in the period, ascending
	closedOn    []mean    // the same by local day of the closing
	afterHours  int64
	unserved    []int64 // missed and waiting by local hour of the offer
	connected   []float64
	hours       []digest.Stretch // the local hours of the period
}

// tally counts what was to be done by a deadline.
type tally struct {
	judged, met     int64 // in the period that holds its deadline
	onUs, onTheUser int64 // of those not met, whose turn it was when the deadline passed
}

func (t tally) overdue() int64 { return t.judged - t.met }

// mean is a sum of seconds over a count.
type mean struct {
	seconds float64
	count   int64
}

func (m mean) value() *float64 {
	if m.count == 0 {
		return nil
	}
	v := m.seconds / float64(m.count)
	return &v
}

// collectServiceLevels tells how fast people were answered and served by the hours of the practice (metrics.md 8): relations
// episode, message, assignment, conversation, agent, agent_session, business_hours, business_holiday. Ten figures and
// three charts. Durations are seconds of business time, by the calendar of each conversation, else by the project's (digest.Ask.Hours);
// what has neither is not judged, and without any hours every figure but those of the heat map is n/a with the footnote no_hours.
// A day without a closing is a gap of its line. The figures with a target carry the usual one. Notes:
//
//	closed_within_hour    met, judged, overdue, on_us, on_user
//	closed_within_day     the same
//	answered_in_10_min    met, judged, overdue, left_out: ended by an agent's closing without an answer, and not judged
//	first_responses       count: the first replies measured
//	closings              count: the episodes closed whose time was measured
//	unserved              count, hour (0..23), weekday (0 Sunday), worst, connected: the hour of the week with most of those missed or waiting,
//	                      how many there were then and how many agents were connected on average; only where there are such
//	placeholder_hours     count, minutes: calendars in use that are open for less than an hour a week; only where there are such
//	without_hours         count: episodes, replies and messages that were left out for want of hours, where others have them
//	no_hours              where nothing has hours
//
// A deadline lies at most 62 days after what it is of: older ones are not judged.
//
// Numbers that contradict each other are an error.
func collectServiceLevels(ctx context.Context, r *reader) (digest.Section, error) {
	now, before, err := both(ctx, r, gatherServiceLevels)
	if err != nil {
		return digest.Section{}, err
	}
	out := digest.Section{
		Figures: figures(r, now, before, []number[serviceRaw]{
			{"closed_within_hour", digest.Percent, digest.Up, "episode", func(s *serviceRaw) digest.Value { return s.percent(s.closedInHour) }},
			{"closed_within_day", digest.Percent, digest.Up, "episode", func(s *serviceRaw) digest.Value { return s.percent(s.closedInDay) }},
			{"answered_in_10_min", digest.Percent, digest.Up, "assignment", func(s *serviceRaw) digest.Value { return s.percent(s.answered) }},
			{"first_response_mean", digest.Duration, digest.Down, "assignment", func(s *serviceRaw) digest.Value { return average(s.responses) }},
			{"first_response_median", digest.Duration, digest.Down, "assignment", func(s *serviceRaw) digest.Value { return percentile(s.responses, .5) }},
			{"first_response_p90", digest.Duration, digest.Down, "assignment", func(s *serviceRaw) digest.Value { return percentile(s.responses, .9) }},
			{"open_to_close_mean", digest.Duration, digest.Down, "episode", func(s *serviceRaw) digest.Value { return average(s.openToClose) }},
			{"open_to_close_median", digest.Duration, digest.Down, "episode", func(s *serviceRaw) digest.Value { return percentile(s.openToClose, .5) }},
			{"open_to_close_p90", digest.Duration, digest.Down, "episode", func(s *serviceRaw) digest.Value { return percentile(s.openToClose, .9) }},
			{"after_hours_messages", digest.Count, digest.Down, "message", func(s *serviceRaw) digest.Value {
				if !s.any() {
					return digest.None(digest.Empty)
				}
				return count(s.afterHours)
			}},
		}),
		Charts: []digest.Chart{
			responseTime(r, now, before),
			line(r, "open_to_close", digest.Line, digest.Duration, "episode", now, before, func(s *serviceRaw, i int) *float64 { return s.closedOn[i].value() }),
			byWeekdayHour(r, now),
		},
		Tables: []digest.Table{},
		Notes:  serviceNotes(now, byWeekdayHour(r, now)),
	}
	aim(&out, now.any())
	return out, nil
}

// aim sets the usual targets, and says why there is nothing where there are no hours.
func aim(out *digest.Section, hours bool) {
	targets := map[string]float64{"closed_within_hour": 95, "closed_within_day": 100, "answered_in_10_min": 100}
	for i := range out.Figures {
		f := &out.Figures[i]
		if t, has := targets[f.Key]; has {
			f.Target = &t
		}
		if !hours && f.Value.State == digest.Empty {
			f.Footnote = "no_hours"
		}
	}
	for i := range out.Charts {
		if c := &out.Charts[i]; !hours && c.State == digest.Empty && c.Kind != digest.Heatmap {
			c.Footnote = "no_hours"
		}
	}
}

func (s *serviceRaw) percent(t tally) digest.Value { return share(t.met, t.judged) }

func gatherServiceLevels(ctx context.Context, r *reader) (s serviceRaw, err error) {
	if s.calendars, err = calendarsOf(ctx, r); err != nil {
		return s, err
	}
	wide := r.since(s.lookingBack(r.Period.From))
	if err := s.episodes(ctx, r, wide); err != nil {
		return s, err
	}
	if err := s.runs(ctx, r, wide); err != nil {
		return s, err
	}
	narrow := wide.over(r)
	if err := s.first(ctx, narrow); err != nil {
		return s, err
	}
	if err := s.byHour(ctx, narrow); err != nil {
		return s, err
	}
	return s, check(
		s.closedInHour.identity("closed_within_hour"), s.closedInDay.identity("closed_within_day"), s.answered.identity("answered_in_10_min"),
	)
}

func (t tally) identity(name string) identity {
	return identity{name + ": judged = met + on us + on the user", t.judged == t.met+t.onUs+t.onTheUser, fmt.Sprintf("%d, %d + %d + %d", t.judged, t.met, t.onUs, t.onTheUser)}
}

type openEpisode struct {
	ConversationID string     `db:"conversation_id"`
	CalendarID     string     `db:"calendar_id"`
	OpenedAt       time.Time  `db:"opened_at"`
	ClosedAt       *time.Time `db:"closed_at"`
}

// episodes judges those whose deadlines lie in the period, and measures those closed in it.
func (s *serviceRaw) episodes(ctx context.Context, r, wide *reader) error {
	episodes, err := query[openEpisode](ctx, wide, "service_levels/episodes")
	if err != nil {
		return err
	}
	s.closedOn = make([]mean, len(r.Days))
	var late []overdue
	for _, e := range episodes {
		c := s.of(e.CalendarID)
		if c == nil {
			if !e.OpenedAt.Before(r.Period.From) || e.ClosedAt != nil && r.Period.Contains(*e.ClosedAt) {
				s.without++
			}
			continue
		}
		if deadline, ok := c.After(e.OpenedAt, closedWithin); ok && r.Period.Contains(deadline) {
			late = s.closedInHour.judge(late, e, deadline)
		}
		if closings, ok := c.NextClosings(e.OpenedAt, 2); ok && r.Period.Contains(closings[1]) {
			late = s.closedInDay.judge(late, e, closings[1])
		}
		if e.ClosedAt != nil && r.Period.Contains(*e.ClosedAt) {
			seconds := c.Between(e.OpenedAt, *e.ClosedAt).Seconds()
			s.openToClose = append(s.openToClose, seconds)
			day, _ := slices.BinarySearchFunc(r.Days, *e.ClosedAt, func(d digest.Day, at time.Time) int {
				if d.To.After(at) {
					return 1
				}
				return -1
			})
			s.closedOn[day].seconds += seconds
			s.closedOn[day].count++
		}
	}
	slices.Sort(s.openToClose)
	return turns(ctx, wide, late)
}

// overdue is an episode that passed a deadline, with the tally it is of.
type overdue struct {
	openEpisode
	deadline time.Time
	of       *tally
}

func (t *tally) judge(late []overdue, e openEpisode, deadline time.Time) []overdue {
	t.judged++
	if e.ClosedAt != nil && !e.ClosedAt.After(deadline) {
		t.met++
		return late
	}
	return append(late, overdue{e, deadline, t})
}

// turns asks whose turn it was when each passed its deadline.
func turns(ctx context.Context, wide *reader, late []overdue) error {
	if len(late) == 0 {
		return nil
	}
	conversations, opened, deadlines := make([]string, len(late)), make([]time.Time, len(late)), make([]time.Time, len(late))
	for i, o := range late {
		conversations[i], opened[i], deadlines[i] = o.ConversationID, o.OpenedAt, o.deadline
	}
	said, err := query[struct {
		Place  int  `db:"place"` // from 1
		IsOurs bool `db:"is_ours"`
	}](ctx, wide, "service_levels/turns", pgx.NamedArgs{"conversations": conversations, "opened": opened, "deadlines": deadlines})
	if err != nil {
		return err
	}
	for _, turn := range said {
		if t := late[turn.Place-1].of; turn.IsOurs {
			t.onUs++
		} else {
			t.onTheUser++
		}
	}
	return nil
}

// What ends a run.
const (
	byAnswer  = "agent"
	byClosing = "agent_closing"
)

// run is what a user writes until it is answered.
type run struct {
	ConversationID string     `db:"conversation_id"`
	CalendarID     string     `db:"calendar_id"`
	At             time.Time  `db:"at"`         // of its first message, in what is read
	OfferedAt      time.Time  `db:"offered_at"` // handed to people
	EndsAt         *time.Time `db:"ends_at"`
	EndedBy        string     `db:"ended_by"`
	MayGoOn        bool       `db:"may_go_on"`  // it may have begun before what is read
	IsCarried      bool       `db:"is_carried"` // it did, or there is none
}

// runs judges how soon people were answered. Who is not is waiting on us.
func (s *serviceRaw) runs(ctx context.Context, r, wide *reader) error {
	if support, _ := r.capability("assignment", "answered_in_10_min"); support == SupportNone {
		return nil
	}
	runs, err := query[run](ctx, wide, "service_levels/runs")
	if err != nil {
		return err
	}
	begun, err := begunBefore(ctx, wide, runs)
	if err != nil {
		return err
	}
	for _, x := range runs {
		c := s.of(x.CalendarID)
		if c == nil {
			continue // its episode is counted
		}
		if x.IsCarried && !begun[x.ConversationID] {
			continue
		}
		since := x.At
		if x.OfferedAt.After(since) || x.MayGoOn && begun[x.ConversationID] {
			since = x.OfferedAt
		}
		deadline, ok := c.After(since, answeredWithin)
		switch {
		case !ok || !r.Period.Contains(deadline), since.Before(wide.Period.From):
		case x.EndedBy == byClosing:
			s.leftOut++
		case x.EndedBy == byAnswer && !x.EndsAt.After(deadline):
			s.answered.judged++
			s.answered.met++
		default:
			s.answered.judged++
			s.answered.onUs++
		}
	}
	return nil
}

// wordsBack is how far before what is read the last word of a conversation is looked for.
const wordsBack = 28 * 24 * time.Hour

// begunBefore tells the conversations whose first run goes on from before what is read: their last word up to then is the user's.
func begunBefore(ctx context.Context, wide *reader, runs []run) (map[string]bool, error) {
	var older []string
	for _, x := range runs {
		if x.MayGoOn {
			older = append(older, x.ConversationID)
		}
	}
	begun := map[string]bool{}
	if len(older) == 0 {
		return begun, nil
	}
	found, err := query[struct { // of what wide reads: what was found for its period is not looked for anew
		ConversationID string `db:"conversation_id"`
	}](ctx, wide, "service_levels/words", pgx.NamedArgs{"conversations": older, "from": wide.Period.From.Add(-wordsBack), "to": wide.Period.From})
	for _, x := range found {
		begun[x.ConversationID] = true
	}
	return begun, err
}

// first measures first replies, and finds the messages that came outside hours.
func (s *serviceRaw) first(ctx context.Context, r *reader) error {
	if support, _ := r.capability("assignment", "first_response_mean"); support != SupportNone {
		replies, err := query[struct {
			CalendarID   string    `db:"calendar_id"`
			OfferedAt    time.Time `db:"offered_at"`
			FirstReplyAt time.Time `db:"first_reply_at"`
		}](ctx, r, "service_levels/responses")
		if err != nil {
			return err
		}
		for _, x := range replies {
			if c := s.of(x.CalendarID); c != nil {
				s.responses = append(s.responses, c.Between(x.OfferedAt, x.FirstReplyAt).Seconds())
			} else {
				s.without++
			}
		}
		slices.Sort(s.responses)
	}
	minutes, err := query[struct {
		CalendarID string    `db:"calendar_id"`
		Minute     time.Time `db:"minute"`
		Count      int64     `db:"count"`
	}](ctx, r, "service_levels/inbound")
	if err != nil {
		return err
	}
	for _, m := range minutes {
		switch c := s.of(m.CalendarID); {
		case c == nil:
			s.without += m.Count
		case !c.IsOpen(m.Minute):
			s.afterHours += m.Count
		}
	}
	return nil
}

// byHour counts what was missed or is waiting by local hour, and the agents connected then.
func (s *serviceRaw) byHour(ctx context.Context, r *reader) error {
	s.hours = hoursOf(r.Days)
	s.unserved = make([]int64, len(s.hours))
	from, to := make([]time.Time, len(s.hours)), make([]time.Time, len(s.hours))
	for i, h := range s.hours {
		from[i], to[i] = h.From, h.To
	}
	if support, _ := r.capability("assignment", "by_weekday_hour"); support == SupportNone {
		return nil
	}
	counts, err := query[struct {
		Hour  int   `db:"hour"` // from 1
		Count int64 `db:"count"`
	}](ctx, r, "service_levels/unserved", pgx.NamedArgs{"hour_from": from})
	if err != nil {
		return err
	}
	for _, c := range counts {
		s.unserved[c.Hour-1] = c.Count
	}
	if support, _ := r.capability("agent_session", "connection_hours"); support == SupportNone {
		return nil
	}
	sessions, err := query[connectedDay](ctx, r, "contact_center/connected", pgx.NamedArgs{"day_from": from, "day_to": to})
	if err != nil {
		return err
	}
	s.connected = make([]float64, len(s.hours))
	for _, x := range sessions {
		s.connected[x.Day-1] += x.Seconds
	}
	return nil
}

// hoursOf gives the local hours of days in order. An hour that the clocks jump over is none; one that they repeat lasts longer.
func hoursOf(days []digest.Day) (hours []digest.Stretch) {
	for _, d := range days {
		from := d.From
		for hour := 1; hour <= 24; hour++ {
			to, _ := d.Date.At(hour, 0, d.From.Location())
			if hour == 24 || to.After(d.To) {
				to = d.To
			}
			if from.Before(to) {
				hours = append(hours, digest.Stretch{From: from, To: to})
				from = to
			}
		}
	}
	return hours
}
