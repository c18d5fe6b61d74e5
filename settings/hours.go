package settings

import (
	"maps"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
)

// Hours are when a project is open, where the calendar of a conversation is not known, and for close-of-business.
type Hours struct {
	Open     map[string]string `yaml:"open" json:"open,omitempty" nullable:"false" doc:"Opening times by day (mon), days in a row (mon-fri) or several (mon, wed); commas part the windows of a day. One that closes at or before it opens runs past midnight; 24:00 is allowed." example:"{\"mon-fri\": \"09:00-12:30, 13:30-17:00\", \"sat\": \"10:00-14:00\"}"`
	Holidays []string          `yaml:"holidays,omitempty" json:"holidays,omitempty" nullable:"false" doc:"Dates on which it does not open." example:"[\"2026-12-25\"]"`
	Zone     string            `yaml:"zone,omitempty" json:"zone,omitempty" doc:"IANA time zone; the project's where it is left out." example:"Europe/Berlin"`
}

// IsZero tells whether there are none.
func (h Hours) IsZero() bool { return len(h.Open) == 0 && len(h.Holidays) == 0 && h.Zone == "" }

func (r *reading) hours(where string, s Hours) digest.Hours {
	h := digest.Hours{Zone: s.Zone}
	if s.IsZero() {
		return h
	}
	if len(s.Open) == 0 {
		r.fault(where+".open", "is missing: write the opening times, such as mon-fri: \"09:00-17:00\"")
	}
	for _, days := range slices.Sorted(maps.Keys(s.Open)) {
		for _, d := range r.days(where+".open."+days, days) {
			windows, err := digest.ParseWindows(d, s.Open[days])
			if err != nil {
				r.fault(where+".open."+days, "%v", err)
				break
			}
			h.Windows = append(h.Windows, windows...)
		}
	}
	for _, written := range s.Holidays {
		d, err := digest.ParseDate(written)
		if err != nil {
			r.fault(where+".holidays", "%v", err)
			continue
		}
		h.Holidays = append(h.Holidays, d)
	}
	if err := (digest.Hours{Zone: s.Zone}).Check(); err != nil {
		r.fault(where+".zone", "%v", err)
	}
	return h.Sorted()
}

// days reads "mon", "mon-fri", "fri-mon" and "mon, wed".
func (r *reading) days(where, s string) (days []time.Weekday) {
	for part := range strings.SplitSeq(s, ",") {
		first, last, span := strings.Cut(strings.ReplaceAll(part, " ", ""), "-")
		if !span {
			last = first
		}
		faults := len(r.faults)
		from, to := r.weekday(where, first), r.weekday(where, last)
		if len(r.faults) > faults {
			r.faults = r.faults[:faults+1] // once
			return nil
		}
		for d := from; ; d = (d + 1) % 7 {
			days = append(days, d)
			if d == to {
				break
			}
		}
	}
	return days
}

// writeHours gives days in a row that open alike, from Monday on, as one.
func writeHours(h digest.Hours) (s Hours) {
	if h.IsZero() {
		return s
	}
	s.Zone, s.Open = h.Zone, map[string]string{}
	h = h.Sorted()
	for i := 1; i <= 7; {
		first := time.Weekday(i % 7)
		last, times := i, h.On(first)
		for last < 7 && h.On(time.Weekday((last+1)%7)) == times {
			last++
		}
		if days := WriteWeekday(first); times != "" {
			if last > i {
				days += "-" + WriteWeekday(time.Weekday(last%7))
			}
			s.Open[days] = times
		}
		i = last + 1
	}
	for _, d := range h.Holidays {
		s.Holidays = append(s.Holidays, d.String())
	}
	return s
}
