package console

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
)

// openingDay is a weekday of the form of opening hours.
type openingDay struct{ Field, Name, Value string }

// hours makes the controls of opening hours, as they are kept.
func (s *settingsPage) hours() {
	for i := range 7 {
		d := time.Weekday((i + 1) % 7)
		s.Hours = append(s.Hours, openingDay{hoursField(d), d.String(), s.P.Hours.On(d)})
	}
	if s.typed != nil { // as it was typed, so that a fault shows beside what is wrong
		for i := range s.Hours {
			s.Hours[i].Value = s.typed.Get(s.Hours[i].Field)
		}
		s.Holidays = s.typed.Get("holidays")
	} else {
		var dates []string
		for _, d := range s.P.Hours.Holidays {
			dates = append(dates, d.String())
		}
		s.Holidays = strings.Join(dates, "\n")
	}
	if open := s.P.Hours.Weekly(); open > 0 {
		s.Weekly = plainNumber(open.Hours()) + " hours a week"
	}
	if s.P.Hours.Placeholder() {
		s.Weekly = "under an hour a week: a placeholder?"
	}
}

func hoursField(d time.Weekday) string { return "hours." + strconv.Itoa(int(d)) }

// hoursFrom reads the form of opening hours; the zone, which has no control, is as before.
func hoursFrom(f url.Values, before digest.Hours, faults Faults) digest.Hours {
	h := digest.Hours{Zone: before.Zone}
	for d := time.Sunday; d <= time.Saturday; d++ {
		windows, err := digest.ParseWindows(d, f.Get(hoursField(d)))
		if err != nil {
			faults[hoursField(d)] = "Write opening and closing time, such as 09:00-17:00; several with commas between."
		}
		h.Windows = append(h.Windows, windows...)
	}
	for _, written := range strings.FieldsFunc(f.Get("holidays"), func(r rune) bool { return r <= ' ' || r == ',' || r == ';' }) {
		d, err := digest.ParseDate(written)
		if err != nil {
			faults["holidays"] = fmt.Sprintf("%q is not a date: write YYYY-MM-DD.", written)
			continue
		}
		h.Holidays = append(h.Holidays, d)
	}
	h = h.Sorted()
	if h.IsZero() && len(h.Holidays) > 0 && len(faults) == 0 {
		faults["holidays"] = "Holidays need opening hours: write these first."
	}
	if h.IsZero() && len(h.Holidays) == 0 {
		return digest.Hours{}
	}
	return h
}

// openingTimes is when a project is open, on one line: "Monday to Friday 09:00-17:00".
func openingTimes(h digest.Hours) string {
	var all []string
	for i := 1; i <= 7; {
		first, last := time.Weekday(i%7), i
		for last < 7 && h.On(time.Weekday((last+1)%7)) == h.On(first) {
			last++
		}
		if times := h.On(first); times != "" {
			days := first.String()
			if last > i {
				days += " to " + time.Weekday(last%7).String()
			}
			all = append(all, days+" "+times)
		}
		i = last + 1
	}
	return listing(slices.Clip(all))
}
