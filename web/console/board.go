package console

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/office"
)

// entry is one thing on a day: an edition that was made, or one to come.
type entry struct {
	At    time.Time // when it was or is due
	Name  string    // of the digest
	Days  string    // of the period: "9–15 Nov"
	Path  string
	State look.Stated
	Urges bool // it needs somebody

	// Of one to come.
	Digest string // key
	Send   *office.Send
	Mails  int  // who get it; 0 for readers of a cadence of their own, who are not counted apart
	Draft  bool // its digest is not switched on: it goes to nobody
}

// placed is an entry on a board: its hour in the project's zone.
type placed struct {
	entry
	Time  string
	Which string // the days of its period, where another entry of the day has its name; else ""
}

// Says is the state inside a sentence: "held", "3 failed".
func (e entry) Says() string {
	if e.Draft {
		return "draft, not sent"
	}
	return strings.ToLower(e.State.Word)
}

// digestName is how the console calls a digest.
func digestName(c digest.Config) string {
	if c.Name != "" {
		return c.Name
	}
	return capital(strings.ReplaceAll(c.Key, "-", " "))
}

// calledDigest is how the console calls a digest that it knows by name alone.
func calledDigest(d digest.DigestName) string {
	return digestName(digest.Config{Key: d.Key, Name: d.Name})
}

// namesByKey is how digests are called, by their keys.
func namesByKey(digests []digest.DigestName) map[string]string {
	names := map[string]string{}
	for _, d := range digests {
		names[d.Key] = calledDigest(d)
	}
	return names
}

// readersOf counts those who get a digest's next edition.
func readersOf(d digest.DigestLine) (n int) {
	for _, some := range d.Readers {
		n += some
	}
	return n
}

// lateFrom is the delay from which an edition says that it is late, as its mail does.
const lateFrom = 3 * time.Hour

// stateOf is an edition's state as a chip says it. What became of its deliveries counts for more than that all have come to an end.
func stateOf(e digest.EditionLine) look.Stated {
	failed, unknown := e.Deliveries[digest.DeliveryFailed]+e.Deliveries[digest.DeliveryExpired], e.Deliveries[digest.DeliveryUnknown]
	switch e.State {
	case digest.EditionSending, digest.EditionDone:
	case digest.EditionDue:
		if e.Reason != "" {
			return look.Stated{Kind: "plan", Icon: "clock", Word: "Waiting"}
		}
		return look.Of(e.State)
	default:
		return look.Of(e.State)
	}
	switch {
	case failed > 0:
		return look.Stated{Kind: "no", Icon: "cross", Word: look.Thousands(failed) + " failed"}
	case unknown > 0:
		return look.Stated{Kind: "wait", Icon: "question", Word: look.Thousands(unknown) + " unknown"}
	case e.State == digest.EditionSending:
		return look.Of(e.State)
	case e.Planned-e.Deliveries[digest.DeliverySuppressed] <= 0:
		return look.Stated{Kind: "out", Icon: "dash", Word: "To nobody"}
	case isLate(e):
		return look.Of("late")
	}
	return look.Of("sent")
}

func isLate(e digest.EditionLine) bool {
	return !e.AtOnce && !e.Start.IsZero() && !e.ReadyAt.IsZero() && e.ReadyAt.Sub(e.Start) >= lateFrom
}

// urges tells whether an edition needs somebody.
func urges(e digest.EditionLine) bool {
	return e.State == digest.EditionHeld || e.State == digest.EditionParked ||
		e.Deliveries[digest.DeliveryFailed]+e.Deliveries[digest.DeliveryExpired]+e.Deliveries[digest.DeliveryUnknown] > 0
}

// schedule gathers what was due of digests in [from, to), and what is to come, in the order of time; of one instant, what needs
// somebody first.
func (v *visit) schedule(ctx context.Context, digests []digest.DigestLine, from, to time.Time) ([]entry, error) {
	made, err := v.Office.EditionsBetween(ctx, from, to)
	if err != nil {
		return nil, err
	}
	return v.laid(ctx, digests, made, from, to)
}

// laid is schedule with the editions that were due.
func (v *visit) laid(ctx context.Context, digests []digest.DigestLine, made []digest.EditionLine, from, to time.Time) ([]entry, error) {
	p, err := v.Project(ctx)
	if err != nil {
		return nil, err
	}
	now, clk := v.Now(), clockOf(p, v.Now())
	names := map[string]string{}
	for _, d := range digests {
		names[d.Config.Key] = digestName(d.Config)
	}
	type key struct {
		digest, cadence string
		from            int64
	}
	known := map[key]bool{}
	var all []entry
	for _, e := range made {
		known[key{e.Config.Key, e.Cadence, e.Period.From.Unix()}] = true
		name, ok := names[e.Config.Key]
		if !ok { // of another digest than is asked for, or of one that is gone
			continue
		}
		all = append(all, entry{At: e.Due, Name: name, Days: clk.span(e.Period), Path: v.Path("editions", e.ID), State: stateOf(e), Urges: urges(e)})
	}
	for _, d := range digests {
		for _, cadence := range slices.Concat([]string{""}, d.Chosen) { // its own, and those that readers have chosen
			c := d.Config
			mails := readersOf(d)
			if cadence != "" {
				spec, err := v.c.Works.ReadersCadence(p, c, cadence)
				if err != nil { // the digest's own has changed, and theirs is no longer longer
					continue
				}
				c.Cadence, mails = spec, 0
			}
			sends, err := v.c.Works.Between(p, c, later(from, now), to)
			if err != nil { // a cadence that no longer parses stands with its fault in the digest's own page
				continue
			}
			for _, s := range sends {
				if known[key{c.Key, cadence, s.Period.From.Unix()}] {
					continue
				}
				e := entry{At: s.Due, Name: names[c.Key], Days: clk.span(s.Period), Path: v.Path("digests", c.Key), State: look.Of(digest.EditionDue), Digest: c.Key, Send: &s, Mails: mails}
				if !c.Active {
					e.Draft, e.Mails, e.State = true, 0, look.Of("draft")
				}
				all = append(all, e)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		if a.Urges != b.Urges {
			if a.Urges {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return all, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// board is days in rows of seven.
type board struct {
	Names []string // of the weekdays
	Days  []boardDay
	Notes []string // of clock changes in it
	Mails int      // planned
}

// boardDay is one cell.
type boardDay struct {
	Label   string // "23 Mar", "24"
	Name    string // "Mon 23 Mar"
	Today   bool
	Past    bool
	Clock   string // "23 h" where clocks change; "" on other days
	Entries []placed
	More    int    // entries that have no room
	Path    string // to all of the day
}

// weekOf is the first day of the week that a date is in.
func weekOf(d digest.Date, start time.Weekday) digest.Date {
	return d.AddDays(-((int(d.Weekday()) - int(start) + 7) % 7))
}

// layBoard lays entries on weeks of days that begin at a date. Of a day at most room are shown, what needs somebody first.
func layBoard(c clock, first digest.Date, weeks, room int, all []entry, pathOf func(digest.Date) string) board {
	byDay := map[digest.Date][]entry{}
	var b board
	for _, e := range all {
		d := digest.DateOf(e.At.In(c.zone()))
		byDay[d] = append(byDay[d], e)
		b.Mails += e.Mails
	}
	for i := range 7 {
		b.Names = append(b.Names, first.AddDays(i).Weekday().String()[:3])
	}
	for week := range weeks {
		begin := first.AddDays(7 * week)
		for i := range 7 {
			d := begin.AddDays(i)
			day := c.cell(d, byDay[d], room)
			if i+week == 0 || d.Day == 1 {
				day.Label = c.date(d)
			}
			if day.More > 0 {
				day.Path = pathOf(d)
			}
			b.Days = append(b.Days, day)
		}
		b.Notes = append(b.Notes, c.changes(begin)...)
	}
	return b
}

func (c clock) cell(d digest.Date, all []entry, room int) boardDay {
	day := boardDay{Label: fmt.Sprint(d.Day), Name: c.day(d), Today: d == c.today(), Past: d.Before(c.today())}
	if h, whole := c.length(d); !whole {
		day.Clock = h
	}
	if len(all) > room {
		all = slices.Clone(all)
		slices.SortStableFunc(all, func(a, b entry) int {
			return cmp.Compare(urgency(a), urgency(b))
		})
		day.More, all = len(all)-room+1, all[:room-1] // the line that says so takes a place
		slices.SortStableFunc(all, func(a, b entry) int { return a.At.Compare(b.At) })
	}
	same := map[string]int{}
	for _, e := range all {
		same[e.Name]++
	}
	for _, e := range all {
		one := placed{entry: e, Time: c.hour(e.At)}
		if same[e.Name] > 1 {
			one.Which = e.Days
		}
		day.Entries = append(day.Entries, one)
	}
	return day
}

func urgency(e entry) int {
	if e.Urges {
		return 0
	}
	return 1
}

// length is how long a day is, and whether that is 24 hours. A day that its zone skipped has none.
func (c clock) length(d digest.Date) (string, bool) {
	from, exists := d.Start(c.zone())
	to, _ := d.AddDays(1).Start(c.zone())
	if !exists {
		return "no such day", false
	}
	h := to.Sub(from).Hours()
	return hours(h), h == 24
}

// changes tells of the clock changes in the week that begins on a date.
func (c clock) changes(begin digest.Date) []string {
	from, _ := begin.Start(c.zone())
	to, _ := begin.AddDays(7).Start(c.zone())
	var all []string
	for at := from; ; {
		_, next := at.ZoneBounds()
		if !next.After(at) || !next.Before(to) { // there is none, or none that this library knows truly
			return all
		}
		_, was := next.Add(-time.Nanosecond).Zone()
		_, is := next.Zone()
		at = next
		if was == is { // only the zone's name changes
			continue
		}
		way := "forward"
		if is < was {
			way = "back"
		}
		wall := next.In(time.FixedZone("", was))
		all = append(all, fmt.Sprintf("Clocks go %s on %s at %s: that week has %s, and its figures say so.",
			way, c.day(digest.DateOf(wall)), wall.Format("15:04"), strings.TrimSuffix(hours(to.Sub(from).Hours()), " h")+" hours"))
	}
}
