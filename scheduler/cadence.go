package scheduler

import (
	"fmt"
	"sort"
	"time"

	"github.com/robfig/cron/v3"

	"fortnight/digest"
)

// Cadence says when editions are due and which period each covers. Parse makes it.
type Cadence struct {
	written   string // as it was written, in lower case
	kind      string // with bi-monthly resolved; Custom for a cron expression
	loc       *time.Location
	slots     []int // minutes of the day, ascending; of close-of-business, atClosing or one minute
	weekday   time.Weekday
	weekStart time.Weekday
	anchor    digest.Date
	cron      *cron.SpecSchedule
	covers    string           // of a cron expression
	open      *digest.Calendar // of close-of-business
}

// atClosing is the slot of a day's last closing.
const atClosing = -1

// Due is an instant at which an edition should be made, the period that it covers, and the one before that.
type Due struct {
	At               time.Time
	Period, Previous digest.Period
}

// Kind is the resolved kind: twice-monthly or every-2-months for "bi-monthly", Custom for a cron expression.
func (c *Cadence) Kind() string { return c.kind }

// Location is the zone of the cadence.
func (c *Cadence) Location() *time.Location { return c.loc }

// Anchored gives the cadence with the weeks of every-2-weeks counted from the first matching date on or after d. A
// cadence with an anchor, and one of another kind, is given back unchanged.
func (c *Cadence) Anchored(d digest.Date) *Cadence {
	if c.kind != Every2Weeks || !c.anchor.IsZero() {
		return c
	}
	anchored := *c
	anchored.anchor = d
	return &anchored
}

// Next gives the first due after t (cron.Schedule); the zero time where there is none within 50 years. An every-2-weeks
// cadence without an anchor counts its weeks from 1970.
func (c *Cadence) Next(t time.Time) time.Time {
	at, _ := c.next(t)
	return at
}

// Due lists the first n dues from an instant on, that instant included. Weeks of an every-2-weeks cadence without an
// anchor are counted from the first matching date. A cron expression may be due several times for one period; the first of
// them makes the edition.
func (c *Cadence) Due(from time.Time, n int) []Due {
	c = c.Anchored(digest.DateOf(from.In(c.loc)))
	var dues []Due
	for t := from.Add(-time.Nanosecond); len(dues) < n; {
		at, date := c.next(t)
		if at.IsZero() {
			break
		}
		dues = append(dues, c.due(at, date))
		t = at
	}
	return dues
}

// Between lists the dues after one instant up to another, which is included, in order.
func (c *Cadence) Between(after, until time.Time) []Due {
	var dues []Due
	for at, date := c.next(after); !at.IsZero() && !at.After(until); at, date = c.next(at) {
		dues = append(dues, c.due(at, date))
	}
	return dues
}

// Last gives the latest due at or before an instant; ok is false where there was none within 50 years.
func (c *Cadence) Last(t time.Time) (d Due, ok bool) {
	date := digest.DateOf(t.In(c.loc)).AddDays(1)
	for range horizon {
		if c.on(date) {
			for i := len(c.slots) - 1; i >= 0; i-- {
				at, ok := c.instant(date, c.slots[i])
				if ok && !at.After(t) {
					return c.due(at, date), true
				}
			}
		}
		date = date.AddDays(-1)
	}
	return Due{}, false
}

// Closed gives the due of the latest period that is over at an instant. The due itself may still lie ahead: on Monday
// at 07:00 last week is over, though it is due at 08:00. A close-of-business day is over when it is due.
func (c *Cadence) Closed(t time.Time) (d Due, ok bool) {
	if at, date := c.next(t); !at.IsZero() && c.kind != CloseOfBusiness {
		if d := c.due(at, date); !d.Period.To.After(t) {
			return d, true
		}
	}
	return c.Last(t)
}

// Beginning gives the due whose period begins on a date. The error names the periods around a date on which none begins.
func (c *Cadence) Beginning(from digest.Date) (Due, error) {
	start, _ := from.Start(c.loc)
	if c.kind == CloseOfBusiness { // which may be due as its day begins
		start = start.Add(-time.Nanosecond)
	}
	before, _ := c.Last(start)
	for at, date := c.next(start); !at.IsZero(); at, date = c.next(at) {
		d := c.due(at, date)
		switch {
		case d.Period.First() == from:
			return d, nil
		case d.Period.From.After(start):
			return Due{}, fmt.Errorf("no %s of this cadence begins on %s: one begins on %s, the next on %s",
				c.Covers(), from, before.Period.First(), d.Period.First())
		}
		before = d
	}
	return Due{}, fmt.Errorf("no %s of this cadence begins on %s", c.Covers(), from)
}

// PeriodOf gives the period that a due at an instant covers: the last complete one before its date, or the day that closes.
func (c *Cadence) PeriodOf(at time.Time) digest.Period {
	if c.kind == CloseOfBusiness {
		d, _ := c.Last(at)
		return d.Period
	}
	if found, date := c.next(at.Add(-time.Nanosecond)); found.Equal(at) {
		return c.ending(date)
	}
	return c.ending(digest.DateOf(at.In(c.loc)))
}

func (c *Cadence) due(at time.Time, date digest.Date) Due {
	if c.kind == CloseOfBusiness {
		return Due{at, c.day(date), c.day(c.openBefore(date))}
	}
	period := c.ending(date)
	return Due{at, period, c.ending(period.First())}
}

const horizon = 50 * 366 // dates

// next gives the first due after t, and the date that it belongs to: where a gap crosses midnight that is the day before.
// Instants grow with the date and the hour, so the first one found is the earliest.
func (c *Cadence) next(t time.Time) (time.Time, digest.Date) {
	date := digest.DateOf(t.In(c.loc)).AddDays(-2)
	for range horizon {
		if c.on(date) {
			i := sort.Search(len(c.slots), func(i int) bool {
				at, ok := c.instant(date, c.slots[i])
				return ok && at.After(t)
			})
			if i < len(c.slots) {
				at, _ := c.instant(date, c.slots[i])
				return at, date
			}
		}
		date = date.AddDays(1)
	}
	return time.Time{}, digest.Date{}
}

// instant gives the due of a date at a minute of it. On a date that the zone skipped a cadence of days has none, for there is no such
// day to be followed; one that covers more is due at the first instant after it, so that no period is missed.
func (c *Cadence) instant(d digest.Date, minute int) (at time.Time, ok bool) {
	if minute == atClosing {
		return c.open.LastClosing(d)
	}
	at, exists := d.At(minute/60, minute%60, c.loc)
	return at, exists || c.Covers() != coverDay
}

// on tells whether the cadence is due on a date.
func (c *Cadence) on(d digest.Date) bool {
	switch c.kind {
	case Daily:
		return true
	case CloseOfBusiness:
		return c.opens(d)
	case Weekly:
		return d.Weekday() == c.weekday
	case Every2Weeks:
		anchor := c.anchor
		if anchor.IsZero() {
			anchor = digest.Date{Year: 1970, Month: time.January, Day: 1}
		}
		first := anchor.AddDays(int((c.weekday - anchor.Weekday() + 7) % 7))
		return first.DaysUntil(d)%14 == 0
	case TwiceMonthly:
		return d.Day == 1 || d.Day == 16
	case Monthly:
		return d.Day == 1
	case Every2Months:
		return d.Day == 1 && d.Month%2 == 1
	}
	return onDate(c.cron, d)
}
