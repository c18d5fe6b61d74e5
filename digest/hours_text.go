package digest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// On writes the windows of a weekday as people do: "09:00-12:00, 13:00-17:00"; "" where it is closed.
func (h Hours) On(d time.Weekday) string {
	var all []string
	for _, w := range h.Windows {
		if w.Weekday == d {
			all = append(all, minute(w.Opens)+"-"+minute(w.Closes))
		}
	}
	return strings.Join(all, ", ")
}

func minute(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// ParseWindows reads what On writes: "09:00-12:00, 13:00-17:00". 24:00 is the end of a day; a window that closes at or before it opens runs
// past midnight. "" and "closed" are none.
func ParseWindows(d time.Weekday, s string) (windows []Window, err error) {
	s = strings.TrimSpace(s)
	if s == "" || strings.EqualFold(s, "closed") {
		return nil, nil
	}
	for part := range strings.SplitSeq(s, ",") {
		opens, closes, ok := strings.Cut(strings.NewReplacer("–", "-", "—", "-", " ", "").Replace(part), "-")
		w := Window{Weekday: d}
		var known [2]bool
		w.Opens, known[0] = minuteOf(opens)
		w.Closes, known[1] = minuteOf(closes)
		if !ok || !known[0] || !known[1] || w.Opens == midnight {
			return nil, fmt.Errorf("%q is no opening time: write HH:MM-HH:MM, such as 09:00-17:00; several with commas between", strings.TrimSpace(part))
		}
		windows = append(windows, w)
	}
	return windows, nil
}

// minuteOf reads "9:00" and "24:00" as minutes of the day.
func minuteOf(s string) (m int, ok bool) {
	if s == "24:00" {
		return midnight, true
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil
}

// Sorted gives the hours with their windows by weekday from Sunday, then by opening, and their holidays in order, each once.
func (h Hours) Sorted() Hours {
	h.Windows, h.Holidays = slices.Clone(h.Windows), slices.Clone(h.Holidays)
	slices.SortFunc(h.Windows, func(a, b Window) int {
		return (int(a.Weekday)-int(b.Weekday))<<24 + (a.Opens-b.Opens)<<12 + a.Closes - b.Closes
	})
	h.Windows = slices.Compact(h.Windows)
	slices.SortFunc(h.Holidays, func(a, b Date) int { return b.DaysUntil(a) })
	h.Holidays = slices.Compact(h.Holidays)
	return h
}
