package digest

import (
	"fmt"
	"time"
)

// Date is a day of the calendar without a zone. The zero Date means "no date".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf gives the local date of an instant in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads a date written YYYY-MM-DD (RFC 3339 full-date). The 31st of a month of 30 days is an error.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date: write YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

// String gives YYYY-MM-DD.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// IsZero tells whether d means "no date".
func (d Date) IsZero() bool { return d == Date{} }

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// AddDays moves by n days of the calendar; months and years carry.
func (d Date) AddDays(n int) Date { return DateOf(d.noonUTC().AddDate(0, 0, n)) }

// AddMonths moves by n months and clamps to the last day of the month reached.
func (d Date) AddMonths(n int) Date {
	first := DateOf(time.Date(d.Year, d.Month+time.Month(n), 1, 12, 0, 0, 0, time.UTC))
	return Date{first.Year, first.Month, min(d.Day, first.lastOfMonth())}
}

// DaysUntil counts the days of the calendar from d to e; negative when e is earlier.
func (d Date) DaysUntil(e Date) int { return int(e.noonUTC().Sub(d.noonUTC()) / (24 * time.Hour)) }

// Before tells whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.noonUTC().Before(e.noonUTC()) }

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday { return d.noonUTC().Weekday() }

// EndOfMonth gives the last date of d's month.
func (d Date) EndOfMonth() Date { return Date{d.Year, d.Month, d.lastOfMonth()} }

func (d Date) lastOfMonth() int { return time.Date(d.Year, d.Month+1, 0, 12, 0, 0, 0, time.UTC).Day() }

func (d Date) noonUTC() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// Start gives the first instant that the date has in a zone. Where clocks jump over midnight that is the first
// instant after the jump; where midnight comes twice it is the first pass. ok is false for a date that the zone
// skipped (Pacific/Apia has no 2011-12-30); the instant is then that of the next date that exists.
func (d Date) Start(loc *time.Location) (start time.Time, ok bool) {
	// Every offset in use lies within 26 hours of UTC: before `low` the local date is earlier than d, at `high` later.
	low := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Add(-26 * time.Hour)
	high := low.Add(80 * time.Hour)
	t := low
	for t.Before(high) {
		// Inside one stretch of constant offset local time runs evenly, so d begins at a computed instant or not at all.
		offset, end := stretch(t.In(loc))
		begin := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Add(-time.Duration(offset) * time.Second)
		if begin.Before(t) {
			begin = t // the date had begun when this stretch set in
		}
		if end.IsZero() || begin.Before(end) {
			if got := DateOf(begin.In(loc)); got == d {
				return begin.In(loc), true
			} else if d.Before(got) {
				return begin.In(loc), false
			}
		}
		t = end
		if end.IsZero() {
			break
		}
	}
	return high.In(loc), false
}

// At gives the instant at which a zone's clocks first reach an hour and minute of the date: in a gap the first instant
// after it, where the time comes twice its first pass. ok is false for a date that the zone skipped.
func (d Date) At(hour, minute int, loc *time.Location) (at time.Time, ok bool) {
	t, ok := d.Start(loc)
	if !ok {
		return t, false
	}
	wall := time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, time.UTC)
	for {
		offset, end := stretch(t.In(loc))
		reached := wall.Add(-time.Duration(offset) * time.Second)
		if reached.Before(t) {
			reached = t // the clocks jumped over it when this stretch of constant offset set in
		}
		if end.IsZero() || reached.Before(end) {
			return reached.In(loc), true
		}
		t = end
	}
}

// stretch gives the offset from UTC in seconds at an instant, and an instant after it up to which it stays; zero: for ever.
func stretch(t time.Time) (offset int, end time.Time) {
	_, offset = t.Zone()
	_, end = t.ZoneBounds()
	if !end.IsZero() && !end.After(t) {
		end = t.Add(time.Hour) // Go 1.26 ends 2040 and later leap years a day early, at or before the instant asked for
	}
	return offset, end
}
