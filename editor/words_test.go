package editor

import (
	"fmt"
	"math"
	"strings"
	"time"

	"fortnight/digest"
)

// spoken is a Words that shows what was asked of it: a phrase is its key and the slots in brackets, so that a test sees
// what the editor chose and not how a language puts it. The sentences themselves are tested in cmd/fortnight.
type spoken struct{}

func (spoken) Locale() string { return "en" }
func (spoken) Dir() string    { return "ltr" }

func (spoken) Count(n float64) string               { return fmt.Sprintf("%.0f", n) }
func (spoken) Decimal(n float64, places int) string { return fmt.Sprintf("%.*f", places, n) }
func (spoken) Percent(n float64) string             { return fmt.Sprintf("%.3g%%", n) }
func (spoken) Points(n float64) string              { return fmt.Sprintf("%+.3gpts", n) }
func (spoken) Signed(n float64, places int) string  { return fmt.Sprintf("%+.*f", places, n) }
func (spoken) Duration(s float64) []digest.Part {
	return []digest.Part{{Number: fmt.Sprintf("%.0f", math.Round(s)), Unit: "s"}}
}
func (spoken) Hours(s float64) string { return fmt.Sprintf("%.3gh", s/3600) }

func (spoken) Weekday(d digest.Date) string         { return d.Weekday().String() }
func (spoken) WeekdayShort(d digest.Date) string    { return d.Weekday().String()[:3] }
func (spoken) Day(d digest.Date) string             { return d.String()[5:] }
func (spoken) DayMonth(d digest.Date) string        { return d.String()[5:] }
func (spoken) Range(a, b digest.Date) string        { return a.String() + ".." + b.String() }
func (s spoken) LongRange(a, b digest.Date) string  { return s.Range(a, b) }
func (s spoken) MonthRange(a, b digest.Date) string { return s.Range(a, b) }
func (s spoken) FullRange(a, b digest.Date) string  { return s.Range(a, b) }
func (spoken) Clock(t time.Time) string             { return t.Format("15:04") }
func (spoken) Moment(t time.Time) string            { return t.Format(time.RFC3339) }
func (spoken) Weekend(d digest.Date) bool           { return d.Weekday()%6 == 0 }
func (spoken) Language(tag string) string           { return "lang:" + tag }
func (spoken) List(items []string) string           { return strings.Join(items, "+") }
func (spoken) Has(key string) bool {
	return strings.HasPrefix(key, "note.") && !strings.HasSuffix(key, ".unknown")
}

func (s spoken) Phrase(key string, slots ...digest.Slot) digest.Spans {
	var filled []string
	for _, x := range slots {
		switch {
		case x.Name == "this" || x.Name == "before" || x.Name == "span":
		case x.IsN:
			filled = append(filled, x.Name+"#"+s.Count(x.Count))
		default:
			filled = append(filled, x.Name+"="+x.Text)
		}
	}
	return digest.Spans{{Text: key + "[" + strings.Join(filled, " ") + "]"}}
}

// count is a count figure with its previous value.
func count(key string, now, before float64, d digest.Direction) digest.Figure {
	return digest.Figure{Key: key, Unit: digest.Count, Value: digest.Num(now), Previous: digest.Num(before), Direction: d}
}

// week is a snapshot of the week of 2 to 8 March 2026 in UTC.
func week(sections ...digest.Section) digest.Snapshot {
	date := func(day int) digest.Date { return digest.Date{Year: 2026, Month: time.March, Day: day} }
	now, _ := digest.NewPeriod(date(2), date(9), time.UTC)
	before := now.Preceding()
	return digest.Snapshot{Version: 1, Period: now, Previous: before, ReadAt: now.To.Add(time.Hour), Sections: sections}
}

// byDay is a series over the days of the week; a negative value is a gap.
func byDay(key string, values ...float64) digest.Series {
	s := digest.Series{Key: key, Label: key}
	for i, d := range week().Period.Days()[:len(values)] {
		p := digest.Point{At: d.Date}
		if values[i] >= 0 {
			p.Value = &values[i]
		}
		s.Points = append(s.Points, p)
	}
	return s
}

func deskFor(s digest.Snapshot, a digest.Audience) *desk {
	return newDesk(forAudience(s, a), digest.Brief{Project: "Desk", Audience: a}, spoken{})
}
