package scheduler

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// openings writes each as its week, with "a" for the archive, "l" where it is listed, and in brackets what its mail tells of.
func openings(all []digest.Opening) string {
	var words []string
	for _, o := range all {
		word := strings.TrimPrefix(o.Label, "SD-2026-")
		if o.Archive {
			word += "a"
		}
		if o.Listed {
			word += "l"
		}
		var told []string
		for _, p := range o.CatchUp {
			told = append(told, strings.TrimPrefix(Label("Support desk", p), "SD-2026-"))
		}
		if told != nil {
			word += fmt.Sprint(told)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestMissedPeriodsStandInTheNextMailUpToTheLimitAndOlderOnesInTheArchive(t *testing.T) {
	t.Parallel()
	march2 := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		lastDue time.Time
		catchUp int
		want    string
	}{
		{"two are listed by default", march2, 0, "W10a W11a W12al W13al W14[W13 W12]"},
		{"one, where the digest says so", march2, 1, "W10a W11a W12a W13al W14[W13]"},
		{"more than there are", march2, 9, "W10al W11al W12al W13al W14[W13 W12 W11 W10]"},
		{"a digest just switched on has the latest alone", time.Time{}, 0, "W14"},
		{"one is late", time.Date(2026, 3, 30, 6, 0, 0, 0, time.UTC), 0, "W14"},
		{"none", time.Date(2026, 4, 6, 6, 0, 0, 0, time.UTC), 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := monday8(1)
			s.LastDue, s.Config.CatchUp = c.lastDue, c.catchUp
			lacking := Lacking(s, parse(t, s.Config.Cadence), at("2026-04-08T12:00:00+02:00")())
			if got := openings(lacking); got != c.want {
				t.Errorf("lacking %q, want %q", got, c.want)
			}
			for i, o := range lacking {
				if latest := i == len(lacking)-1; o.ByHand == latest {
					t.Errorf("%s moves the mark: %v; only the latest does", o.Label, !o.ByHand)
				}
			}
		})
	}
}

func TestAnEndInTheMiddleOfOpeningLosesNoMissedPeriod(t *testing.T) {
	t.Parallel()
	now := at("2026-04-08T12:00:00+02:00")()
	for done := range 5 {
		r := &register{digests: []digest.Scheduled{monday8(1)}}
		cadence := parse(t, r.digests[0].Config.Cadence)
		for _, o := range Lacking(r.scheduled()[0], cadence, now)[:done] {
			if _, err := r.open(o); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := r.tick(now); err != nil {
				t.Fatal(err)
			}
		}
		if got := openings(r.opened); got != "W10a W11a W12al W13al W14[W13 W12]" {
			t.Errorf("after an end behind %d there are %q", done, got)
		}
	}
}

func TestADigestJustSwitchedOnIsDueNowAndNotLate(t *testing.T) {
	t.Parallel()
	s := monday8(1)
	s.Config.Jitter = time.Hour
	now := at("2026-04-08T12:00:00+02:00")()
	cadence := parse(t, s.Config.Cadence)
	if o := Lacking(s, cadence, now); o[len(o)-1].AtOnce || o[len(o)-1].Due.Equal(now) {
		t.Errorf("one that was on already: %+v", o[len(o)-1])
	}
	s.LastDue = time.Time{}
	o := Lacking(s, cadence, now)
	if len(o) != 1 || !o[0].Due.Equal(now) || !o[0].Start.Equal(now) || !o[0].AtOnce || o[0].Archive || dates(o[0].Period) != "2026-03-30..2026-04-05" {
		t.Fatalf("lacking %+v", o)
	}
	s.LastDue, s.Covered = o[0].Due, o[0].Period.To
	if next := Lacking(s, cadence, at("2026-04-13T07:59:00+02:00")()); len(next) != 0 {
		t.Errorf("before the next Monday it lacks %+v", next)
	}
	if next := Lacking(s, cadence, at("2026-04-13T08:00:00+02:00")()); len(next) != 1 || dates(next[0].Period) != "2026-04-06..2026-04-12" {
		t.Errorf("on the next Monday it lacks %+v", next)
	}
}

func TestAnExpressionDueManyTimesForAPeriodMakesOneEdition(t *testing.T) {
	t.Parallel()
	s := monday8(1)
	s.Config.Cadence = digest.CadenceSpec{Kind: "*/10 9-17 * * *", Covers: "day", Zone: "Europe/Berlin"}
	s.LastDue = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var got []string
	for _, o := range Lacking(s, parse(t, s.Config.Cadence), at("2026-03-03T12:00:00+01:00")()) {
		got = append(got, o.Due.Format("02 15:04")+" "+o.Period.First().String())
	}
	if want := "01 09:00 2026-02-28, 02 09:00 2026-03-01, 03 09:00 2026-03-02"; strings.Join(got, ", ") != want {
		t.Errorf("lacking %q", got)
	}
}

// Daily until Wednesday at 09:00, weekly until 13:00, then daily again: the daily due of 08:00 on Wednesday … is the mark's by noon.
func TestADayThatAChangeOfTheCadencePassedOverIsMadeUpFor(t *testing.T) {
	t.Parallel()
	daily := digest.CadenceSpec{Kind: Daily, At: "08:00", Zone: "Europe/Berlin", WeekStart: time.Monday}
	weekly := digest.CadenceSpec{Kind: Weekly, At: "wed 12:00", Zone: "Europe/Berlin", WeekStart: time.Monday}
	r := &register{digests: []digest.Scheduled{monday8(1)}}
	r.digests[0].LastDue = at("2026-03-09T08:00:00+01:00")()
	for _, step := range []struct {
		now     string
		cadence digest.CadenceSpec
	}{
		{"2026-03-10T08:00:00+01:00", daily},  // covers the 9th
		{"2026-03-11T07:00:00+01:00", weekly}, // not due yet
		{"2026-03-11T12:00:00+01:00", weekly}, // covers the 2nd to the 8th; the mark passes 08:00
		{"2026-03-11T13:00:00+01:00", daily},  // the 10th was due at 08:00
		{"2026-03-12T08:00:00+01:00", daily},
	} {
		r.digests[0].Config.Cadence = step.cadence
		if err := r.tick(at(step.now)()); err != nil {
			t.Fatal(err)
		}
	}
	if got := openings(r.opened); got != "03-09 W10 03-10 03-11" {
		t.Errorf("opened %q", got)
	}
}

func TestEachDigestBeginsAtAPlaceOfItsOwnWithinItsWindow(t *testing.T) {
	t.Parallel()
	const window = 10 * time.Minute
	quarters := [4]int{}
	for i := range 1000 {
		name := fmt.Sprintf("desk-%d/weekly", i)
		j := Jitter(name, window)
		if j < 0 || j >= window || j != Jitter(name, window) {
			t.Fatalf("%s begins %s after its due", name, j)
		}
		quarters[j*4/window]++
	}
	for _, n := range quarters {
		if n < 200 || n > 300 {
			t.Errorf("of 1000 digests %v begin in each quarter of the window", quarters)
			break
		}
	}
	if Jitter("desk/weekly", 0) != 0 {
		t.Error("without a window a digest begins at its due")
	}
	s := monday8(1)
	s.Config.Jitter = window
	o := Lacking(s, parse(t, s.Config.Cadence), at("2026-03-09T08:00:00+01:00")())
	if len(o) != 1 || !o[0].Start.Equal(o[0].Due.Add(Jitter("desk/weekly", window))) || o[0].Start.Equal(o[0].Due) {
		t.Errorf("lacking %+v", o)
	}
}
