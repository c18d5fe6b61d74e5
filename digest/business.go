package digest

import (
	"slices"
	"sort"
	"sync"
	"time"
)

// Calendar is Hours as instants: business time. Hours.In makes it; it may be used by many at once. A day's windows are those of its
// weekday, from the instants at which the clocks of the zone first reach their minutes (Date.At), so that days on which clocks change
// are right; a date that the zone skipped has none. It reaches from 1900 to 2200; beyond that nothing is open.
type Calendar struct {
	loc      *time.Location
	windows  [7][]Window // by weekday, in order of opening
	holidays map[Date]bool
	weekly   time.Duration

	mu    sync.Mutex
	known *knownDays // so far; never changed, only replaced
}

// Stretch is a half-open stretch [From, To) of time.
type Stretch struct{ From, To time.Time }

// knownDays is a calendar worked out for the dates from..to, to exclusive.
type knownDays struct {
	from, to Date
	spans    []Stretch       // open, merged, in order
	before   []time.Duration // open time before each span
	closings []closing       // of open days, in order
}

type closing struct {
	date Date
	at   time.Time
}

var firstKnown, lastKnown = Date{1900, time.January, 1}, Date{2200, time.January, 1}

// Location is the zone that the calendar's days are in.
func (c *Calendar) Location() *time.Location { return c.loc }

// Windows gives when a local day opens and closes, in order; windows that touch or overlap are one. One that runs past midnight belongs
// to the day on which it opened. A holiday, and a date that does not exist, has none.
func (c *Calendar) Windows(d Date) []Stretch {
	if c.holidays[d] {
		return nil
	}
	if _, exists := d.Start(c.loc); !exists {
		return nil
	}
	var spans []Stretch
	for _, w := range c.windows[d.Weekday()] {
		opens, _ := d.At(w.Opens/60, w.Opens%60, c.loc)
		day := d
		if w.Closes <= w.Opens {
			day = d.AddDays(1)
		}
		closes, _ := day.At(w.Closes/60, w.Closes%60, c.loc)
		spans = added(spans, Stretch{opens, closes})
	}
	return spans
}

// added joins a span that begins after the beginning of the last one to spans in order.
func added(spans []Stretch, s Stretch) []Stretch {
	if !s.From.Before(s.To) {
		return spans // the clocks jumped over it
	}
	n := len(spans) - 1
	if n < 0 || s.From.After(spans[n].To) {
		return append(spans, s)
	}
	if s.From.Before(spans[n].From) { // of a day before, where windows run past midnight into each other
		spans[n].From = s.From
	}
	if s.To.After(spans[n].To) {
		spans[n].To = s.To
	}
	return spans
}

// LastClosing gives the instant at which a date closes for good: the end of its last window, be it past midnight. ok is false for a
// day that does not open, and for one that ends while the day before is still open.
func (c *Calendar) LastClosing(d Date) (at time.Time, ok bool) {
	at = lastOf(c.Windows(d))
	return at, !at.IsZero() && at.After(lastOf(c.Windows(d.AddDays(-1))))
}

func lastOf(spans []Stretch) time.Time {
	if len(spans) == 0 {
		return time.Time{}
	}
	return spans[len(spans)-1].To
}

// Between is how long the calendar is open in [a, b): 0 where b is not after a.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if !a.Before(b) {
		return 0
	}
	k := c.covering(a, b)
	return k.until(b) - k.until(a)
}

// After gives the earliest instant x with Between(a, x) = d: a itself where d is not above 0. So an hour after Friday 16:00, open until
// 17:00, is Friday 17:00. ok is false where the calendar is never open for that long.
func (c *Calendar) After(a time.Time, d time.Duration) (x time.Time, ok bool) {
	if d <= 0 {
		return a, true
	}
	if c.weekly == 0 {
		return time.Time{}, false
	}
	const week = 7 * 24 * time.Hour
	for weeks := int(d/c.weekly) + 2; weeks < 100*53; weeks *= 2 { // more where there are holidays
		end := a.Add(time.Duration(weeks) * week)
		k := c.covering(a, end)
		if target := k.until(a) + d; k.until(end) >= target {
			i := sort.Search(len(k.spans), func(i int) bool { return k.before[i] >= target }) - 1
			return k.spans[i].From.Add(target - k.before[i]), true
		}
	}
	return time.Time{}, false
}

// IsOpen tells whether an instant lies in a window; the instant of closing does not.
func (c *Calendar) IsOpen(t time.Time) bool {
	k := c.covering(t, t)
	i := k.endingAfter(t)
	return i < len(k.spans) && !t.Before(k.spans[i].From)
}

// NextOpening gives the first instant from t on at which the calendar is open: t itself where it is. ok is false where it never is.
func (c *Calendar) NextOpening(t time.Time) (at time.Time, ok bool) {
	found := c.search(t, func(k *knownDays) bool {
		i := k.endingAfter(t)
		if i == len(k.spans) {
			return false
		}
		at = k.spans[i].From
		if at.Before(t) {
			at = t
		}
		return true
	})
	return at, found
}

// NextClosings gives the last closings of the n open days that close next after t, in order. The first is that of the day on which t
// falls, or, outside hours, of the day that opens next; the second is the close of the next open day after it.
func (c *Calendar) NextClosings(t time.Time, n int) (at []time.Time, ok bool) {
	found := c.search(t, func(k *knownDays) bool {
		i := k.closingAfter(t)
		if i+n > len(k.closings) {
			return false
		}
		for _, x := range k.closings[i : i+n] {
			at = append(at, x.at)
		}
		return true
	})
	return at, found
}

// ClosingsBefore gives the last closings of the n open days that closed at or before t, the latest first.
func (c *Calendar) ClosingsBefore(t time.Time, n int) (at []time.Time, ok bool) {
	for days := 14; days < 4*366; days *= 2 {
		k := c.covering(t.AddDate(0, 0, -days), t)
		if i := k.closingAfter(t); i >= n {
			for j := range n {
				at = append(at, k.closings[i-1-j].at)
			}
			return at, true
		}
	}
	return nil, false
}

// search asks ever longer stretches from t on, up to four years.
func (c *Calendar) search(t time.Time, found func(*knownDays) bool) bool {
	for days := 14; days < 4*366; days *= 2 {
		if found(c.covering(t, t.AddDate(0, 0, days))) {
			return true
		}
	}
	return false
}

// endingAfter is the place of the first span that ends after t.
func (k *knownDays) endingAfter(t time.Time) int {
	return sort.Search(len(k.spans), func(i int) bool { return k.spans[i].To.After(t) })
}

// closingAfter is the place of the first closing after t.
func (k *knownDays) closingAfter(t time.Time) int {
	return sort.Search(len(k.closings), func(i int) bool { return k.closings[i].at.After(t) })
}

// until is the open time of the stretch before t.
func (k *knownDays) until(t time.Time) time.Duration {
	i := sort.Search(len(k.spans), func(i int) bool { return !k.spans[i].From.Before(t) }) - 1
	if i < 0 {
		return 0
	}
	end := k.spans[i].To
	if t.Before(end) {
		end = t
	}
	return k.before[i] + end.Sub(k.spans[i].From)
}

// covering gives the days around two instants, a not after b, with some on either side.
func (c *Calendar) covering(a, b time.Time) *knownDays {
	from, to := DateOf(a.In(c.loc)).AddDays(-2), DateOf(b.In(c.loc)).AddDays(3)
	from, to = within(from), within(to)
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.known
	if k != nil && !from.Before(k.from) && !k.to.Before(to) {
		return k
	}
	if k != nil { // further than asked, so that it is not done again for each day
		if k.from.Before(from) {
			from = k.from
		}
		if to.Before(k.to) {
			to = k.to
		}
		more := from.DaysUntil(to) / 2
		if from.Before(k.from) {
			from = within(from.AddDays(-more))
		}
		if k.to.Before(to) {
			to = within(to.AddDays(more))
		}
	}
	c.known = c.workedOut(from, to)
	return c.known
}

func within(d Date) Date {
	if d.Before(firstKnown) {
		return firstKnown
	}
	if lastKnown.Before(d) {
		return lastKnown
	}
	return d
}

func (c *Calendar) workedOut(from, to Date) *knownDays {
	k := &knownDays{from: from, to: to}
	var all []Stretch
	last := lastOf(c.Windows(from.AddDays(-1)))
	for d := from.AddDays(-1); d.Before(to); d = d.AddDays(1) { // the day before may run into the first one
		windows := c.Windows(d)
		all = append(all, windows...)
		if at := lastOf(windows); !at.IsZero() && at.After(last) {
			k.closings = append(k.closings, closing{d, at})
			last = at
		}
	}
	slices.SortStableFunc(all, func(a, b Stretch) int { return a.From.Compare(b.From) })
	var sum time.Duration
	for _, s := range all {
		k.spans = added(k.spans, s)
	}
	for _, s := range k.spans {
		k.before = append(k.before, sum)
		sum += s.To.Sub(s.From)
	}
	return k
}
