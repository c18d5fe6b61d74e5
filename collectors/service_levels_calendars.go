package collectors

import (
	"context"
	"fmt"
	"maps"
	"time"

	"fortnight/digest"
)

// longestBack is how far before a period things are read whose deadlines may lie in it.
const longestBack = 62 * 24 * time.Hour

// calendars are the hours of a tenant's conversations.
type calendars struct {
	known       map[string]*digest.Calendar // by id
	project     *digest.Calendar            // of what has none of its own; nil: none
	placeholder map[*digest.Calendar]time.Duration
	used        map[*digest.Calendar]bool
	without     int64 // what was left out for want of hours
}

// of gives the hours of a calendar's conversations, else the project's; nil where there are neither.
func (c *calendars) of(id string) *digest.Calendar {
	found := c.known[id]
	if found == nil {
		found = c.project
	}
	if found != nil {
		c.used[found] = true
	}
	return found
}

// any tells whether there are hours at all.
func (c *calendars) any() bool { return c.project != nil || len(c.known) > 0 }

// calendarsOf reads the calendars of the source. One without a window is none: the platform has its hours switched off.
func calendarsOf(ctx context.Context, r *reader) (c calendars, err error) {
	c.known, c.placeholder, c.used = map[string]*digest.Calendar{}, map[*digest.Calendar]time.Duration{}, map[*digest.Calendar]bool{}
	windows, err := query[struct {
		CalendarID string `db:"calendar_id"`
		Weekday    int    `db:"weekday"`
		Opens      int    `db:"opens"`  // minute of the day
		Closes     int    `db:"closes"` // the same
		TimeZone   string `db:"time_zone"`
	}](ctx, r, "service_levels/calendars")
	if err != nil {
		return c, err
	}
	hours := map[string]*digest.Hours{}
	for _, w := range windows {
		h := hours[w.CalendarID]
		if h == nil {
			h = &digest.Hours{Zone: w.TimeZone}
			hours[w.CalendarID] = h
		}
		h.Windows = append(h.Windows, digest.Window{Weekday: time.Weekday(w.Weekday), Opens: w.Opens, Closes: w.Closes})
	}
	holidays, err := query[struct {
		CalendarID string `db:"calendar_id"`
		Holiday    string `db:"holiday"`
	}](ctx, r, "service_levels/holidays")
	if err != nil {
		return c, err
	}
	for _, x := range holidays {
		d, err := digest.ParseDate(x.Holiday)
		if h := hours[x.CalendarID]; err == nil && h != nil {
			h.Holidays = append(h.Holidays, d)
		}
	}
	for id, h := range hours {
		if c.known[id], err = c.ready(*h, r); err != nil {
			return c, fmt.Errorf("calendar %s: %w", id, err)
		}
	}
	if !r.Ask.Hours.IsZero() {
		if c.project, err = c.ready(r.Ask.Hours, r); err != nil {
			return c, fmt.Errorf("the project's hours: %w", err)
		}
	}
	return c, nil
}

// ready makes hours a calendar. Hours without a zone, or with one that does not exist, are in the digest's.
func (c *calendars) ready(h digest.Hours, r *reader) (*digest.Calendar, error) {
	if _, err := time.LoadLocation(h.Zone); err != nil {
		h.Zone = ""
	}
	ready, err := h.In(r.Period.Location().String())
	if err == nil && h.Placeholder() {
		c.placeholder[ready] = h.Weekly()
	}
	return ready, err
}

// lookingBack gives the instant before which nothing began whose deadline is at or after another.
func (c *calendars) lookingBack(from time.Time) time.Time {
	earliest := from
	limit := from.Add(-longestBack)
	all := []*digest.Calendar{c.project}
	for _, known := range c.known {
		all = append(all, known)
	}
	for _, known := range all {
		if known == nil {
			continue
		}
		for n := 2; ; n++ { // the second closing after it is the deadline of a day
			closings, ok := known.ClosingsBefore(from.Add(-time.Nanosecond), n)
			if !ok || closings[n-1].Before(limit) {
				return limit
			}
			if at := closings[n-1]; known.Between(at, from) > closedWithin {
				if at.Before(earliest) {
					earliest = at
				}
				break
			}
		}
	}
	return earliest
}

// since gives the reader for what began before its period too, as of the period's end.
func (r *reader) since(from time.Time) *reader {
	wide := *r
	wide.Period.From = from.In(r.Period.Location())
	wide.answers, wide.previous = map[string]any{}, nil
	return &wide
}

// over gives the reader for a period inside this one's with the same end. What was asked for ids, it knows of this one, unless an earlier section
// asked for its own: they are of more rows than it owes, and it looks nothing up again.
func (r *reader) over(inside *reader) *reader {
	narrow := *inside
	narrow.answers = maps.Clone(inside.answers)
	for name := range r.source.platform.ids {
		if ids, asked := r.answers[name]; asked && narrow.answers[name] == nil {
			narrow.answers[name] = ids
		}
	}
	return &narrow
}
