package scheduler

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fortnight/digest"
)

// check is rapid.Check with a hundred times as many cases as hundreds says.
func check(t *testing.T, hundreds int, property func(t *rapid.T)) {
	t.Helper()
	for range hundreds {
		rapid.Check(t, property)
	}
}

// A schedule that is looked at again and again, over changes of the clocks, with stops of hours to weeks and clocks that are set: each period
// that came due is opened once, the latest is mailed, and what was missed is listed or kept.
func TestPromise11TicksOverClockChangesOpenEachPeriodOnce(t *testing.T) {
	t.Parallel()
	var runs, ticks, editions, mailed int
	check(t, 20, func(t *rapid.T) {
		c := anyCadence(t)
		year := rapid.IntRange(1990, 2037).Draw(t, "year")
		start, _ := (digest.Date{Year: year, Month: 1, Day: 1}).AddDays(rapid.IntRange(0, 364).Draw(t, "day")).Start(c.Location())
		if _, change := start.ZoneBounds(); !change.IsZero() && change.Year() < 2038 && rapid.Bool().Draw(t, "near a change") {
			start = change.AddDate(0, 0, -rapid.IntRange(0, 9).Draw(t, "days before"))
		}
		c = c.Anchored(digest.DateOf(start))
		s := monday8(1)
		s.LastDue = start
		mark := start
		var opened []digest.Opening
		now := start
		for range rapid.IntRange(5, 40).Draw(t, "ticks") {
			switch rapid.IntRange(0, 9).Draw(t, "then") {
			case 0, 1: // the server is off for some days
				now = now.Add(time.Duration(rapid.IntRange(1, 30*24).Draw(t, "hours off")) * time.Hour)
			case 2: // its clock is set back
				now = now.Add(-time.Duration(rapid.IntRange(1, 7200).Draw(t, "seconds back")) * time.Second)
			case 3, 4, 5: // it looks at the very due, or beside it
				now = c.Next(now).Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "beside")) * time.Second)
			default:
				now = now.Add(time.Duration(rapid.IntRange(1, 86400).Draw(t, "seconds")) * time.Second)
			}
			lacking := Lacking(s, c, now)
			for i, o := range lacking {
				if latest := i == len(lacking)-1; o.Archive == latest || o.Due.After(now) {
					t.Fatalf("of %d lacking at %s number %d is %+v", len(lacking), now, i, o)
				}
				opened = append(opened, o)
				s.Covered = o.Period.To
				if !o.ByHand {
					s.LastDue = o.Due
					mailed++
				}
			}
			if now.After(mark) {
				mark = now
			}
			ticks++
		}
		want := onePerPeriod(c.Between(start, mark))
		if len(opened) != len(want) {
			t.Fatalf("%d opened, %d came due", len(opened), len(want))
		}
		for i, o := range opened {
			if !o.Due.Equal(want[i].At) || i > 0 && !o.Period.From.Equal(opened[i-1].Period.To) {
				t.Fatalf("number %d is %s for %s, want %s", i, o.Due, dates(o.Period), want[i].At)
			}
		}
		runs++
		editions += len(opened)
	})
	t.Logf("figures: %d schedules in %d zones, %d ticks, %d editions opened once each, %d of them mailed", runs, len(zones), ticks, editions, mailed)
}

// anyChange draws a cadence that a digest may be changed to; its weeks may begin on another day.
func anyChange(t *rapid.T, zone string) digest.CadenceSpec {
	spec := digest.CadenceSpec{
		Zone: zone, Kind: rapid.SampledFrom([]string{Weekly, Weekly, Weekly, Daily, Daily, Every2Weeks, TwiceMonthly, Monthly}).Draw(t, "kind"),
		At:        rapid.SampledFrom([]string{"08:00", "09:00", "00:00", "02:30", "23:59"}).Draw(t, "hour"),
		WeekStart: rapid.SampledFrom([]time.Weekday{time.Monday, time.Monday, time.Sunday, time.Saturday}).Draw(t, "week start"),
	}
	if spec.Kind == Weekly || spec.Kind == Every2Weeks {
		spec.At = rapid.SampledFrom([]string{"mon", "mon", "tue", "wed", "sun"}).Draw(t, "weekday") + " " + spec.At
	}
	return spec
}

// The configuration is changed between ticks, around due instants and far from them, while the clock goes on, jumps and is set back. The
// register has the ledger's rule of overlaps.
func TestPromise14ACadenceChangedBackAndForthMailsNoDayTwiceAndLosesNone(t *testing.T) {
	t.Parallel()
	var runs, ticks, changes, mailed, kept, days int
	check(t, 20, func(t *rapid.T) {
		zone := rapid.SampledFrom(promised).Draw(t, "zone")
		r := &register{digests: []digest.Scheduled{monday8(1)}}
		s := &r.digests[0]
		s.Config.Cadence, s.LastDue = anyChange(t, zone), time.Time{}
		before := s.Config.Cadence
		now := time.Date(rapid.IntRange(1990, 2036).Draw(t, "year"), 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 364).Draw(t, "day"))
		latest := now
		for range rapid.IntRange(5, 60).Draw(t, "steps") {
			c, err := Parse(s.Config.Cadence, "")
			if err != nil {
				t.Fatal(err)
			}
			switch rapid.IntRange(0, 7).Draw(t, "then") {
			case 0:
				before, s.Config.Cadence = s.Config.Cadence, anyChange(t, zone)
				changes++
			case 1, 2: // and back
				before, s.Config.Cadence = s.Config.Cadence, before
				changes++
			case 3, 4:
				now = c.Next(now).Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "beside the due")) * time.Second)
			case 5:
				now = now.Add(time.Duration(rapid.IntRange(1, 40*24).Draw(t, "hours off")) * time.Hour)
			case 6:
				now = now.Add(-time.Duration(rapid.IntRange(1, 7200).Draw(t, "seconds back")) * time.Second)
			default:
				now = now.Add(time.Duration(rapid.IntRange(1, 86400).Draw(t, "seconds")) * time.Second)
			}
			if rapid.Bool().Draw(t, "no tick") {
				continue
			}
			if err := r.tick(now); err != nil {
				t.Fatal(err)
			}
			ticks++
			if now.After(latest) {
				latest = now
			}
		}
		if err := r.tick(latest); err != nil {
			t.Fatal(err)
		}
		runs++
		m, k := theDaysOf(t, r, latest)
		mailed, kept = mailed+m, kept+k
		days += m + k
	})
	t.Logf("figures: %d digests, %d changes of the cadence, %d ticks: of %d days %d mailed once, %d in an archive edition alone, 0 mailed twice, 0 lost",
		runs, changes, ticks, days, mailed, kept)
}

// theDaysOf holds what a digest's editions cover against the calendar: no day stands in two mails (as a period or in a list), and from the
// first edition's first day to the last day that the cadence in force has come due for, each stands in an edition.
func theDaysOf(t *rapid.T, r *register, now time.Time) (mailed, kept int) {
	mails, archive := map[digest.Date][]string{}, map[digest.Date]bool{}
	for _, o := range r.opened {
		for _, day := range o.Period.Days() {
			if o.Archive {
				archive[day.Date] = true
			} else {
				mails[day.Date] = append(mails[day.Date], o.Label)
			}
		}
		for _, p := range o.CatchUp {
			for _, day := range p.Days() {
				mails[day.Date] = append(mails[day.Date], "list of "+o.Label)
			}
		}
	}
	for day, by := range mails {
		if len(by) > 1 {
			t.Fatalf("%s stands in %s", day, strings.Join(by, " and in "))
		}
	}
	c, err := Parse(r.digests[0].Config.Cadence, "")
	if err != nil {
		t.Fatal(err)
	}
	last, _ := c.Last(now)
	first := r.opened[0] // what was before it, nobody was to have
	if !first.Period.From.Before(last.Period.To) {
		return 0, 0
	}
	for _, day := range (digest.Period{From: first.Period.From, To: last.Period.To}).Days() {
		switch {
		case len(mails[day.Date]) == 1:
			mailed++
		case archive[day.Date]:
			kept++
		default:
			t.Fatalf("%s stands in no edition: %s", day.Date, openings(r.opened))
		}
	}
	return mailed, kept
}
