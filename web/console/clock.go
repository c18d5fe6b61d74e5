package console

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
)

// clock writes instants, dates and lengths of time as the console's pages print them: in the project's zone, with the year where it
// is not the present one.
type clock struct {
	now time.Time // in the project's zone
}

// clockOf is the clock of a project at an instant. A zone that this machine does not know is taken for UTC: the page of settings,
// where it can be mended, must open.
func clockOf(p digest.Project, now time.Time) clock {
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		loc = time.UTC
	}
	return clock{now.In(loc)}
}

func (c clock) zone() *time.Location { return c.now.Location() }

func (c clock) today() digest.Date { return digest.DateOf(c.now) }

// place is the zone as people say it: "Berlin", "New York".
func (c clock) place() string { return placeOf(c.zone()) }

func placeOf(loc *time.Location) string {
	name := loc.String()
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
}

// long is "Wednesday 25 March 2026, 10:42 in Berlin".
func (c clock) long() string {
	return c.now.Format("Monday 2 January 2006, 15:04") + " in " + c.place()
}

// moment is "Tue 24 Mar 16:00".
func (c clock) moment(t time.Time) string {
	t = t.In(c.zone())
	return t.Format("Mon 2 Jan") + c.year(t.Year()) + t.Format(" 15:04")
}

// exact is a moment with its seconds: "Mon 30 Mar 08:00:04".
func (c clock) exact(t time.Time) string { return c.moment(t) + t.Format(":05") }

// hour is "16:00".
func (c clock) hour(t time.Time) string { return t.In(c.zone()).Format("15:04") }

// lately is "Tue 17:00" where the weekday alone tells which day is meant, up to four days back and five ahead; else "Fri 20 Mar".
func (c clock) lately(t time.Time) string {
	t = t.In(c.zone())
	if away := digest.DateOf(t).DaysUntil(c.today()); away > -6 && away < 5 {
		return t.Format("Mon 15:04")
	}
	return c.day(digest.DateOf(t))
}

// day is "Fri 20 Mar".
func (c clock) day(d digest.Date) string { return d.Weekday().String()[:3] + " " + c.date(d) }

// date is "20 Mar".
func (c clock) date(d digest.Date) string {
	return strconv.Itoa(d.Day) + " " + d.Month.String()[:3] + c.year(d.Year)
}

func (c clock) year(y int) string {
	if y == c.now.Year() {
		return ""
	}
	return " " + strconv.Itoa(y)
}

// span is the days of a period: "16–22 Mar", "27 Feb – 4 Mar", "Tue 24 Mar".
func (c clock) span(p digest.Period) string { return c.days(p.First(), p.Last()) }

func (c clock) days(a, b digest.Date) string {
	switch {
	case a == b:
		return c.day(a)
	case a.Year != b.Year:
		return fmt.Sprintf("%d %s %d – %d %s %d", a.Day, a.Month.String()[:3], a.Year, b.Day, b.Month.String()[:3], b.Year)
	case a.Month != b.Month:
		return fmt.Sprintf("%d %s – %s", a.Day, a.Month.String()[:3], c.date(b))
	}
	return fmt.Sprintf("%d–%s", a.Day, c.date(b))
}

// contract is the days of a period with their weekdays and the year: "Mon 23 – Sun 29 Mar 2026".
func contract(p digest.Period) string {
	a, b := p.First(), p.Last()
	day := func(d digest.Date) string { return fmt.Sprintf("%s %d", d.Weekday().String()[:3], d.Day) }
	end := fmt.Sprintf("%s %s %d", day(b), b.Month.String()[:3], b.Year)
	switch {
	case a == b:
		return end
	case a.Year != b.Year:
		return fmt.Sprintf("%s %s %d – %s", day(a), a.Month.String()[:3], a.Year, end)
	case a.Month != b.Month:
		return fmt.Sprintf("%s %s – %s", day(a), a.Month.String()[:3], end)
	}
	return day(a) + " – " + end
}

// hours is "167 h", "167.5 h".
func hours(h float64) string {
	return strconv.FormatFloat(math.Round(h*10)/10, 'f', -1, 64) + " h"
}

// lasting is a length of time in at most two parts: "2 d 7 h" from three days on, "25 h 43 min", "43 min", "12 s".
func lasting(d time.Duration) string {
	two := func(big time.Duration, a string, small time.Duration, b string) string {
		d := d.Round(small)
		out := look.Thousands(int(d/big)) + " " + a
		if rest := d % big / small; rest > 0 {
			out += " " + strconv.Itoa(int(rest)) + " " + b
		}
		return out
	}
	const day = 24 * time.Hour
	switch {
	case d >= 3*day:
		return two(day, "d", time.Hour, "h")
	case d >= time.Hour-30*time.Second:
		return two(time.Hour, "h", time.Minute, "min")
	case d >= time.Minute:
		return strconv.Itoa(int(d.Round(time.Minute)/time.Minute)) + " min"
	default:
		return strconv.Itoa(int(d.Round(time.Second)/time.Second)) + " s"
	}
}

// spelled is a number at the head of a sentence or inside one: in words up to twelve.
func spelled(n int) string {
	words := [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return look.Thousands(n)
}

// capital makes the first letter one.
func capital(s string) string {
	for i, r := range s {
		if i == 0 {
			return strings.ToUpper(string(r)) + s[len(string(r)):]
		}
	}
	return s
}

// listing is "a", "a and b", "a, b and c".
func listing(items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	default:
		return strings.Join(items[:n-1], ", ") + " and " + items[n-1]
	}
}

// sentence is a text of a database or server as one line that ends like a sentence; what is very long is cut.
func sentence(s string) string {
	const most = 300
	s = capital(strings.Join(strings.Fields(s), " "))
	if runes := []rune(s); len(runes) > most {
		s = strings.TrimSpace(string(runes[:most])) + "…"
	}
	if s == "" || strings.ContainsRune(".!?…", []rune(s)[len([]rune(s))-1]) {
		return s
	}
	return s + "."
}
