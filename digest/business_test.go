package digest

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func weekdays(opens, closes int, days ...time.Weekday) (windows []Window) {
	for _, d := range days {
		windows = append(windows, Window{d, opens, closes})
	}
	return windows
}

func everyDay(opens, closes int) []Window { return weekdays(opens, closes, 0, 1, 2, 3, 4, 5, 6) }

// officeHours are Monday to Friday, 9 to 17.
func officeHours(zone string) Hours {
	return Hours{Zone: zone, Windows: weekdays(9*60, 17*60, 1, 2, 3, 4, 5)}
}

func calendar(t interface{ Fatal(...any) }, h Hours) *Calendar {
	c, err := h.In("UTC")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func clock(t interface{ Fatal(...any) }, c *Calendar, local string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", local, c.Location())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAnHourOfBusinessFromFridayHalfPastFourEndsOnMondayAtHalfPastNine(t *testing.T) {
	t.Parallel()
	c := calendar(t, officeHours("America/New_York"))
	got, ok := c.After(clock(t, c, "2020-03-20 16:30"), time.Hour)
	if want := clock(t, c, "2020-03-23 09:30"); !ok || !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBusinessTimeBetweenTwoInstants(t *testing.T) {
	t.Parallel()
	office, always := officeHours("Europe/Berlin"), Hours{Zone: "Europe/Berlin", Windows: everyDay(0, midnight)}
	night := Hours{Zone: "Europe/Berlin", Windows: weekdays(22*60, 6*60, time.Saturday)}
	split := Hours{Zone: "Europe/Berlin", Windows: append(weekdays(9*60, 12*60, time.Monday), weekdays(13*60, 17*60, time.Monday)...)}
	holiday := officeHours("Europe/Berlin")
	holiday.Holidays = []Date{{2026, time.April, 3}, {2026, time.April, 6}} // Good Friday, Easter Monday
	for _, x := range []struct {
		name     string
		h        Hours
		from, to string
		want     time.Duration
	}{
		{"inside a window", office, "2026-03-23 10:00", "2026-03-23 10:25", 25 * time.Minute},
		{"from before it opens to after it closes", office, "2026-03-23 06:00", "2026-03-23 23:00", 8 * time.Hour},
		{"over a weekend", office, "2026-03-20 16:00", "2026-03-23 10:00", 2 * time.Hour},
		{"outside hours alone", office, "2026-03-20 17:00", "2026-03-23 09:00", 0},
		{"over holidays", holiday, "2026-04-02 16:00", "2026-04-07 10:00", 2 * time.Hour},
		{"over a midday break", split, "2026-03-23 11:30", "2026-03-23 13:30", time.Hour},
		{"a day of 23 hours, always open", always, "2026-03-29 00:00", "2026-03-30 00:00", 23 * time.Hour},
		{"a day of 25 hours, always open", always, "2026-10-25 00:00", "2026-10-26 00:00", 25 * time.Hour},
		{"a night in which the clocks go forward", night, "2026-03-28 12:00", "2026-03-29 12:00", 7 * time.Hour},
		{"a night in which they go back", night, "2026-10-24 12:00", "2026-10-25 12:00", 9 * time.Hour},
		{"past midnight, from midnight on", night, "2026-03-22 00:00", "2026-03-22 12:00", 6 * time.Hour},
		{"ten years", office, "2016-01-04 00:00", "2026-01-05 00:00", 522 * 5 * 8 * time.Hour}, // 522 whole weeks
		{"backwards", office, "2026-03-23 12:00", "2026-03-23 11:00", 0},
		{"no window", Hours{Zone: "Europe/Berlin"}, "2026-03-23 00:00", "2026-04-23 00:00", 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := calendar(t, x.h)
			if got := c.Between(clock(t, c, x.from), clock(t, c, x.to)); got != x.want {
				t.Errorf("got %s, want %s", got, x.want)
			}
		})
	}
}

func TestADateThatTheZoneSkippedHasNoHours(t *testing.T) {
	t.Parallel()
	c := calendar(t, Hours{Zone: "Pacific/Apia", Windows: everyDay(9*60, 17*60)})
	skipped := Date{2011, time.December, 30} // a Friday
	if got := c.Windows(skipped); got != nil {
		t.Errorf("open on it: %v", got)
	}
	if _, ok := c.LastClosing(skipped); ok {
		t.Error("it closes")
	}
	if got := c.Between(clock(t, c, "2011-12-29 00:00"), clock(t, c, "2012-01-01 00:00")); got != 16*time.Hour {
		t.Errorf("Thursday and Saturday have %s", got)
	}
	closings, ok := c.NextClosings(clock(t, c, "2011-12-29 12:00"), 2)
	if !ok || !closings[1].Equal(clock(t, c, "2011-12-31 17:00")) {
		t.Errorf("the open day after Thursday closes at %s", closings)
	}
}

func TestWhenACalendarOpensAndCloses(t *testing.T) {
	t.Parallel()
	h := officeHours("America/New_York")
	h.Windows = append(h.Windows, Window{time.Saturday, 20 * 60, 2 * 60}, Window{time.Monday, 18 * 60, 20 * 60})
	h.Holidays = []Date{{2020, time.March, 24}}
	c := calendar(t, h)
	at := func(s string) time.Time { return clock(t, c, s) }
	for local, open := range map[string]bool{
		"2020-03-23 09:00": true, "2020-03-23 08:59": false, "2020-03-23 17:00": false, "2020-03-23 18:00": true, "2020-03-24 12:00": false,
		"2020-03-28 19:59": false, "2020-03-29 01:59": true, "2020-03-29 02:00": false,
	} {
		if c.IsOpen(at(local)) != open {
			t.Errorf("open at %s: %v", local, !open)
		}
	}
	for from, want := range map[string]string{
		"2020-03-23 10:00": "2020-03-23 10:00", "2020-03-23 17:00": "2020-03-23 18:00", "2020-03-23 20:00": "2020-03-25 09:00", "2020-03-29 02:00": "2020-03-30 09:00",
	} {
		if got, ok := c.NextOpening(at(from)); !ok || !got.Equal(at(want)) {
			t.Errorf("from %s it opens at %s, want %s", from, got, want)
		}
	}
	for date, want := range map[string]string{"2020-03-23": "2020-03-23 20:00", "2020-03-24": "", "2020-03-28": "2020-03-29 02:00", "2020-03-29": ""} {
		d, err := ParseDate(date)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := c.LastClosing(d)
		if ok != (want != "") || ok && !got.Equal(at(want)) {
			t.Errorf("%s closes at %s (%v), want %q", date, got, ok, want)
		}
	}
	closings, ok := c.NextClosings(at("2020-03-22 12:00"), 3) // Sunday: Monday counts, then Wednesday, for Tuesday is a holiday
	if !ok || !slices.EqualFunc(closings, []time.Time{at("2020-03-23 20:00"), at("2020-03-25 17:00"), at("2020-03-26 17:00")}, time.Time.Equal) {
		t.Errorf("closings: %v", closings)
	}
	closings, ok = c.ClosingsBefore(at("2020-03-25 17:00"), 2)
	if !ok || !slices.EqualFunc(closings, []time.Time{at("2020-03-25 17:00"), at("2020-03-23 20:00")}, time.Time.Equal) {
		t.Errorf("closings before: %v", closings)
	}
	never := calendar(t, Hours{})
	if _, ok := never.NextOpening(at("2020-03-23 00:00")); ok {
		t.Error("a calendar without windows opens")
	}
	if _, ok := never.After(at("2020-03-23 00:00"), time.Second); ok {
		t.Error("and has a second")
	}
}

func TestADayThatEndsWhileTheDayBeforeIsStillOpenHasNoClosingOfItsOwn(t *testing.T) {
	t.Parallel()
	c := calendar(t, Hours{Zone: "UTC", Windows: []Window{{time.Friday, 20 * 60, 4 * 60}, {time.Saturday, 60, 2 * 60}}})
	if at, ok := c.LastClosing(Date{2020, time.March, 27}); !ok || !at.Equal(clock(t, c, "2020-03-28 04:00")) {
		t.Errorf("Friday closes at %s (%v)", at, ok)
	}
	if at, ok := c.LastClosing(Date{2020, time.March, 28}); ok {
		t.Errorf("Saturday closes at %s", at)
	}
	if got := c.Between(clock(t, c, "2020-03-27 00:00"), clock(t, c, "2020-03-29 00:00")); got != 8*time.Hour {
		t.Errorf("both have %s, want the 8 hours of Friday's window", got)
	}
}

func TestAWeekOfUnderAnOpenHourIsAPlaceholder(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name        string
		windows     []Window
		weekly      time.Duration
		placeholder bool
	}{
		{"one minute a day", everyDay(60, 61), 7 * time.Minute, true},
		{"59 minutes", []Window{{time.Monday, 0, 59}}, 59 * time.Minute, true},
		{"an hour", []Window{{time.Monday, 0, 60}}, time.Hour, false},
		{"one window twice", []Window{{time.Monday, 0, 59}, {time.Monday, 0, 59}}, 59 * time.Minute, true},
		{"past midnight, and past the week's end", []Window{{time.Saturday, 23 * 60, 60}}, 2 * time.Hour, false},
		{"always", everyDay(0, midnight), 168 * time.Hour, false},
		{"always, by windows that close as they open", everyDay(540, 540), 168 * time.Hour, false},
		{"none", nil, 0, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			h := Hours{Windows: x.windows}
			if h.Weekly() != x.weekly || h.Placeholder() != x.placeholder {
				t.Errorf("%s, %v; want %s, %v", h.Weekly(), h.Placeholder(), x.weekly, x.placeholder)
			}
		})
	}
}

func TestHoursThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]Hours{
		"a zone that does not exist": {Zone: "Mars/Base", Windows: everyDay(0, 60)}, "the machine's own zone": {Zone: "Local"},
		"an eighth day": {Windows: []Window{{7, 0, 60}}}, "opens at 24:00": {Windows: []Window{{0, midnight, 60}}}, "closes after 24:00": {Windows: []Window{{0, 60, 1441}}},
	} {
		if _, err := h.In("UTC"); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestHoursAreTheSameAfterAWayThroughJSON(t *testing.T) {
	t.Parallel()
	h := officeHours("Europe/Berlin")
	h.Holidays = []Date{{2026, time.December, 25}}
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	var back Hours
	if err := json.Unmarshal(text, &back); err != nil || fmt.Sprint(back) != fmt.Sprint(h) {
		t.Errorf("%s became %v (%v)", text, back, err)
	}
}

// Zones that change their clocks by an hour, by half an hour, at midnight, by a day, and never.
var businessZones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
	"Pacific/Apia", "Pacific/Chatham", "Africa/Cairo", "Africa/Casablanca", "Asia/Tehran", "Asia/Gaza", "Antarctica/Troll", "Europe/Lisbon",
}

func anyHours(t *rapid.T) Hours {
	h := Hours{Zone: rapid.SampledFrom(businessZones).Draw(t, "zone")}
	for range rapid.IntRange(0, 10).Draw(t, "windows") {
		opens := rapid.SampledFrom([]int{0, 1, 60, 90, 120, 150, 180, 540, 780, 1380, 1439}).Draw(t, "opens")
		closes := rapid.SampledFrom([]int{0, 1, 60, 90, 120, 150, 180, 540, 1020, 1439, midnight}).Draw(t, "closes")
		h.Windows = append(h.Windows, Window{time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")), opens, closes})
	}
	return h
}

// anyChange is a date near a change of the zone's clocks, or any other.
func anyChange(t *rapid.T, loc *time.Location) Date {
	d := Date{2008, time.January, 1}.AddDays(rapid.IntRange(0, 20*365).Draw(t, "days since 2008"))
	if rapid.Bool().Draw(t, "at a change") {
		start, _ := d.Start(loc)
		if _, end := start.ZoneBounds(); !end.IsZero() && end.Year() < 2037 {
			d = DateOf(end.In(loc)).AddDays(rapid.IntRange(-2, 2).Draw(t, "beside it"))
		}
	}
	return d
}

func anyInstant(t *rapid.T, loc *time.Location, name string) time.Time {
	start, _ := anyChange(t, loc).Start(loc)
	return start.Add(time.Duration(rapid.IntRange(0, 36*60*60).Draw(t, name)) * time.Second)
}

func TestBusinessTimeIsAdditiveMonotoneAndNeverAboveWallTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHours(t)
		c := calendar(t, h)
		h.Holidays = []Date{anyChange(t, c.Location()), anyChange(t, c.Location())}
		c = calendar(t, h)
		at := []time.Time{anyInstant(t, c.Location(), "a"), anyInstant(t, c.Location(), "b"), anyInstant(t, c.Location(), "c")}
		slices.SortFunc(at, time.Time.Compare)
		ab, bc, ac := c.Between(at[0], at[1]), c.Between(at[1], at[2]), c.Between(at[0], at[2])
		switch {
		case ab+bc != ac:
			t.Fatalf("%s + %s is not %s", ab, bc, ac)
		case ab < 0 || bc < 0 || ac < ab || ac < bc:
			t.Fatalf("%s, %s, %s: less time for more", ab, bc, ac)
		case ac > at[2].Sub(at[0]):
			t.Fatalf("%s of %s", ac, at[2].Sub(at[0]))
		}
		if fresh := calendar(t, h).Between(at[0], at[2]); fresh != ac { // what was asked before makes no difference
			t.Fatalf("asked first it is %s, asked last %s", fresh, ac)
		}
	})
}

func TestBusinessTimeIsWallTimeWhereItIsAlwaysOpen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone, windows := rapid.SampledFrom(businessZones).Draw(t, "zone"), everyDay(0, midnight)
		if zone != "Pacific/Apia" && rapid.Bool().Draw(t, "closing as it opens") { // there a date is missing, and its window with it
			opens := rapid.IntRange(0, midnight-1).Draw(t, "opens")
			windows = everyDay(opens, opens)
		}
		c := calendar(t, Hours{Zone: zone, Windows: windows})
		a, b := anyInstant(t, c.Location(), "a"), anyInstant(t, c.Location(), "b")
		if b.Before(a) {
			a, b = b, a
		}
		if got := c.Between(a, b); got != b.Sub(a) {
			t.Fatalf("%s of %s between %s and %s", got, b.Sub(a), a, b)
		}
		if x, ok := c.After(a, b.Sub(a)); !ok || !x.Equal(b) {
			t.Fatalf("%s after %s is %s", b.Sub(a), a, x)
		}
	})
}

func TestTheEarliestInstantAfterABusinessTimeIsItsInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := calendar(t, anyHours(t))
		a := anyInstant(t, c.Location(), "a")
		d := time.Duration(rapid.IntRange(0, 72*60*60).Draw(t, "seconds")) * time.Second
		x, ok := c.After(a, d)
		if c.weekly == 0 {
			if ok && d > 0 {
				t.Fatalf("%s of a calendar that is never open ends at %s", d, x)
			}
			return
		}
		if !ok || c.Between(a, x) != d {
			t.Fatalf("%s after %s is %s (%v), which has %s", d, a, x, ok, c.Between(a, x))
		}
		if d > 0 && c.Between(a, x.Add(-time.Nanosecond)) >= d {
			t.Fatalf("%s after %s is earlier than %s", d, a, x)
		}
		b := anyInstant(t, c.Location(), "b")
		if between := c.Between(a, b); between > 0 {
			if x, ok := c.After(a, between); !ok || x.After(b) {
				t.Fatalf("%s after %s is %s (%v), though %s has it", between, a, x, ok, b)
			}
		}
	})
}

func TestOpeningsAndClosingsAgreeWithBusinessTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := calendar(t, anyHours(t))
		a := anyInstant(t, c.Location(), "a")
		if open := c.Between(a, a.Add(time.Nanosecond)) > 0; c.IsOpen(a) != open {
			t.Fatalf("open at %s: %v", a, !open)
		}
		opens, ok := c.NextOpening(a)
		if ok != (c.weekly > 0) {
			t.Fatalf("it opens: %v", ok)
		}
		if !ok {
			return
		}
		if !c.IsOpen(opens) || c.Between(a, opens) != 0 || c.IsOpen(a) != opens.Equal(a) {
			t.Fatalf("after %s it opens at %s", a, opens)
		}
		closings, ok := c.NextClosings(a, 3)
		if !ok {
			return // all windows are of a day that the clocks jump over
		}
		for i, x := range closings {
			if !x.After(a) || i > 0 && !x.After(closings[i-1]) || c.Between(x.Add(-time.Nanosecond), x) == 0 {
				t.Fatalf("closings after %s: %v", a, closings)
			}
		}
		back, ok := c.ClosingsBefore(closings[2], 3)
		if !ok || !back[0].Equal(closings[2]) || !back[1].Equal(closings[1]) || !back[2].Equal(closings[0]) {
			t.Fatalf("%v backwards are %v", closings, back)
		}
		d := DateOf(closings[0].In(c.Location()))
		at, ok := c.LastClosing(d)
		if !ok || !at.Equal(closings[0]) { // it was past midnight
			at, ok = c.LastClosing(d.AddDays(-1))
		}
		for back := 2; !ok && back < 4; back++ { // or a date is skipped between
			at, ok = c.LastClosing(d.AddDays(-back))
		}
		if !ok || !at.Equal(closings[0]) {
			t.Fatalf("%s is the last closing of no date near %s", closings[0], d)
		}
	})
}

// A minute is open where a clock on the wall, watched from the day before on, has come to a window's beginning and not yet to its end.
func TestTheWindowsOfADayAreThoseOfAClockThatIsWatched(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHours(t)
		c := calendar(t, h)
		loc := c.Location()
		middle := anyChange(t, loc)
		noon, _ := middle.Start(loc)
		noon = noon.Truncate(time.Minute)
		from, to := noon.Add(-30*time.Hour), noon.Add(54*time.Hour)
		reached := func(d Date, minute int) time.Time { // for the first time, watched from four days before
			want := d.AddDays(minute/midnight).String() + fmt.Sprintf(" %02d:%02d", minute%midnight/60, minute%60)
			at := from.Add(-80 * time.Hour)
			for at.In(loc).Format("2006-01-02 15:04") < want {
				at = at.Add(time.Minute)
			}
			return at
		}
		minutes := map[time.Time]bool{}
		for d := middle.AddDays(-3); d.Before(middle.AddDays(4)); d = d.AddDays(1) {
			if start, exists := d.Start(loc); !exists || start.IsZero() {
				continue
			}
			for _, w := range h.Windows {
				if w.Weekday != d.Weekday() {
					continue
				}
				closes := w.Closes
				if closes <= w.Opens {
					closes += midnight
				}
				for at, end := reached(d, w.Opens), reached(d, closes); at.Before(end); at = at.Add(time.Minute) {
					minutes[at.UTC()] = true
				}
			}
		}
		var open time.Duration
		for at := from; at.Before(to); at = at.Add(time.Minute) {
			if minutes[at.UTC()] {
				open += time.Minute
			}
			if minutes[at.UTC()] != c.IsOpen(at) {
				t.Fatalf("open at %s: %v", at.In(loc), c.IsOpen(at))
			}
		}
		if got := c.Between(from, to); got != open {
			t.Fatalf("%s between %s and %s, want %s", got, from.In(loc), to.In(loc), open)
		}
	})
}
