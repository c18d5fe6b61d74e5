package scheduler

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fortnight/digest"
)

// theOffice is open Monday to Friday 9 to 17, Thursday again 18 to 20, and Saturday 20:00 to 02:00; closed on Tuesday 24 March 2020.
func theOffice(zone string) digest.Hours {
	h := digest.Hours{Zone: zone, Holidays: []digest.Date{{Year: 2020, Month: time.March, Day: 24}}}
	for day := time.Monday; day <= time.Friday; day++ {
		h.Windows = append(h.Windows, digest.Window{Weekday: day, Opens: 9 * 60, Closes: 17 * 60})
	}
	h.Windows = append(h.Windows, digest.Window{Weekday: time.Thursday, Opens: 18 * 60, Closes: 20 * 60}, digest.Window{Weekday: time.Saturday, Opens: 20 * 60, Closes: 2 * 60})
	return h
}

func closing(zone, at string) digest.CadenceSpec {
	h := theOffice(zone)
	return digest.CadenceSpec{Kind: CloseOfBusiness, At: at, Zone: "UTC", Hours: &h}
}

func TestTheCloseOfBusinessIsTheLastClosingOfEachOpenDayAndCoversThatDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, at, zone, from string
		want                 []string // due, the day covered, the open day before
	}{
		{"a week with a holiday, a late Thursday and a night", "", "America/New_York", "2020-03-23", []string{
			"2020-03-23T17:00:00-04:00 2020-03-23 2020-03-21", "2020-03-25T17:00:00-04:00 2020-03-25 2020-03-23", "2020-03-26T20:00:00-04:00 2020-03-26 2020-03-25",
			"2020-03-27T17:00:00-04:00 2020-03-27 2020-03-26", "2020-03-29T02:00:00-04:00 2020-03-28 2020-03-27", "2020-03-30T17:00:00-04:00 2020-03-30 2020-03-28",
		}},
		{"a set hour, on open days alone", "17:30", "America/New_York", "2020-03-23", []string{
			"2020-03-23T17:30:00-04:00 2020-03-23 2020-03-21", "2020-03-25T17:30:00-04:00 2020-03-25 2020-03-23", "2020-03-26T17:30:00-04:00 2020-03-26 2020-03-25",
			"2020-03-27T17:30:00-04:00 2020-03-27 2020-03-26", "2020-03-28T17:30:00-04:00 2020-03-28 2020-03-27", "2020-03-30T17:30:00-04:00 2020-03-30 2020-03-28",
		}},
		{"clocks go back half an hour in the night", "", "Australia/Lord_Howe", "2026-04-04", []string{ // at 02:00 they show 01:30: the first 02:00 that they show is half an hour later
			"2026-04-05T02:00:00+10:30 2026-04-04 2026-04-03", "2026-04-06T17:00:00+10:30 2026-04-06 2026-04-04",
		}},
		{"clocks go forward over the closing", "", "Europe/Berlin", "2026-03-28", []string{
			"2026-03-29T03:00:00+02:00 2026-03-28 2026-03-27", "2026-03-30T17:00:00+02:00 2026-03-30 2026-03-28",
		}},
		{"a Friday that never was", "", "Pacific/Apia", "2011-12-29", []string{
			"2011-12-29T20:00:00-10:00 2011-12-29 2011-12-28", "2012-01-01T02:00:00+14:00 2011-12-31 2011-12-29",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cadence := parse(t, closing(c.zone, c.at))
			start, _ := date(t, c.from).Start(cadence.Location())
			for i, d := range cadence.Due(start, len(c.want)) {
				got := d.At.Format(time.RFC3339) + " " + d.Period.First().String() + " " + d.Previous.First().String()
				if got != c.want[i] {
					t.Errorf("%d: %s, want %s", i+1, got, c.want[i])
				}
				if len(d.Period.Days()) != 1 || len(d.Previous.Days()) != 1 {
					t.Errorf("%d: covers %d days, compared with %d", i+1, len(d.Period.Days()), len(d.Previous.Days()))
				}
			}
		})
	}
}

func TestADayClosesAndItsEditionMayBeMadeBeforeItIsOver(t *testing.T) {
	t.Parallel()
	cadence := parse(t, closing("America/New_York", ""))
	for now, want := range map[string]string{
		"2020-03-25T16:59:59-04:00": "2020-03-23..2020-03-23", "2020-03-25T17:00:00-04:00": "2020-03-25..2020-03-25", "2020-03-26T09:00:00-04:00": "2020-03-25..2020-03-25",
		"2020-03-29T01:59:59-04:00": "2020-03-27..2020-03-27", "2020-03-29T02:00:00-04:00": "2020-03-28..2020-03-28",
	} {
		instant := at(now)()
		d, ok := cadence.Closed(instant)
		if !ok || dates(d.Period) != want || !cadence.IsOver(d, instant) {
			t.Errorf("at %s the closed one is %s, want %s", now, dates(d.Period), want)
		}
		if next := (Due{At: cadence.Next(instant)}); cadence.IsOver(next, instant) {
			t.Errorf("at %s the next one is over", now)
		}
		if got := cadence.PeriodOf(d.At); got != d.Period {
			t.Errorf("the due at %s covers %s", d.At, dates(got))
		}
	}
	if d, err := cadence.Beginning(date(t, "2020-03-25")); err != nil || d.At.Format(time.RFC3339) != "2020-03-25T17:00:00-04:00" {
		t.Errorf("Wednesday is due %s, %v", d.At, err)
	}
	if _, err := cadence.Beginning(date(t, "2020-03-24")); err == nil || !strings.Contains(err.Error(), "one begins on 2020-03-23, the next on 2020-03-25") {
		t.Errorf("a holiday: %v", err)
	}
}

func TestWithoutHoursTheCloseOfBusinessSaysWhatToDo(t *testing.T) {
	t.Parallel()
	_, err := Parse(digest.CadenceSpec{Kind: "Close-of-Business", Zone: "UTC"}, "")
	var field *FieldError
	if !errors.As(err, &field) || field.Field != "cadence" || !strings.Contains(field.Fault, "set the project's hours") {
		t.Errorf("the error is %v", err)
	}
	wrong := digest.Hours{Zone: "Mars/Base", Windows: []digest.Window{{Weekday: 1, Opens: 0, Closes: 60}}}
	for at, spec := range map[string]digest.CadenceSpec{
		`at "5 pm": write HH:MM, such as "08:00", or leave it out`: {Kind: CloseOfBusiness, At: "5 pm", Zone: "UTC", Hours: closing("UTC", "").Hours},
		`cadence "close-of-business": the project's hours cannot`:  {Kind: CloseOfBusiness, Zone: "UTC", Hours: &wrong},
		`covers "day": leave it out`:                               {Kind: CloseOfBusiness, Covers: "day", Zone: "UTC", Hours: closing("UTC", "").Hours},
	} {
		if _, err := Parse(spec, ""); err == nil || !strings.HasPrefix(err.Error(), at) {
			t.Errorf("the error is %v, want %s", err, at)
		}
	}
	// What it is, and what readers may choose in its place, does not depend on them.
	longer, err := Longer(digest.CadenceSpec{Kind: CloseOfBusiness, Zone: "UTC"}, "")
	if err != nil || strings.Join(longer, " ") != "weekly every-2-weeks twice-monthly monthly every-2-months" {
		t.Errorf("longer are %v, %v", longer, err)
	}
	spec, err := ReaderCadence(digest.CadenceSpec{Kind: CloseOfBusiness, Zone: "Europe/Berlin", WeekStart: time.Monday}, Weekly, "")
	if err != nil || spec.At != "mon 08:00" || spec.Zone != "Europe/Berlin" {
		t.Errorf("readers get %+v, %v", spec, err)
	}
	spec, err = ReaderCadence(digest.CadenceSpec{Kind: CloseOfBusiness, At: "17:30", Zone: "Europe/Berlin", WeekStart: time.Monday}, Monthly, "")
	if err != nil || spec.At != "17:30" {
		t.Errorf("readers get %+v, %v", spec, err)
	}
}

func TestTheCloseOfBusinessInWords(t *testing.T) {
	t.Parallel()
	now := at("2020-03-23T12:00:00-04:00")()
	for hour, want := range map[string]string{
		"":      "every open day at its last closing, hours of America/New_York, covering that day; next Mon 23 Mar 2020 17:00 and Wed 25 Mar 2020 17:00",
		"17:30": "every open day at 17:30 America/New_York, covering that day; next Mon 23 Mar 2020 17:30 and Wed 25 Mar 2020 17:30",
	} {
		if got := parse(t, closing("America/New_York", hour)).Describe(now); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}

// closingDesk is a digest at the close of business whose schedule has dealt with Monday 23 March 2020.
func closingDesk(n int64) digest.Scheduled {
	p := digest.Project{Key: "desk", Name: "Support desk", Zone: "America/New_York", Hours: theOffice("")}
	return digest.Scheduled{
		Digest: n, Project: p, Config: digest.Config{Key: "evening", Active: true, Cadence: digest.CadenceSpec{Kind: CloseOfBusiness, Zone: p.Zone}},
		LastDue: at("2020-03-23T17:00:00-04:00")(),
	}
}

func TestTheEditionOfADayIsOpenedAsItCloses(t *testing.T) {
	t.Parallel()
	s := closingDesk(1)
	cadence := parse(t, s.Project.Timed(s.Config.Cadence))
	for now, want := range map[string]string{
		"2020-03-25T16:59:59-04:00": "",
		"2020-03-25T17:00:00-04:00": "2020-03-25",
		"2020-03-26T19:59:59-04:00": "2020-03-25",
		"2020-03-26T20:00:00-04:00": "2020-03-25al 2020-03-26[2020-03-25]",
	} {
		lacking := Lacking(s, cadence, at(now)())
		if got := strings.ReplaceAll(openings(lacking), "SD-", ""); got != want {
			t.Errorf("at %s it lacks %q, want %q", now, got, want)
		}
		for _, o := range lacking {
			if !o.AtOnce {
				t.Errorf("%s waits for an hour elsewhere, or for the end of its day", o.Label)
			}
		}
	}
	// With Wednesday's edition it lacks nothing until Thursday closes, also after the day is over.
	s.LastDue, s.Covered = at("2020-03-25T17:00:00-04:00")(), at("2020-03-26T00:00:00-04:00")()
	for _, now := range []string{"2020-03-25T17:00:01-04:00", "2020-03-26T00:00:01-04:00", "2020-03-26T19:59:59-04:00"} {
		if lacking := Lacking(s, cadence, at(now)()); len(lacking) != 0 {
			t.Errorf("at %s it lacks %s", now, openings(lacking))
		}
	}
}

func TestTheScheduleKnowsTheProjectsHours(t *testing.T) {
	t.Parallel()
	s := closingDesk(1)
	d := newDesk(t, s)
	ticking := d.scheduler(t, at("2020-03-25T17:00:00-04:00"))
	if err := ticking.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := ticking.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(d.opened) != 1 || d.opened[0].Label != "SD-2020-03-25" || !d.opened[0].Due.Before(d.opened[0].Period.To) {
		t.Errorf("opened %+v", d.opened)
	}
	s.Project.Hours = digest.Hours{}
	err := newDesk(t, s).scheduler(t, at("2020-03-25T17:00:00-04:00")).Tick(t.Context())
	if err == nil || !strings.Contains(err.Error(), "set the project's hours") {
		t.Errorf("without hours: %v", err)
	}
}

func TestClosingsGrowAndEachOpenDayHasOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := digest.Hours{Zone: rapid.SampledFrom(zones).Draw(t, "zone")}
		for range rapid.IntRange(1, 8).Draw(t, "windows") {
			h.Windows = append(h.Windows, digest.Window{
				Weekday: time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")),
				Opens:   rapid.SampledFrom([]int{0, 30, 60, 120, 150, 180, 540, 1200, 1439}).Draw(t, "opens"),
				Closes:  rapid.SampledFrom([]int{0, 30, 60, 120, 150, 180, 1020, 1439, 1440}).Draw(t, "closes"),
			})
		}
		first := anyDate(t)
		h.Holidays = []digest.Date{first.AddDays(rapid.IntRange(0, 20).Draw(t, "holiday")), first.AddDays(rapid.IntRange(0, 20).Draw(t, "another"))}
		spec := digest.CadenceSpec{Kind: CloseOfBusiness, Zone: "UTC", Hours: &h}
		if rapid.Bool().Draw(t, "set hour") {
			spec.At = rapid.SampledFrom([]string{"00:00", "02:30", "17:30", "23:59"}).Draw(t, "at")
		}
		c, err := Parse(spec, "")
		if err != nil {
			t.Fatal(err)
		}
		open, err := h.In("UTC")
		if err != nil {
			t.Fatal(err)
		}
		from, _ := first.Start(c.Location())
		dues := c.Due(from, 12)
		if len(dues) != 12 {
			t.Fatalf("%d dues", len(dues))
		}
		for i, d := range dues {
			day := d.Period.First()
			closes, opened := open.LastClosing(day)
			switch {
			case len(d.Period.Days()) != 1 || !opened:
				t.Fatalf("%s covers %v", d.At, d.Period)
			case spec.At == "" && !closes.Equal(d.At):
				t.Fatalf("%s closes at %s, not at %s", day, closes, d.At)
			case spec.At != "" && !d.Period.Contains(d.At):
				t.Fatalf("%s is not of %s", d.At, day)
			case !d.Previous.First().Before(day) || len(d.Previous.Days()) != 1:
				t.Fatalf("%s is compared with %v", day, d.Previous)
			}
			if last, ok := c.Last(d.At); !ok || last != d {
				t.Fatalf("the last due at %s is %v", d.At, last)
			}
			if again, err := c.Beginning(day); err != nil || again != d {
				t.Fatalf("the due of %s is %v (%v), want %v", day, again, err, d)
			}
			if over, ok := c.Closed(d.At); !ok || over != d || !c.IsOver(d, d.At) || c.IsOver(d, d.At.Add(-time.Nanosecond)) {
				t.Fatalf("as %s closes the closed one is %v", day, over)
			}
			if i == 0 {
				continue
			}
			before := dues[i-1]
			if !d.At.After(before.At) || !c.Next(before.At).Equal(d.At) || d.Previous != before.Period {
				t.Fatalf("%v does not follow %v", d, before)
			}
			for between := before.Period.First().AddDays(1); between.Before(day); between = between.AddDays(1) {
				if at, ok := open.LastClosing(between); ok {
					t.Fatalf("%s closes at %s and is left out", between, at)
				}
			}
		}
	})
}
