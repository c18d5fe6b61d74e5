package editor

import (
	"testing"
	"time"

	"fortnight/digest"
)

func TestAStretchIsTheFewestDaysInARowThatHoldTwoThirds(t *testing.T) {
	for _, c := range []struct {
		name  string
		days  []float64
		first time.Weekday
		n     int
		part  float64
		found bool
	}{
		{"Tuesday to Friday hold 109 of 150", []float64{11, 29, 28, 24, 28, 17, 13}, time.Tuesday, 4, 109, true},
		{"one day holds nearly all", []float64{0, 40, 1, 0, 0, 0, 0}, time.Tuesday, 1, 40, true},
		{"of two equal pairs the earlier", []float64{0, 5, 5, 0, 0, 0, 0}, time.Tuesday, 2, 10, true},
		{"an even week has none", []float64{5, 5, 5, 5, 5, 5, 5}, 0, 0, 0, false},
		{"a week of zeros has none", []float64{0, 0, 0, 0, 0, 0, 0}, 0, 0, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			days, part, ok := stretch(byDay("current", c.days...))
			if ok != c.found || len(days) != c.n || part != c.part || (ok && days[0].At.Weekday() != c.first) {
				t.Errorf("got %d days with %v (%v) from %v", len(days), part, ok, days)
			}
		})
	}
}

func TestAGapEndsARun(t *testing.T) {
	if consecutive(filled(byDay("current", 1, -1, 1))) {
		t.Error("Monday and Wednesday are taken for a run")
	}
}

func TestThePeriodIsCalledWhatItsDatesAre(t *testing.T) {
	for _, c := range []struct{ from, to, before, want string }{
		{"2026-03-02", "2026-03-09", "2026-02-23", "week"},
		{"2026-03-02", "2026-03-03", "2026-03-01", "day"},
		{"2026-03-01", "2026-04-01", "2026-02-01", "month"},
		{"2026-03-01", "2026-04-01", "2026-01-29", "period"}, // by hand: as many days before
		{"2026-03-01", "2026-03-16", "2026-02-15", "period"},
	} {
		date := func(s string) digest.Date { d, _ := digest.ParseDate(s); return d }
		var s digest.Snapshot
		s.Period, _ = digest.NewPeriod(date(c.from), date(c.to), time.UTC)
		s.Previous, _ = digest.NewPeriod(date(c.before), date(c.from), time.UTC)
		if got := spanOf(s); got != c.want {
			t.Errorf("%s to %s after %s is a %s, want %s", c.from, c.to, c.before, got, c.want)
		}
	}
}
