package templates

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"fortnight/digest"
)

// datePatterns are how a locale writes dates. Slots: {wd} Wed, {weekday} Wednesday, {d} 25, {mon} Mar, {month} March,
// {y} 2020, {clock} 15:02, {zone} EDT; in ranges with 1 and 2 behind for the first and the last day.
type datePatterns struct {
	Day      string       `yaml:"day"`
	DayMonth string       `yaml:"day_month"`
	Short    rangePattern `yaml:"short"`
	Plain    rangePattern `yaml:"plain"`
	Long     rangePattern `yaml:"long"`
	Full     rangePattern `yaml:"full"`
	Moment   string       `yaml:"moment"`

	// Names in place of CLDR's; weekdays begin with Sunday.
	Months        []string `yaml:"months"`
	MonthsShort   []string `yaml:"months_short"`
	Weekdays      []string `yaml:"weekdays"`
	WeekdaysShort []string `yaml:"weekdays_short"`
}

// rangePattern is one style of a range: of one day, inside a month, inside a year, across years.
type rangePattern struct {
	One   string `yaml:"one"`
	Month string `yaml:"month"`
	Year  string `yaml:"year"`
	Years string `yaml:"years"`
}

func (p datePatterns) check() error {
	var errs []error
	for name, pattern := range map[string]string{"day": p.Day, "day_month": p.DayMonth, "moment": p.Moment} {
		if pattern == "" {
			errs = append(errs, fmt.Errorf("locale.dates.%s is missing", name))
		}
	}
	for name, r := range map[string]rangePattern{"short": p.Short, "plain": p.Plain, "long": p.Long, "full": p.Full} {
		if r.One == "" || r.Month == "" || r.Year == "" || r.Years == "" {
			errs = append(errs, fmt.Errorf("locale.dates.%s needs one, month, year and years", name))
		}
	}
	return errors.Join(errs...)
}

// calendar is the names and patterns of dates in one locale.
type calendar struct {
	datePatterns
}

func newCalendar(tag language.Tag, p datePatterns) (calendar, error) {
	if cldr := calendarOf(tag); cldr != nil {
		p.Months = orElse(p.Months, cldr.MonthsWide())
		p.MonthsShort = orElse(p.MonthsShort, undotted(cldr.MonthsAbbreviated()))
		p.Weekdays = orElse(p.Weekdays, cldr.WeekdaysWide())
		p.WeekdaysShort = orElse(p.WeekdaysShort, undotted(cldr.WeekdaysAbbreviated()))
	}
	if len(p.Months) != 12 || len(p.MonthsShort) != 12 || len(p.Weekdays) != 7 || len(p.WeekdaysShort) != 7 {
		return calendar{}, fmt.Errorf("locale.dates needs months and months_short (12), weekdays and weekdays_short (7, "+
			"from Sunday): the calendar of %s is not built in", tag)
	}
	return calendar{p}, nil
}

func orElse(own, cldr []string) []string {
	if len(own) > 0 {
		return own
	}
	return cldr
}

// undotted drops the full stop of an abbreviation: "mar." is "mar" in the house style.
func undotted(names []string) []string {
	out := slices.Clone(names)
	for i := range out {
		out[i] = strings.TrimSuffix(out[i], ".")
	}
	return out
}

// Weekday implements digest.Words.
func (w *words) Weekday(d digest.Date) string { return w.calendar.Weekdays[d.Weekday()] }

// WeekdayShort implements digest.Words.
func (w *words) WeekdayShort(d digest.Date) string { return w.calendar.WeekdaysShort[d.Weekday()] }

// Day implements digest.Words.
func (w *words) Day(d digest.Date) string { return w.date(w.calendar.Day, d) }

// DayMonth implements digest.Words.
func (w *words) DayMonth(d digest.Date) string { return w.date(w.calendar.DayMonth, d) }

// Range implements digest.Words.
func (w *words) Range(first, last digest.Date) string { return w.span(w.calendar.Short, first, last) }

// LongRange implements digest.Words.
func (w *words) LongRange(first, last digest.Date) string {
	return w.span(w.calendar.Long, first, last)
}

// MonthRange implements digest.Words.
func (w *words) MonthRange(first, last digest.Date) string {
	return w.span(w.calendar.Plain, first, last)
}

// FullRange implements digest.Words.
func (w *words) FullRange(first, last digest.Date) string {
	return w.span(w.calendar.Full, first, last)
}

// Clock implements digest.Words.
func (w *words) Clock(t time.Time) string { return w.digits(t.Format("15:04")) }

// Moment implements digest.Words. A zone without an abbreviation shows its offset: +05:45.
func (w *words) Moment(t time.Time) string {
	zone, _ := t.Zone()
	if strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") {
		zone = w.sign(t.Format("-07:00"))
	}
	pattern := strings.NewReplacer("{clock}", w.Clock(t), "{zone}", zone).Replace(w.calendar.Moment)
	return w.date(pattern, digest.DateOf(t))
}

func (w *words) span(r rangePattern, first, last digest.Date) string {
	pattern := r.Years
	switch {
	case first == last:
		return w.date(r.One, first)
	case first.Year == last.Year && first.Month == last.Month:
		pattern = r.Month
	case first.Year == last.Year:
		pattern = r.Year
	}
	return strings.NewReplacer(append(w.dateSlots(first, "1"), w.dateSlots(last, "2")...)...).Replace(pattern)
}

func (w *words) date(pattern string, d digest.Date) string {
	return strings.NewReplacer(w.dateSlots(d, "")...).Replace(pattern)
}

func (w *words) dateSlots(d digest.Date, suffix string) []string {
	return []string{
		"{wd" + suffix + "}", w.WeekdayShort(d),
		"{weekday" + suffix + "}", w.Weekday(d),
		"{d" + suffix + "}", w.digits(fmt.Sprint(d.Day)),
		"{mon" + suffix + "}", w.calendar.MonthsShort[d.Month-1],
		"{month" + suffix + "}", w.calendar.Months[d.Month-1],
		"{y" + suffix + "}", w.digits(fmt.Sprint(d.Year)),
	}
}
