package scheduler

import (
	"time"

	"fortnight/digest"
)

// What a cadence covers. The first, second, fourth and fifth may be asked for beside a cron expression.
const (
	coverDay       = "day"
	coverWeek      = "week"
	cover2Weeks    = "2 weeks"
	coverHalfMonth = "half-month"
	coverMonth     = "month"
	cover2Months   = "2 months"
)

// Covers says what each due covers: day, week, 2 weeks, half-month, month or 2 months; always the last complete one
// before the due's date, but of close-of-business the open day that closes.
func (c *Cadence) Covers() string {
	switch c.kind {
	case Weekly:
		return coverWeek
	case Every2Weeks:
		return cover2Weeks
	case TwiceMonthly:
		return coverHalfMonth
	case Monthly:
		return coverMonth
	case Every2Months:
		return cover2Months
	case Daily, CloseOfBusiness:
		return coverDay
	}
	return c.covers
}

// ending gives the last complete day, week … that ends on or before the beginning of d. Its previous period is the one
// that ends on or before its own beginning.
func (c *Cadence) ending(d digest.Date) digest.Period {
	first := digest.Date{Year: d.Year, Month: d.Month, Day: 1}
	var from, to digest.Date
	switch c.Covers() {
	case coverDay:
		from, to = d.AddDays(-1), d
	case coverWeek:
		to = weekBegin(d, c.weekStart)
		from = to.AddDays(-7)
	case cover2Weeks:
		to = weekBegin(d, c.weekStart)
		from = to.AddDays(-14)
	case coverHalfMonth:
		if d.Day >= 16 {
			from, to = first, digest.Date{Year: d.Year, Month: d.Month, Day: 16}
		} else {
			to = first
			from = first.AddMonths(-1)
			from.Day = 16
		}
	case coverMonth:
		from, to = first.AddMonths(-1), first
	case cover2Months:
		to = first
		if to.Month%2 == 0 {
			to = to.AddMonths(-1)
		}
		from = to.AddMonths(-2)
	}
	p, err := digest.NewPeriod(from, to, c.loc)
	for err != nil { // the one day is one that the zone skipped: the day before it is the last complete one
		from = from.AddDays(-1)
		p, err = digest.NewPeriod(from, to, c.loc)
	}
	return p
}

func weekBegin(d digest.Date, start time.Weekday) digest.Date {
	return d.AddDays(-int((d.Weekday() - start + 7) % 7))
}
