package scheduler

import (
	"time"

	"fortnight/digest"
)

// What a close-of-business cadence covers is the local day whose closing it is: from its first instant to the next day's, though it is
// due before the day ends, or after it where the last window runs past midnight. Days that do not open have no edition; so periods of
// neighbouring dues do not touch over a weekend, and the previous one is that of the open day before.

// day is the period of a date that exists.
func (c *Cadence) day(d digest.Date) digest.Period {
	from, _ := d.Start(c.loc)
	to, _ := d.AddDays(1).Start(c.loc)
	return digest.Period{From: from, To: to}
}

// opens tells whether a date has a closing of its own.
func (c *Cadence) opens(d digest.Date) bool {
	_, ok := c.open.LastClosing(d)
	return ok
}

// openBefore gives the open day before a date; the day before where none opened in the four years before.
func (c *Cadence) openBefore(d digest.Date) digest.Date {
	for back := 1; back < 4*366; back++ {
		if day := d.AddDays(-back); c.opens(day) {
			return day
		}
	}
	return d.AddDays(-1)
}

// IsOver tells whether the edition of a due may be made: its period is over or, of a close-of-business cadence, its day closes.
func (c *Cadence) IsOver(d Due, now time.Time) bool {
	if c.kind == CloseOfBusiness {
		return !d.At.After(now)
	}
	return !d.Period.To.After(now)
}
