package scheduler

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// promised are the zones that promise 11 names.
var promised = []string{
	"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu",
	"America/Sao_Paulo", "Pacific/Chatham", "UTC",
}

// day is a date as a wall clock shows it, found by looking at the clock every quarter of an hour.
type day struct {
	date  digest.Date
	looks []look
}

// look is an instant, and the minute of the day that the clock shows.
type look struct {
	at     time.Time
	minute int
}

// wall looks at a zone's clock through some dates, both included. All changes of the promised zones since 1970 are at full quarters.
func wall(loc *time.Location, first, last digest.Date) (days []day) {
	for at := time.Date(first.Year, first.Month, first.Day-1, 0, 0, 0, 0, time.UTC); ; at = at.Add(15 * time.Minute) {
		local := at.In(loc)
		date := digest.DateOf(local)
		if date.Before(first) {
			continue
		}
		if last.Before(date) {
			return days
		}
		if len(days) == 0 || days[len(days)-1].date != date {
			if i := slices.IndexFunc(days, func(d day) bool { return d.date == date }); i >= 0 {
				days[i].looks = append(days[i].looks, look{local, local.Hour()*60 + local.Minute()})
				continue // midnight comes twice
			}
			days = append(days, day{date: date})
		}
		d := &days[len(days)-1]
		d.looks = append(d.looks, look{local, local.Hour()*60 + local.Minute()})
	}
}

// reaches gives the first instant of the day at which its clock has come to a minute, or the first instant after the day.
func (d day) reaches(minute int) time.Time {
	quarter := minute / 15 * 15
	for _, l := range d.looks {
		if l.minute > quarter {
			return l.at
		}
		if l.minute == quarter {
			return l.at.Add(time.Duration(minute-quarter) * time.Minute)
		}
	}
	return d.looks[len(d.looks)-1].at.Add(15 * time.Minute)
}

// changes lists the years from 1990 to 2037 in which a zone's clocks change, and 1986 where they do: Kathmandu's last.
func changes(loc *time.Location) (years []int) {
	for year := 1986; year <= 2037; year++ {
		if year > 1986 && year < 1990 {
			continue
		}
		begin := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Add(-24 * time.Hour).In(loc)
		if _, end := begin.ZoneBounds(); !end.IsZero() && end.Before(begin.AddDate(1, 0, 2)) {
			years = append(years, year)
		}
	}
	if years == nil {
		years = []int{2026, 2028}
	}
	return years
}

// spread keeps at most n of some years, the first and the last among them, and those that are wanted.
func spread(years []int, n int, wanted ...int) (kept []int) {
	for i, year := range years {
		if len(years) <= n || i*(n-1)/(len(years)-1) != (i-1)*(n-1)/(len(years)-1) || i == 0 || slices.Contains(wanted, year) {
			kept = append(kept, year)
		}
	}
	return kept
}

// kinds are all cadences, at an hour.
func kinds(zone, hour string) (all []digest.CadenceSpec) {
	spec := digest.CadenceSpec{At: hour, Zone: zone, WeekStart: time.Monday}
	for _, kind := range []string{Daily, TwiceMonthly, Monthly, Every2Months} {
		spec.Kind = kind
		all = append(all, spec)
	}
	for weekday := range time.Saturday + 1 {
		spec.Kind, spec.At = Weekly, weekday.String()+" "+hour
		all = append(all, spec)
	}
	for _, start := range []time.Weekday{time.Sunday, time.Saturday} {
		spec.At, spec.WeekStart = "sun "+hour, start
		all = append(all, spec)
	}
	spec.WeekStart, spec.Kind, spec.At, spec.Anchor = time.Monday, Every2Weeks, "fri "+hour, digest.Date{Year: 2026, Month: 1, Day: 2}
	all = append(all, spec)
	var h, m int
	_, _ = fmt.Sscanf(hour, "%d:%d", &h, &m)
	for covers, fields := range map[string]string{"day": "* * *", "week": "* * 3", "half-month": "2,17 * *", "month": "28 * *"} {
		all = append(all, digest.CadenceSpec{Kind: fmt.Sprintf("%d %d %s", m, h, fields), Covers: covers, Zone: zone, WeekStart: time.Monday})
	}
	return all
}

// isDue tells on which dates a cadence is due, in the plain words of its definition.
func isDue(s digest.CadenceSpec, d digest.Date) bool {
	weekday := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()
	switch {
	case s.Kind == Weekly:
		return strings.EqualFold(s.At[:3], weekday.String()[:3])
	case s.Kind == Every2Weeks:
		days := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Sub(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour)
		return days%14 == 0
	case s.Kind == TwiceMonthly:
		return d.Day == 1 || d.Day == 16
	case s.Kind == Monthly:
		return d.Day == 1
	case s.Kind == Every2Months:
		return d.Day == 1 && d.Month%2 == 1
	case s.Covers == "week":
		return weekday == time.Wednesday
	case s.Covers == "half-month":
		return d.Day == 2 || d.Day == 17
	case s.Covers == "month":
		return d.Day == 28
	}
	return true
}

// Every due of every year with a change is held against a clock on the wall: none is missing, none is there twice, each is at its
// hour on its date, and each period begins where the one before ended, at the first instants of dates.
func TestPromise11NoPeriodIsMissedDoubledOrOverlappingWhereClocksChange(t *testing.T) {
	t.Parallel()
	var zoneYears, clockChanges, dues int
	for _, zone := range promised {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		years := changes(loc)
		if zone == "Asia/Kathmandu" && !slices.Equal(years, []int{1986}) || zone == "Europe/Berlin" && len(years) != 49 || zone == "Pacific/Apia" && !slices.Contains(years, 2011) {
			t.Errorf("clocks in %s change in %v", zone, years)
		}
		for _, year := range spread(years, 12, 2011, 2026) {
			zoneYears++
			first, last := digest.Date{Year: year, Month: 1, Day: 1}, digest.Date{Year: year, Month: 12, Day: 31}
			days := wall(loc, first, last)
			for i := range days {
				for j := range days[i].looks {
					if j > 0 && days[i].looks[j].minute-days[i].looks[j-1].minute != 15 {
						clockChanges++
					}
				}
			}
			begins := map[time.Time]bool{}
			for _, d := range days {
				begins[d.looks[0].at.UTC()] = true
			}
			for _, hour := range []string{"00:00", "01:30", "02:30", "23:59"} {
				for _, spec := range kinds(zone, hour) {
					dues += againstTheWall(t, spec, hour, days, begins)
				}
			}
		}
	}
	t.Logf("figures: %d zones, %d zone-years with %d changes inside days, 4 hours, %d cadences: %d dues and their periods, 0 missed, doubled or overlapping",
		len(promised), zoneYears, clockChanges, len(kinds("UTC", "00:00")), dues)
}

func againstTheWall(t *testing.T, spec digest.CadenceSpec, hour string, days []day, begins map[time.Time]bool) (dues int) {
	t.Helper()
	var h, m int
	_, _ = fmt.Sscanf(hour, "%d:%d", &h, &m)
	cadence := parse(t, spec)
	var want []time.Time
	for i, d := range days {
		if isDue(spec, d.date) {
			want = append(want, d.reaches(h*60+m))
		}
		// A date that the zone skipped: what covers more than a day is due right after it.
		if i+1 < len(days) && d.date.AddDays(1) != days[i+1].date && isDue(spec, d.date.AddDays(1)) && cadence.Covers() != coverDay {
			want = append(want, days[i+1].looks[0].at)
		}
	}
	begin, end := days[0].looks[0].at, days[len(days)-1].looks[len(days[len(days)-1].looks)-1].at
	got := cadence.Between(begin.Add(-time.Nanosecond), end.Add(15*time.Minute-time.Nanosecond))
	if len(got) != len(want) {
		t.Fatalf("%+v in %d: %d dues, want %d", spec, days[0].date.Year, len(got), len(want))
	}
	for i, d := range got {
		if !d.At.Equal(want[i]) {
			t.Errorf("%+v is due at %s, want %s", spec, d.At, want[i])
		}
		if d.Period.To.After(d.At) || !d.Previous.To.Equal(d.Period.From) || i > 0 && !d.Period.From.Equal(got[i-1].Period.To) {
			t.Errorf("%+v covers %s and before %s at %s, after %s", spec, dates(d.Period), dates(d.Previous), d.At, dates(got[max(i-1, 0)].Period))
		}
		if d.Period.From.After(begin) && !begins[d.Period.From.UTC()] || d.Period.To.After(begin) && !begins[d.Period.To.UTC()] {
			t.Errorf("%+v covers %s to %s, which are not the first instants of dates", spec, d.Period.From, d.Period.To)
		}
	}
	return len(got)
}
