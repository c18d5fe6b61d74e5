package scheduler

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fortnight/digest"
)

// zones have changes of an hour, of half an hour, of a day, at midnight, around it, in both directions, and none.
var zones = []string{
	"UTC", "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Moscow", "Europe/Istanbul", "America/New_York", "America/St_Johns",
	"America/Sao_Paulo", "America/Havana", "America/Santiago", "America/Asuncion", "America/Caracas", "America/Nuuk", "America/Scoresbysund",
	"Atlantic/Azores", "Africa/Cairo", "Africa/Casablanca", "Africa/Monrovia", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Tehran", "Asia/Gaza",
	"Asia/Beirut", "Asia/Amman", "Asia/Pyongyang", "Asia/Dhaka", "Australia/Lord_Howe", "Australia/Adelaide", "Antarctica/Casey",
	"Antarctica/Troll", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Kwajalein", "Pacific/Norfolk", "Pacific/Tongatapu",
}

func anyCadence(t *rapid.T) *Cadence {
	zone := rapid.SampledFrom(zones).Draw(t, "zone")
	hour, minute := rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute")
	if rapid.Bool().Draw(t, "near midnight or the change") {
		hour, minute = rapid.SampledFrom([]int{0, 1, 2, 3, 23}).Draw(t, "h"), rapid.SampledFrom([]int{0, 1, 15, 30, 45, 59}).Draw(t, "m")
	}
	day := rapid.SampledFrom([]time.Weekday{0, 1, 2, 3, 4, 5, 6}).Draw(t, "weekday")
	spec := digest.CadenceSpec{
		Zone: zone, WeekStart: rapid.SampledFrom([]time.Weekday{0, 1, 6}).Draw(t, "week start"),
		Kind: rapid.SampledFrom([]string{Weekly, Every2Weeks, TwiceMonthly, Monthly, Every2Months, Daily, "week", "day", "half-month", "month"}).Draw(t, "kind"),
		At:   fmt.Sprintf("%02d:%02d", hour, minute),
	}
	clock := fmt.Sprintf("%d %d ", minute, hour)
	cron := func(fields, covers string) { spec.Kind, spec.At, spec.Covers = clock+fields, "", covers }
	switch spec.Kind {
	case Weekly, Every2Weeks:
		spec.At = day.String() + " " + spec.At
	case "week":
		cron(fmt.Sprintf("* * %d", day), "week")
	case "day":
		cron("* * *", "day")
	case "half-month":
		cron("2,17 * *", "half-month")
	case "month":
		cron("28 * *", "month")
	}
	c, err := Parse(spec, "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func anyDate(t *rapid.T) digest.Date {
	days := rapid.IntRange(0, 68*365).Draw(t, "days since 1970")
	return (digest.Date{Year: 1970, Month: time.January, Day: 1}).AddDays(days)
}

func TestDuesGrowAndPeriodsTouch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCadence(t)
		from, _ := anyDate(t).Start(c.Location())
		c = c.Anchored(digest.DateOf(from))
		dues := c.Due(from, 30)
		if len(dues) != 30 {
			t.Fatalf("%d dues", len(dues))
		}
		for i, d := range dues {
			if d.At.Before(from) || d.Period.To.After(d.At) || !d.Previous.To.Equal(d.Period.From) {
				t.Fatalf("due %s of %v after %v", d.At, d.Period, d.Previous)
			}
			if last, ok := c.Last(d.At); !ok || last != d {
				t.Fatalf("the last due at %s is %v", d.At, last)
			}
			if i == 0 {
				continue
			}
			before := dues[i-1]
			if !d.At.After(before.At) || !c.Next(before.At).Equal(d.At) || !c.Next(d.At.Add(-time.Nanosecond)).Equal(d.At) {
				t.Fatalf("%s does not follow %s", d.At, before.At)
			}
			if !d.Period.From.Equal(before.Period.To) {
				t.Fatalf("%v does not touch %v", d.Period, before.Period)
			}
		}
	})
}

// The instant of an hour is looked up here minute by minute, as one would on a wall clock.
func TestAnHourIsTheFirstMinuteAtWhichTheClockHasReachedIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		d := anyDate(t)
		if rapid.Bool().Draw(t, "at a change") { // most days are dull
			start, _ := d.Start(loc)
			if _, end := start.ZoneBounds(); !end.IsZero() {
				d = digest.DateOf(end.In(loc)).AddDays(rapid.IntRange(-1, 1).Draw(t, "beside it"))
			}
		}
		hour, minute := rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute")
		wall := fmt.Sprintf("%s %02d:%02d", d, hour, minute)
		var want time.Time
		existed := false
		for at := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Add(-26 * time.Hour); ; at = at.Add(time.Second) {
			clock := at.In(loc).Format("2006-01-02 15:04")
			existed = existed || clock[:10] == d.String()
			if clock >= wall {
				want = at
				break
			}
			if at.In(loc).Second() == 0 { // offsets are whole minutes but for Monrovia's
				if next := at.Add(59 * time.Second); next.In(loc).Format("2006-01-02 15:04") == clock {
					at = next
				}
			}
		}
		at, ok := d.At(hour, minute, loc)
		if existed && (!ok || !at.Equal(want)) {
			t.Fatalf("%s in %s is %s (%v), want %s", wall, loc, at, ok, want.In(loc))
		}
		if _, starts := d.Start(loc); !existed && ok && !starts {
			t.Fatalf("%s in %s does not exist", wall, loc)
		}
	})
}
