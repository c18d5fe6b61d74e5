package charts

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
)

// plain is digest.Words as far as charts use them: English, or another direction.
type plain struct{ dir string }

func (plain) Locale() string { return "en" }
func (p plain) Dir() string {
	if p.dir == "" {
		return "ltr"
	}
	return p.dir
}

func (plain) Count(n float64) string {
	s := strconv.FormatFloat(math.Abs(math.Round(n)), 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if n <= -.5 {
		s = "−" + s
	}
	return s
}

func (plain) Decimal(n float64, places int) string {
	return strings.Replace(strconv.FormatFloat(n, 'f', places, 64), "-", "−", 1)
}

func (p plain) Percent(n float64) string {
	if n != math.Trunc(n) && math.Abs(n) < 10 {
		return p.Decimal(n, 1) + "\u00a0%"
	}
	return p.Count(n) + "\u00a0%"
}
func (p plain) Points(n float64) string             { return p.Signed(n, 0) + " pts" }
func (p plain) Signed(n float64, places int) string { return p.Decimal(n, places) }
func (p plain) Duration(s float64) (parts []digest.Part) {
	for _, u := range []struct {
		unit   string
		length float64
	}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}} {
		if n := math.Floor(s / u.length); n > 0 && len(parts) < 2 {
			parts, s = append(parts, digest.Part{Number: p.Count(n), Unit: u.unit}), s-n*u.length
		}
	}
	if parts == nil {
		return []digest.Part{{Number: "0", Unit: "s"}}
	}
	return parts
}

func (p plain) Hours(s float64) string {
	a := math.Abs(s)
	switch {
	case a == 0:
		return "0\u00a0h"
	case a < 60:
		return p.Count(s) + "\u00a0s"
	case a < 3600:
		return p.Count(s/60) + "\u00a0min"
	case a < 20*3600 && math.Mod(a, 3600) != 0:
		return p.Decimal(s/3600, 1) + "\u00a0h"
	}
	return p.Count(s/3600) + "\u00a0h"
}
func (plain) Weekday(d digest.Date) string      { return d.Weekday().String() }
func (plain) WeekdayShort(d digest.Date) string { return d.Weekday().String()[:3] }
func (p plain) Day(d digest.Date) string        { return fmt.Sprintf("%s\u00a0%d", p.WeekdayShort(d), d.Day) }

func (plain) DayMonth(d digest.Date) string {
	return fmt.Sprintf("%d\u00a0%s", d.Day, d.Month.String()[:3])
}
func (plain) Range(a, b digest.Date) string        { return a.String() + "–" + b.String() }
func (p plain) LongRange(a, b digest.Date) string  { return p.Range(a, b) }
func (p plain) MonthRange(a, b digest.Date) string { return p.Range(a, b) }
func (p plain) FullRange(a, b digest.Date) string  { return p.Range(a, b) }
func (plain) Clock(t time.Time) string             { return t.Format("15:04") }
func (plain) Moment(t time.Time) string            { return t.Format(time.RFC3339) }
func (plain) Language(tag string) string           { return tag }
func (plain) List(items []string) string           { return strings.Join(items, ", ") }
func (plain) Has(string) bool                      { return false }
func (plain) Phrase(key string, _ ...digest.Slot) digest.Spans {
	return digest.Spans{{Text: "⟨" + key + "⟩"}}
}

func (plain) Weekend(d digest.Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}
