package console

import (
	"testing"
	"time"

	"fortnight/digest"
)

// is fails where a text is another than was computed by hand.
func is(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %q, not %q", what, got, want)
	}
}

func theClock() clock {
	return clockOf(digest.Project{Zone: "Europe/Berlin"}, wednesday)
}

func TestInstantsArePrintedInTheProjectsZoneWithTheYearWhereItIsAnother(t *testing.T) {
	c := theClock()
	is(t, "the head", c.long(), "Wednesday 25 March 2026, 10:42 in Berlin")
	is(t, "an instant in UTC", c.moment(time.Date(2026, 3, 24, 15, 0, 0, 0, time.UTC)), "Tue 24 Mar 16:00")
	is(t, "one of last year", c.moment(march(24, 16, 0).AddDate(-1, 0, 0)), "Mon 24 Mar 2025 16:00")
	is(t, "one with seconds", c.exact(march(30, 8, 0).Add(4*time.Second)), "Mon 30 Mar 08:00:04")
	is(t, "yesterday", c.lately(march(24, 17, 0)), "Tue 17:00")
	is(t, "four days ago", c.lately(march(21, 16, 0)), "Sat 16:00")
	is(t, "five days ago", c.lately(march(20, 16, 0)), "Fri 20 Mar")
	is(t, "in two days", c.lately(march(27, 16, 0)), "Fri 16:00")
	is(t, "in five days", c.lately(march(30, 8, 0)), "Mon 08:00")
	is(t, "in six days", c.lately(march(31, 8, 0)), "Tue 31 Mar")
	is(t, "a zone that there is not", clockOf(digest.Project{Zone: "Europe/Nowhere"}, wednesday).long(), "Wednesday 25 March 2026, 09:42 in UTC")
	is(t, "a place of two words", clockOf(digest.Project{Zone: "America/New_York"}, wednesday).place(), "New York")
}

func TestPeriodsArePrintedAsTheirDays(t *testing.T) {
	c := theClock()
	day := func(y int, m time.Month, d int) digest.Date { return digest.Date{Year: y, Month: m, Day: d} }
	for _, x := range []struct {
		name           string
		from, to       digest.Date
		span, contract string
	}{
		{"a week", day(2026, 3, 16), day(2026, 3, 22), "16–22 Mar", "Mon 16 – Sun 22 Mar 2026"},
		{"over the end of a month", day(2026, 2, 27), day(2026, 3, 4), "27 Feb – 4 Mar", "Fri 27 Feb – Wed 4 Mar 2026"},
		{"a day", day(2026, 3, 24), day(2026, 3, 24), "Tue 24 Mar", "Tue 24 Mar 2026"},
		{"over the end of a year", day(2025, 12, 29), day(2026, 1, 4), "29 Dec 2025 – 4 Jan 2026", "Mon 29 Dec 2025 – Sun 4 Jan 2026"},
		{"of another year", day(2025, 3, 3), day(2025, 3, 9), "3–9 Mar 2025", "Mon 3 – Sun 9 Mar 2025"},
	} {
		is(t, x.name, c.span(period(x.from, x.to)), x.span)
		is(t, x.name+", in full", contract(period(x.from, x.to)), x.contract)
	}
}

func TestLengthsOfTimeHaveTwoPartsAtMost(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"25 h 43 min": 25*time.Hour + 43*time.Minute,
		"4 h":         4*time.Hour + 20*time.Second,
		"1 h":         time.Hour - 20*time.Second,
		"43 min":      43 * time.Minute,
		"12 s":        12 * time.Second,
		"3 d 2 h":     74 * time.Hour,
		"1,000 d":     24000 * time.Hour,
	} {
		is(t, d.String(), lasting(d), want)
	}
	is(t, "a week", hours(168), "168 h")
	is(t, "a week on Lord Howe", hours(167.5), "167.5 h")
	is(t, "a short try", took(437*time.Millisecond), "0.4 s")
	is(t, "a long one", took(3*time.Minute), "3 min")
}

func TestSentencesBeginAndEndAsSuch(t *testing.T) {
	is(t, "an error", sentence("the source\nrefused  the password"), "The source refused the password.")
	is(t, "a question", sentence("what?"), "What?")
	is(t, "nothing", sentence("  "), "")
	is(t, "an umlaut", sentence("über"), "Über.")
	if n := len([]rune(sentence(string(make([]rune, 5000)) + "x"))); n > 302 {
		t.Errorf("a sentence of %d letters", n)
	}
	is(t, "a list", listing([]string{"a", "b", "c"}), "a, b and c")
	is(t, "three", spelled(3), "three")
	is(t, "many", spelled(1391), "1,391")
	is(t, "lowered", lowered("The server"), "the server")
	is(t, "a name in capitals", lowered("TLS is wanted."), "TLS is wanted.")
}
