package scheduler

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fortnight/digest"
)

func TestReadersMayChooseWhatCoversMoreThanTheDigestDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, at, covers, biMonthly string
		want                        string
	}{
		{"daily", "08:00", "", "", "weekly every-2-weeks twice-monthly monthly every-2-months"},
		{"weekly", "mon 08:00", "", "", "every-2-weeks twice-monthly monthly every-2-months"},
		{"every-2-weeks", "mon 08:00", "", "", "twice-monthly monthly every-2-months"},
		{"twice-monthly", "08:00", "", "", "monthly every-2-months"},
		{"bi-monthly", "08:00", "", "", "monthly every-2-months"},
		{"bi-monthly", "08:00", "", "every-2-months", ""},
		{"monthly", "08:00", "", "", "every-2-months"},
		{"every-2-months", "08:00", "", "", ""},
		{"30 7 * * *", "", "day", "", "weekly every-2-weeks twice-monthly monthly every-2-months"},
		{"30 7 1 * *", "", "month", "", "every-2-months"},
	} {
		got, err := Longer(digest.CadenceSpec{Kind: c.kind, At: c.at, Covers: c.covers, Zone: "Europe/Berlin"}, c.biMonthly)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s %s: %v, %v", c.kind, c.biMonthly, got, err)
		}
	}
	if _, err := Longer(digest.CadenceSpec{Kind: "weekly"}, ""); err == nil {
		t.Error("a cadence that cannot be read has kinds that are longer")
	}
}

func TestAReadersCadenceHasTheHourTheZoneAndTheWeeksOfTheDigest(t *testing.T) {
	t.Parallel()
	weekly := digest.CadenceSpec{Kind: "weekly", At: "Tue 18:30", Zone: "America/New_York", WeekStart: time.Sunday}
	daily := digest.CadenceSpec{Kind: "daily", At: "7:05", Zone: "Europe/Berlin", WeekStart: time.Monday}
	cron := digest.CadenceSpec{Kind: "15,45 9-17 * * mon-fri", Covers: "day", Zone: "Europe/Berlin", WeekStart: time.Saturday}
	for _, c := range []struct {
		name       string
		spec       digest.CadenceSpec
		kind, bi   string
		want       digest.CadenceSpec
		next, from string // the first due after 18 March 2026, and the first day that it covers
	}{
		{"weekly to monthly", weekly, "monthly", "", digest.CadenceSpec{Kind: "monthly", At: "18:30", Zone: "America/New_York", WeekStart: time.Sunday}, "2026-04-01T18:30:00-04:00", "2026-03-01"},
		{
			"weekly to every other week, on the same weekday", weekly, "every-2-weeks", "",
			digest.CadenceSpec{Kind: "every-2-weeks", At: "tue 18:30", Zone: "America/New_York", WeekStart: time.Sunday, Anchor: digest.Date{Year: 1970, Month: 1, Day: 1}},
			"2026-03-31T18:30:00-04:00", "2026-03-15",
		},
		{"daily to weekly, when its week is over", daily, "weekly", "", digest.CadenceSpec{Kind: "weekly", At: "mon 07:05", Zone: "Europe/Berlin", WeekStart: time.Monday}, "2026-03-23T07:05:00+01:00", "2026-03-16"},
		{"an expression's first hour", cron, "weekly", "", digest.CadenceSpec{Kind: "weekly", At: "sat 09:15", Zone: "Europe/Berlin", WeekStart: time.Saturday}, "2026-03-21T09:15:00+01:00", "2026-03-14"},
		{"the alias", weekly, "Bi-Monthly ", "every-2-months", digest.CadenceSpec{Kind: "every-2-months", At: "18:30", Zone: "America/New_York", WeekStart: time.Sunday}, "2026-05-01T18:30:00-04:00", "2026-03-01"},
	} {
		got, err := ReaderCadence(c.spec, c.kind, c.bi)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.name, got, err)
			continue
		}
		due := parse(t, got).Due(time.Date(2026, 3, 18, 12, 0, 0, 0, time.UTC), 1)[0]
		if due.At.Format(time.RFC3339) != c.next || due.Period.First().String() != c.from {
			t.Errorf("%s: next %s from %s", c.name, due.At.Format(time.RFC3339), due.Period.First())
		}
	}
	for _, kind := range []string{"weekly", "daily", "0 8 * * *", "", "yearly"} {
		var fault *FieldError
		if _, err := ReaderCadence(weekly, kind, ""); !errors.As(err, &fault) || fault.Field != "readers.cadences" || !strings.Contains(fault.Fault, "every-2-weeks, twice-monthly, monthly, every-2-months") {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

// ofMonths is a weekly digest, scheduled for those of its readers who chose months on a date.
func ofMonths(t *testing.T, since string) digest.Scheduled {
	t.Helper()
	s := monday8(1)
	s.Cadence, s.LastDue = Monthly, at(since)()
	s, err := forReaders(s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheFirstEditionOfAChosenCadenceIsOfTheFirstPeriodToCloseAfterTheWish(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, wish, now, want string }{
		{"in mid-month, before it closes", "2026-03-18T10:00:00+01:00", "2026-04-01T07:59:00+02:00", ""},
		{"in mid-month, at the due", "2026-03-18T10:00:00+01:00", "2026-04-01T08:00:00+02:00", "03"},
		{"after the month has closed and before it is due", "2026-04-01T07:00:00+02:00", "2026-04-01T08:00:00+02:00", ""},
		{"a month later it is that of April", "2026-04-01T07:00:00+02:00", "2026-05-01T08:00:00+02:00", "04"},
		{"in the last second of March", "2026-03-31T23:59:59+02:00", "2026-04-01T08:00:00+02:00", "03"},
		{"nobody looked for three months", "2026-01-31T12:00:00+01:00", "2026-05-02T12:00:00+02:00", "01a 02al 03al 04[03 02]"},
	} {
		s := ofMonths(t, c.wish)
		if got := openings(Lacking(s, parse(t, s.Config.Cadence), at(c.now)())); got != c.want {
			t.Errorf("%s: lacking %q, want %q", c.name, got, c.want)
		}
	}
	unmarked := ofMonths(t, "2026-03-18T10:00:00+01:00")
	unmarked.LastDue = time.Time{}
	if got := Lacking(unmarked, parse(t, unmarked.Config.Cadence), at("2026-04-01T08:00:00+02:00")()); got != nil {
		t.Errorf("one that nobody is known to have chosen lacks %v", got)
	}
}

// Weekly readers had the week of 23 March, of 167 hours in Berlin; who chose months has March, of 743, in an edition of the same digest.
func TestAnOpeningForReadersSaysForWhichAndOfWhichCadence(t *testing.T) {
	t.Parallel()
	s := ofMonths(t, "2026-02-10T10:00:00+01:00")
	s.LastDue = at("2026-03-01T08:00:00+01:00")()
	all := Lacking(s, parse(t, s.Config.Cadence), at("2026-04-01T08:00:30+02:00")())
	if len(all) != 1 {
		t.Fatalf("lacking %v", all)
	}
	o := all[0]
	if o.Cadence != Monthly || o.Spec.Kind != Monthly || o.Spec.At != "08:00" || o.Label != "SD-2026-03" || o.AtOnce || o.ByHand ||
		o.Period.Hours() != 743 || o.Previous.Hours() != 28*24 || o.Due.Format(time.RFC3339) != "2026-04-01T08:00:00+02:00" {
		t.Errorf("opened is %+v", o)
	}
	weekly := monday8(1)
	weekly.LastDue = at("2026-03-23T08:00:00+01:00")()
	own := Lacking(weekly, parse(t, weekly.Config.Cadence), at("2026-03-30T08:00:00+02:00")())
	if len(own) != 1 || own[0].Cadence != "" || own[0].Spec != (digest.CadenceSpec{}) || own[0].Period.Hours() != 167 {
		t.Errorf("the digest's own is %+v", own)
	}
}

func TestACadenceThatTheDigestHasOutgrownIsAFaultAndKeepsNothingElseFromBeingOpened(t *testing.T) {
	t.Parallel()
	now := at("2026-04-06T08:00:00+02:00")
	d := newDesk(t)
	own, readers := monday8(1), monday8(1)
	own.LastDue = at("2026-03-30T08:00:00+02:00")()
	readers.Cadence, readers.LastDue = Daily, at("2026-03-01T00:00:00+01:00")()
	d.digests, d.now = []digest.Scheduled{readers, own}, now
	s := d.scheduler(t, now)
	var fault *FieldError
	if err := s.Tick(t.Context()); !errors.As(err, &fault) || fault.Field != "readers.cadences" {
		t.Errorf("the tick gives %v", err)
	}
	if got := openings(d.opened); got != "W14" {
		t.Errorf("opened %q", got)
	}
}

// Whatever cadence readers choose, whenever: its editions follow each other without a gap, and each is opened once.
func TestTheEditionsOfAChosenCadenceTouch(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"}
	rapid.Check(t, func(t *rapid.T) {
		own := digest.CadenceSpec{
			Kind: Weekly, At: fmt.Sprintf("%s %02d:30", rapid.SampledFrom([]string{"sun", "mon", "wed", "sat"}).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour")),
			Zone: rapid.SampledFrom(zones).Draw(t, "zone"), WeekStart: time.Weekday(rapid.IntRange(0, 6).Draw(t, "week start")),
		}
		longer, err := Longer(own, "")
		if err != nil {
			t.Fatal(err)
		}
		spec, err := ReaderCadence(own, rapid.SampledFrom(longer).Draw(t, "kind"), "")
		if err != nil {
			t.Fatal(err)
		}
		cadence, err := Parse(spec, "")
		if err != nil {
			t.Fatal(err)
		}
		wished := time.Unix(rapid.Int64Range(1.5e9, 2e9).Draw(t, "wish"), 0)
		s := digest.Scheduled{Digest: 1, Project: digest.Project{Key: "desk", Name: "Support desk"}, Config: digest.Config{Key: "weekly", Cadence: spec}, Cadence: spec.Kind, LastDue: wished}
		r := &register{digests: []digest.Scheduled{s}}
		now := wished
		for range rapid.IntRange(1, 12).Draw(t, "looks") {
			now = now.Add(time.Duration(rapid.IntRange(1, 60*24).Draw(t, "hours")) * time.Hour)
			for _, o := range Lacking(r.scheduled()[0], cadence, now) {
				_, _ = r.open(o)
			}
		}
		var last digest.Period
		for i, o := range r.opened {
			if o.Cadence != spec.Kind || !o.Period.To.After(wished) {
				t.Fatalf("%s of %v was opened for a wish of %s", o.Label, o.Period, wished)
			}
			if i > 0 && !o.Period.From.Equal(last.To) {
				t.Fatalf("after %v comes %v", last, o.Period)
			}
			last = o.Period
		}
		if len(r.opened) > 0 && slices.ContainsFunc(r.opened[:1], func(o digest.Opening) bool { return o.Previous.To.After(wished) }) {
			t.Fatalf("the first is %v, though the one before it closed after %s", r.opened[0].Period, wished)
		}
	})
}
