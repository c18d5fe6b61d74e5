package scheduler

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"fortnight/digest"
)

// Describe says in one English line what the cadence means, and its next two dues after an instant: "bi-monthly means
// twice-monthly here: the 1st and the 16th at 08:00 Europe/Berlin, each covering …; next Wed 1 Apr 2026 08:00 and …".
func (c *Cadence) Describe(now time.Time) string {
	var b strings.Builder
	if c.written == BiMonthly {
		fmt.Fprintf(&b, "%s means %s here: ", BiMonthly, c.kind)
	}
	switch {
	case c.kind == Custom:
		fmt.Fprintf(&b, "%q in %s, covering the last complete %s before it", c.written, c.loc, c.covers)
	case c.slots[0] == atClosing:
		when, what := c.phrase()
		fmt.Fprintf(&b, "%s at its last closing, hours of %s, covering %s", when, c.loc, what)
	default:
		hour := fmt.Sprintf("%02d:%02d", c.slots[0]/60, c.slots[0]%60)
		when, what := c.phrase()
		fmt.Fprintf(&b, "%s at %s %s, covering %s", when, hour, c.loc, what)
	}
	c = c.Anchored(digest.DateOf(now.In(c.loc)))
	first := c.Next(now)
	second := c.Next(first)
	const form = "Mon 2 Jan 2006 15:04"
	fmt.Fprintf(&b, "; next %s and %s", first.Format(form), second.Format(form))
	return b.String()
}

func (c *Cadence) phrase() (when, what string) {
	switch c.kind {
	case Daily:
		return "every day", "the day before"
	case CloseOfBusiness:
		return "every open day", "that day"
	case Weekly:
		return "every " + c.weekday.String(), "the last complete week from " + c.weekStart.String()
	case Every2Weeks:
		return "every other " + c.weekday.String(), "the last two complete weeks from " + c.weekStart.String()
	case TwiceMonthly:
		return "the 1st and the 16th", "the 16th to the end or the 1st to the 15th"
	case Monthly:
		return "the 1st", "the month before"
	default:
		return "the 1st of every other month from January", "the two months before"
	}
}

// Label names the edition of a project (its name as readers see it) for a period: the project's initials and the ISO week
// of a week from Monday ("SD-2020-W13"), 2020-W12-W13 for two, 2020-03-H1 and -H2 for half a month, 2020-03 for a month,
// 2020-M01-M02 for two, 2020-03-25 for a day, and both dates for anything else. Digests of one project may share a label.
func Label(project string, p digest.Period) string {
	return initials(project) + "-" + periodLabel(p)
}

func periodLabel(p digest.Period) string {
	first, end := p.First(), p.End()
	last := end.AddDays(-1)
	days := first.DaysUntil(end)
	month := fmt.Sprintf("%04d-%02d", first.Year, first.Month)
	wholeMonths := first.Day == 1 && end.Day == 1
	switch {
	case days == 1:
		return first.String()
	case days == 7 && first.Weekday() == time.Monday:
		return isoWeek(first)
	case days == 14 && first.Weekday() == time.Monday:
		from, to := isoWeek(first), isoWeek(first.AddDays(7))
		if from[:4] == to[:4] {
			to = to[5:]
		}
		return from + "-" + to
	case first.Day == 1 && end.Day == 16 && days == 15:
		return month + "-H1"
	case first.Day == 16 && end.Day == 1 && days <= 16:
		return month + "-H2"
	case wholeMonths && first.AddMonths(1) == end:
		return month
	case wholeMonths && first.AddMonths(2) == end && first.Year == last.Year:
		return fmt.Sprintf("%04d-M%02d-M%02d", first.Year, first.Month, last.Month)
	}
	return first.String() + "--" + last.String()
}

func isoWeek(d digest.Date) string {
	year, week := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

// initials takes the first letter of up to four words, or three letters of a single one, in upper case. Labels stand in file
// names and message ids, so only Latin letters and digits without marks count; a name that has none gives "F".
func initials(name string) string {
	var words []string
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if plain := strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII {
				return -1
			}
			return r
		}, word); plain != "" {
			words = append(words, plain)
		}
	}
	var out string
	switch len(words) {
	case 0:
		return "F"
	case 1:
		out = words[0][:min(3, len(words[0]))]
	default:
		for _, w := range words[:min(4, len(words))] {
			out += w[:1]
		}
	}
	return strings.ToUpper(out)
}
