package digest

import (
	"fmt"
	"slices"
	"time"
)

// Hours are when a calendar is open.
type Hours struct {
	Zone     string   // IANA; "" means the project's
	Windows  []Window `json:",omitempty"` // none: there is no calendar
	Holidays []Date   `json:",omitempty"` // on which no window opens
}

// Window is open on a weekday from one minute of the day to another. One that closes at or before it opens runs past midnight; 1440
// is 24:00.
type Window struct {
	Weekday       time.Weekday
	Opens, Closes int
}

// midnight is 24:00 as a minute of the day.
const midnight = 24 * 60

// IsZero tells whether there is no calendar.
func (h Hours) IsZero() bool { return len(h.Windows) == 0 }

// Weekly is how long a week without a holiday and a change of clocks is open; windows that overlap count once.
func (h Hours) Weekly() time.Duration {
	const week = 7 * midnight
	var open [week]bool
	var minutes int
	for _, w := range h.Windows {
		start := int(w.Weekday)*midnight + w.Opens
		for i := range w.length() {
			if m := (start + i) % week; !open[m] {
				open[m] = true
				minutes++
			}
		}
	}
	return time.Duration(minutes) * time.Minute
}

// Placeholder tells a calendar that nobody can mean: one that is open for less than an hour a week, such as 01:00 to 01:01.
func (h Hours) Placeholder() bool { return !h.IsZero() && h.Weekly() < time.Hour }

// length is how many minutes the window is open on a day of 24 hours.
func (w Window) length() int {
	if w.Closes > w.Opens {
		return w.Closes - w.Opens
	}
	return w.Closes + midnight - w.Opens
}

// Check says what is wrong with the hours: a window outside 00:00 to 24:00 or of no known weekday, a zone that does not exist.
func (h Hours) Check() error {
	if h.Zone != "" {
		if _, err := time.LoadLocation(h.Zone); err != nil || h.Zone == "Local" {
			return fmt.Errorf("no such zone %q: write an IANA name, such as \"Europe/Berlin\"", h.Zone)
		}
	}
	for _, w := range h.Windows {
		if w.Weekday < time.Sunday || w.Weekday > time.Saturday {
			return fmt.Errorf("%d is no day of the week: 0 is Sunday, 6 Saturday", int(w.Weekday))
		}
		if w.Opens < 0 || w.Opens >= midnight || w.Closes < 0 || w.Closes > midnight {
			return fmt.Errorf("a window opens at 00:00 to 23:59 and closes at 00:00 to 24:00, not minute %d to %d", w.Opens, w.Closes)
		}
	}
	return nil
}

// In gives the hours as a calendar of instants, in their own zone, or in the one given where they name none. The error is Check's.
func (h Hours) In(zone string) (*Calendar, error) {
	if err := h.Check(); err != nil {
		return nil, err
	}
	if h.Zone != "" {
		zone = h.Zone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("the zone of the hours: %w", err)
	}
	c := &Calendar{loc: loc, holidays: map[Date]bool{}, weekly: h.Weekly()}
	for _, w := range h.Windows {
		c.windows[w.Weekday] = append(c.windows[w.Weekday], w)
	}
	for _, windows := range c.windows {
		slices.SortFunc(windows, func(a, b Window) int { return a.Opens - b.Opens })
	}
	for _, d := range h.Holidays {
		c.holidays[d] = true
	}
	return c, nil
}
