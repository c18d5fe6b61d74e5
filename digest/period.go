package digest

import (
	"encoding/json"
	"fmt"
	"time"
)

// Period is a half-open stretch [From, To) of local days. Both ends carry the digest's location and are the first
// instants of their dates.
type Period struct {
	From, To time.Time
}

// Day is one local day of a period: 24 hours long, or 23, 25 or another length where clocks change.
type Day struct {
	Date     Date
	From, To time.Time
}

// NewPeriod makes the period of the local days from..to in a zone; to is exclusive.
func NewPeriod(from, to Date, loc *time.Location) (Period, error) {
	if !from.Before(to) {
		return Period{}, fmt.Errorf("a period ends after it begins: %s is not after %s", to, from)
	}
	f, _ := from.Start(loc)
	t, _ := to.Start(loc)
	if !f.Before(t) {
		return Period{}, fmt.Errorf("no day between %s and %s exists in %s", from, to, loc)
	}
	return Period{f, t}, nil
}

// Location is the zone whose days the period is made of.
func (p Period) Location() *time.Location { return p.From.Location() }

// First is the first date of the period.
func (p Period) First() Date { return DateOf(p.From) }

// End is the date after the last one.
func (p Period) End() Date { return DateOf(p.To) }

// Last is the last date of the period that exists.
func (p Period) Last() Date { return DateOf(p.To.Add(-time.Nanosecond)) }

// Days lists the local days in order. A date that does not exist in the zone has no day.
func (p Period) Days() []Day {
	loc := p.Location()
	var days []Day
	for d := p.First(); d.Before(p.End()); d = d.AddDays(1) {
		from, exists := d.Start(loc)
		if !exists {
			continue
		}
		to, _ := d.AddDays(1).Start(loc)
		days = append(days, Day{d, from, to})
	}
	return days
}

// Hours is the length of the period in hours: 168 for most weeks, 167 or 169 where clocks change, 167.5 on Lord Howe.
func (p Period) Hours() float64 { return p.To.Sub(p.From).Hours() }

// Contains tells whether the instant lies in [From, To).
func (p Period) Contains(t time.Time) bool { return !t.Before(p.From) && t.Before(p.To) }

// Preceding gives the period of as many local days that ends where p begins: the previous period of dates given by hand.
func (p Period) Preceding() Period {
	n := p.First().DaysUntil(p.End())
	from, _ := p.First().AddDays(-n).Start(p.Location())
	return Period{from, p.From}
}

type periodJSON struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Zone  string    `json:"zone,omitempty"`
	Hours float64   `json:"hours,omitempty"`
}

// MarshalJSON writes from, to, zone and hours (metrics.md 10).
func (p Period) MarshalJSON() ([]byte, error) {
	return json.Marshal(periodJSON{p.From, p.To, p.Location().String(), p.Hours()})
}

// UnmarshalJSON reads what MarshalJSON wrote; a zone that this machine does not know is an error.
func (p *Period) UnmarshalJSON(b []byte) error {
	var j periodJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	loc, err := time.LoadLocation(j.Zone)
	if err != nil {
		return fmt.Errorf("the period's zone: %w", err)
	}
	p.From, p.To = j.From.In(loc), j.To.In(loc)
	return nil
}
