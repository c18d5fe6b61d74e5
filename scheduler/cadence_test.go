package scheduler

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"

	"fortnight/digest"
)

var _ cron.Schedule = (*Cadence)(nil)

func TestEachCadenceCoversItsLastCompletePeriod(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, kind, at, covers, from, anchor string
		weekStart                            time.Weekday
		want                                 []string // due, first and last date, first and last date of the previous period
	}{
		{
			"a weekly one on Wednesday covers Monday to Sunday before it", "weekly", "wed 09:00", "", "2020-03-30", "", time.Monday,
			[]string{"2020-04-01T09:00:00-04:00 2020-03-23..2020-03-29 2020-03-16..2020-03-22", "2020-04-08T09:00:00-04:00 2020-03-30..2020-04-05 2020-03-23..2020-03-29"},
		},
		{
			"a weekly one on Sunday covers the week that ended a week ago", "weekly", "sunday 23:59", "", "2020-03-29", "", time.Monday,
			[]string{"2020-03-29T23:59:00-04:00 2020-03-16..2020-03-22 2020-03-09..2020-03-15"},
		},
		{
			"a weekly one whose weeks begin on Sunday", "weekly", "sun 00:00", "", "2020-03-29", "", time.Sunday,
			[]string{"2020-03-29T00:00:00-04:00 2020-03-22..2020-03-28 2020-03-15..2020-03-21"},
		},
		{
			"every 2 weeks from the first matching date", "every-2-weeks", "mon 08:00", "", "2020-03-24", "", time.Monday,
			[]string{"2020-03-30T08:00:00-04:00 2020-03-16..2020-03-29 2020-03-02..2020-03-15", "2020-04-13T08:00:00-04:00 2020-03-30..2020-04-12 2020-03-16..2020-03-29"},
		},
		{
			"every 2 weeks in the anchor's weeks", "every-2-weeks", "mon 08:00", "", "2020-03-24", "2020-04-06", time.Monday,
			[]string{"2020-04-06T08:00:00-04:00 2020-03-23..2020-04-05 2020-03-09..2020-03-22"},
		},
		{
			"an anchor counts backwards too", "every-2-weeks", "mon 08:00", "", "2020-03-24", "2020-06-22", time.Monday,
			[]string{"2020-03-30T08:00:00-04:00 2020-03-16..2020-03-29 2020-03-02..2020-03-15"},
		},
		{
			"an anchor on another weekday means the first matching date after it", "every-2-weeks", "mon 08:00", "", "2020-03-24", "2020-04-01", time.Monday,
			[]string{"2020-04-06T08:00:00-04:00 2020-03-23..2020-04-05 2020-03-09..2020-03-22"},
		},
		{
			"twice a month, also in February of a leap year", "twice-monthly", "06:30", "", "2020-02-16", "", time.Monday,
			[]string{"2020-02-16T06:30:00-05:00 2020-02-01..2020-02-15 2020-01-16..2020-01-31", "2020-03-01T06:30:00-05:00 2020-02-16..2020-02-29 2020-02-01..2020-02-15"},
		},
		{
			"monthly", "monthly", "00:00", "", "2020-03-01", "", time.Monday,
			[]string{"2020-03-01T00:00:00-05:00 2020-02-01..2020-02-29 2020-01-01..2020-01-31", "2020-04-01T00:00:00-04:00 2020-03-01..2020-03-31 2020-02-01..2020-02-29"},
		},
		{
			"every 2 months", "every-2-months", "00:00", "", "2020-01-02", "", time.Monday,
			[]string{"2020-03-01T00:00:00-05:00 2020-01-01..2020-02-29 2019-11-01..2019-12-31", "2020-05-01T00:00:00-04:00 2020-03-01..2020-04-30 2020-01-01..2020-02-29"},
		},
		{
			"daily", "daily", "07:00", "", "2020-03-01", "", time.Monday,
			[]string{"2020-03-01T07:00:00-05:00 2020-02-29..2020-02-29 2020-02-28..2020-02-28"},
		},
		{
			"a cron expression on weekdays covers days", "0 9 * * 1-5", "", "day", "2020-03-27", "", time.Monday,
			[]string{"2020-03-27T09:00:00-04:00 2020-03-26..2020-03-26 2020-03-25..2020-03-25", "2020-03-30T09:00:00-04:00 2020-03-29..2020-03-29 2020-03-28..2020-03-28"},
		},
		{
			"a cron expression covers weeks", "30 9 * * wed", "", "week", "2020-03-30", "", time.Monday,
			[]string{"2020-04-01T09:30:00-04:00 2020-03-23..2020-03-29 2020-03-16..2020-03-22"},
		},
		{
			"a cron expression covers half months", "0 9 3,18 * *", "", "half-month", "2020-03-01", "", time.Monday,
			[]string{"2020-03-03T09:00:00-05:00 2020-02-16..2020-02-29 2020-02-01..2020-02-15", "2020-03-18T09:00:00-04:00 2020-03-01..2020-03-15 2020-02-16..2020-02-29"},
		},
		{
			"a cron expression covers months", "0 9 5 * *", "", "month", "2020-03-01", "", time.Monday,
			[]string{"2020-03-05T09:00:00-05:00 2020-02-01..2020-02-29 2020-01-01..2020-01-31"},
		},
		{
			"weekday 7 is Sunday", "0 9 * * 7", "", "day", "2020-03-23", "", time.Monday,
			[]string{"2020-03-29T09:00:00-04:00 2020-03-28..2020-03-28 2020-03-27..2020-03-27"},
		},
		{
			"Saturday to weekday 7", "0 9 * * 6-7", "", "day", "2020-03-23", "", time.Monday,
			[]string{"2020-03-28T09:00:00-04:00 2020-03-27..2020-03-27 2020-03-26..2020-03-26", "2020-03-29T09:00:00-04:00 2020-03-28..2020-03-28 2020-03-27..2020-03-27"},
		},
		{
			"a day of the month and a weekday are alternatives", "0 9 13 * fri", "", "day", "2020-03-09", "", time.Monday,
			[]string{"2020-03-13T09:00:00-04:00 2020-03-12..2020-03-12 2020-03-11..2020-03-11", "2020-03-20T09:00:00-04:00 2020-03-19..2020-03-19 2020-03-18..2020-03-18"},
		},
		{
			"the 29th of February", "0 0 29 2 *", "", "month", "2020-03-01", "", time.Monday,
			[]string{"2024-02-29T00:00:00-05:00 2024-01-01..2024-01-31 2023-12-01..2023-12-31"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := digest.CadenceSpec{Kind: c.kind, At: c.at, Zone: "America/New_York", Covers: c.covers, WeekStart: c.weekStart}
			if c.anchor != "" {
				spec.Anchor = date(t, c.anchor)
			}
			cadence := parse(t, spec)
			from, _ := date(t, c.from).Start(cadence.Location())
			var got []string
			for _, d := range cadence.Due(from, len(c.want)) {
				got = append(got, d.At.Format(time.RFC3339)+" "+dates(d.Period)+" "+dates(d.Previous))
				if p := cadence.Anchored(date(t, c.from)).PeriodOf(d.At); p != d.Period {
					t.Errorf("PeriodOf(%s) is %s", d.At, dates(p))
				}
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestEveryHourFiresOnceOverAClockChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone, at, day, want string // the only due between the beginnings of the day and of the next; "" for none
	}{
		{"Berlin jumps over 02:30 in March", "Europe/Berlin", "02:30", "2026-03-29", "2026-03-29T03:00:00+02:00"},
		{"Berlin has 01:30 before the jump", "Europe/Berlin", "01:30", "2026-03-29", "2026-03-29T01:30:00+01:00"},
		{"Berlin has 02:30 twice in October", "Europe/Berlin", "02:30", "2026-10-25", "2026-10-25T02:30:00+02:00"},
		{"Berlin's midnight in October", "Europe/Berlin", "00:00", "2026-10-25", "2026-10-25T00:00:00+02:00"},
		{"Berlin's last minute in October", "Europe/Berlin", "23:59", "2026-10-25", "2026-10-25T23:59:00+01:00"},
		{"New York jumps over 02:30", "America/New_York", "02:30", "2026-03-08", "2026-03-08T03:00:00-04:00"},
		{"New York has 01:30 twice", "America/New_York", "01:30", "2026-11-01", "2026-11-01T01:30:00-04:00"},
		{"New York's 02:30 after the repeated hour", "America/New_York", "02:30", "2026-11-01", "2026-11-01T02:30:00-05:00"},
		{"Lord Howe jumps half an hour", "Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-04T02:30:00+11:00"},
		{"Lord Howe's 02:30 is the first instant after", "Australia/Lord_Howe", "02:30", "2026-10-04", "2026-10-04T02:30:00+11:00"},
		{"Lord Howe has 01:30 twice", "Australia/Lord_Howe", "01:30", "2026-04-05", "2026-04-05T01:30:00+11:00"},
		{"Cairo jumps over midnight", "Africa/Cairo", "00:00", "2026-04-24", "2026-04-24T01:00:00+03:00"},
		{"Cairo has 23:59 twice", "Africa/Cairo", "23:59", "2026-10-29", "2026-10-29T23:59:00+03:00"},
		{"Cairo's midnight after it comes once", "Africa/Cairo", "00:00", "2026-10-30", "2026-10-30T00:00:00+02:00"},
		{"Apia skipped a date", "Pacific/Apia", "02:30", "2011-12-30", ""},
		{"Apia's last minute before it", "Pacific/Apia", "23:59", "2011-12-29", "2011-12-29T23:59:00-10:00"},
		{"Apia's first minute after it", "Pacific/Apia", "00:00", "2011-12-31", "2011-12-31T00:00:00+14:00"},
		{"Casablanca leaves summer time for Ramadan", "Africa/Casablanca", "02:30", "2026-02-15", "2026-02-15T02:30:00+01:00"},
		{"Casablanca takes it up again", "Africa/Casablanca", "02:30", "2026-03-22", "2026-03-22T03:00:00+01:00"},
		{"Kathmandu moved by a quarter of an hour", "Asia/Kathmandu", "00:00", "1986-01-01", "1986-01-01T00:15:00+05:45"},
		{"Sao Paulo jumps over midnight", "America/Sao_Paulo", "00:00", "2018-11-04", "2018-11-04T01:00:00-02:00"},
		{"Sao Paulo has 23:59 twice", "America/Sao_Paulo", "23:59", "2018-02-17", "2018-02-17T23:59:00-02:00"},
		{"Sao Paulo's midnight after it", "America/Sao_Paulo", "00:00", "2018-02-18", "2018-02-18T00:00:00-03:00"},
		{"Chatham jumps over 03:00", "Pacific/Chatham", "03:00", "2026-09-27", "2026-09-27T03:45:00+13:45"},
		{"Chatham's 02:30 is before the jump", "Pacific/Chatham", "02:30", "2026-09-27", "2026-09-27T02:30:00+12:45"},
		{"Chatham has 03:00 twice", "Pacific/Chatham", "03:00", "2026-04-05", "2026-04-05T03:00:00+13:45"},
		{"UTC never changes", "UTC", "02:30", "2026-03-29", "2026-03-29T02:30:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, spec := range []digest.CadenceSpec{
				{Kind: Daily, At: c.at, Zone: c.zone},
				{Kind: strings.TrimPrefix(c.at[3:], "0") + " " + strings.TrimPrefix(c.at[:2], "0") + " * * *", Zone: c.zone, Covers: "day"},
			} {
				cadence := parse(t, spec)
				day := date(t, c.day)
				from, exists := day.Start(cadence.Location())
				to, _ := day.AddDays(1).Start(cadence.Location())
				var got []string
				for _, d := range cadence.Between(from.Add(-time.Nanosecond), to.Add(-time.Nanosecond)) {
					got = append(got, d.At.Format(time.RFC3339))
				}
				if strings.Join(got, " ") != c.want {
					t.Errorf("%q is due at %q, want %q", spec.Kind, got, c.want)
				}
				if !exists && c.want != "" {
					t.Error("a date that does not exist has no due")
				}
			}
		})
	}
}

func TestAWeekWhoseDueDateWasSkippedIsDueRightAfterIt(t *testing.T) {
	t.Parallel()
	cadence := parse(t, digest.CadenceSpec{Kind: Weekly, At: "fri 09:00", Zone: "Pacific/Apia", WeekStart: time.Monday})
	from, _ := date(t, "2011-12-20").Start(cadence.Location())
	var got []string
	for _, d := range cadence.Due(from, 3) {
		got = append(got, d.At.Format(time.RFC3339)+" "+dates(d.Period))
	}
	want := "2011-12-23T09:00:00-10:00 2011-12-12..2011-12-18 | 2011-12-31T00:00:00+14:00 2011-12-19..2011-12-25 | 2012-01-06T09:00:00+14:00 2011-12-26..2012-01-01"
	if strings.Join(got, " | ") != want {
		t.Errorf("got %q", got)
	}
}

func TestTheDayAfterASkippedDateCoversTheDayBeforeIt(t *testing.T) {
	t.Parallel()
	cadence := parse(t, digest.CadenceSpec{Kind: Daily, At: "09:00", Zone: "Pacific/Apia"})
	from, _ := date(t, "2011-12-30").Start(cadence.Location())
	d := cadence.Due(from, 1)[0]
	if d.At.Format(time.RFC3339) != "2011-12-31T09:00:00+14:00" || d.Period.First() != date(t, "2011-12-29") || d.Period.Hours() != 24 ||
		!d.Previous.To.Equal(d.Period.From) {
		t.Errorf("got %s %s of %v hours after %s", d.At, dates(d.Period), d.Period.Hours(), dates(d.Previous))
	}
}

func TestAnHourlyExpressionFiresOnceWhereHoursAreSkippedOrRepeated(t *testing.T) {
	t.Parallel()
	cadence := parse(t, digest.CadenceSpec{Kind: "0 1-4 * * *", Zone: "Europe/Berlin", Covers: "day"})
	for day, want := range map[string]string{
		"2026-03-29": "01:00+01:00 03:00+02:00 04:00+02:00",             // 02:00 becomes 03:00, which is due anyway
		"2026-10-25": "01:00+02:00 02:00+02:00 03:00+01:00 04:00+01:00", // the second 02:00 is silent
	} {
		from, _ := date(t, day).Start(cadence.Location())
		var got []string
		for _, d := range cadence.Between(from, from.Add(12*time.Hour)) {
			got = append(got, d.At.Format("15:04-07:00"))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("on %s due at %q, want %q", day, got, want)
		}
	}
}

func TestTheEndOfALeapYearFarAheadHasItsDues(t *testing.T) {
	t.Parallel()
	cadence := parse(t, digest.CadenceSpec{Kind: Daily, At: "23:59", Zone: "Europe/Berlin"})
	from, _ := date(t, "2040-12-30").Start(cadence.Location())
	var got []string
	for _, d := range cadence.Due(from, 3) {
		got = append(got, d.At.Format(time.RFC3339))
	}
	if strings.Join(got, " ") != "2040-12-30T23:59:00+01:00 2040-12-31T23:59:00+01:00 2041-01-01T23:59:00+01:00" {
		t.Errorf("due at %q", got)
	}
}

func TestTheLatestClosedPeriodIsKnownBeforeAndAfterItsDue(t *testing.T) {
	t.Parallel()
	cadence := parse(t, digest.CadenceSpec{Kind: Weekly, At: "mon 08:00", Zone: "Europe/Berlin", WeekStart: time.Monday})
	for now, want := range map[string]string{
		"2026-03-29T23:59:59+02:00": "2026-03-16..2026-03-22", // Sunday: the week still runs
		"2026-03-30T00:00:00+02:00": "2026-03-23..2026-03-29", // over, due in eight hours
		"2026-03-30T08:00:00+02:00": "2026-03-23..2026-03-29",
		"2026-04-03T08:00:00+02:00": "2026-03-23..2026-03-29",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := cadence.Closed(at); !ok || dates(d.Period) != want {
			t.Errorf("at %s the closed one is %s, want %s", now, dates(d.Period), want)
		}
	}
	if d, err := cadence.Beginning(date(t, "2026-03-23")); err != nil || d.At.Format(time.RFC3339) != "2026-03-30T08:00:00+02:00" {
		t.Errorf("the week from 23 March is due %s, %v", d.At, err)
	}
	if _, err := cadence.Beginning(date(t, "2026-03-24")); err == nil || !strings.Contains(err.Error(), "one begins on 2026-03-23, the next on 2026-03-30") {
		t.Errorf("the error is %v", err)
	}
}

func parse(t testing.TB, spec digest.CadenceSpec) *Cadence {
	t.Helper()
	c, err := Parse(spec, "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func date(t testing.TB, s string) digest.Date {
	t.Helper()
	d, err := digest.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func dates(p digest.Period) string { return p.First().String() + ".." + p.Last().String() }
