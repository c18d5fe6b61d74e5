package digest

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func TestALocalDayBeginsAtItsFirstExistingInstant(t *testing.T) {
	for _, c := range []struct {
		name, zone, date, want string
		exists                 bool
	}{
		{"plain day", "America/New_York", "2020-03-23", "2020-03-23T00:00:00-04:00", true},
		{"midnight jumped over in Cairo", "Africa/Cairo", "2024-04-26", "2024-04-26T01:00:00+03:00", true},
		{"midnight twice in Havana", "America/Havana", "2020-11-01", "2020-11-01T00:00:00-04:00", true},
		{"the day after a repeated hour before midnight in Sao Paulo", "America/Sao_Paulo", "2018-02-18", "2018-02-18T00:00:00-03:00", true},
		{"the date that Apia skipped", "Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", false},
		{"the date after it", "Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00", true},
		{"half-hour change on Lord Howe", "Australia/Lord_Howe", "2026-04-05", "2026-04-05T00:00:00+11:00", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			loc, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			d, err := ParseDate(c.date)
			if err != nil {
				t.Fatal(err)
			}
			got, exists := d.Start(loc)
			if got.Format(time.RFC3339) != c.want || exists != c.exists {
				t.Errorf("got %s (%v), want %s (%v)", got.Format(time.RFC3339), exists, c.want, c.exists)
			}
		})
	}
}

func TestAWeekHasTheHoursThatItsClocksGiveIt(t *testing.T) {
	for _, c := range []struct {
		name, zone, from, to string
		hours                float64
		days                 int
	}{
		{"a week in Berlin has 167 hours in March", "Europe/Berlin", "2026-03-23", "2026-03-30", 167, 7},
		{"a week in Berlin has 169 hours in October", "Europe/Berlin", "2026-10-19", "2026-10-26", 169, 7},
		{"a week on Lord Howe has 167.5 hours in October", "Australia/Lord_Howe", "2026-09-28", "2026-10-05", 167.5, 7},
		{"a week without change has 168", "America/New_York", "2020-03-23", "2020-03-30", 168, 7},
		{"the week in which Apia skipped a day has 6 days", "Pacific/Apia", "2011-12-26", "2012-01-02", 144, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			loc, _ := time.LoadLocation(c.zone)
			from, _ := ParseDate(c.from)
			to, _ := ParseDate(c.to)
			p, err := NewPeriod(from, to, loc)
			if err != nil {
				t.Fatal(err)
			}
			days := p.Days()
			if p.Hours() != c.hours || len(days) != c.days {
				t.Errorf("got %v hours and %d days, want %v and %d", p.Hours(), len(days), c.hours, c.days)
			}
			if !days[0].From.Equal(p.From) || !days[len(days)-1].To.Equal(p.To) {
				t.Errorf("the days do not fill the period: %v .. %v in %v", days[0].From, days[len(days)-1].To, p)
			}
			for i := 1; i < len(days); i++ {
				if !days[i].From.Equal(days[i-1].To) {
					t.Errorf("day %s does not begin where %s ends", days[i].Date, days[i-1].Date)
				}
			}
		})
	}
}
