package editor

import (
	"time"

	"fortnight/digest"
)

// promises are the figures of service_levels that are held against a target, each with the note that has its counts.
var promises = []string{"closed_within_hour", "closed_within_day", "answered_in_10_min"}

// responseTime says how many first replies came in time.
func responseTime(d *desk, _ *digest.Section, c *digest.Chart) string {
	s := currentOf(c)
	key := "caption.response_time."
	n := s.Sum()
	if n == 0 {
		return d.text(key + "none")
	}
	var inTime float64
	for _, p := range filled(s) {
		if c.Target != nil && p.To != nil && *p.To <= *c.Target {
			inTime += *p.Value
		}
	}
	caveat := d.text(key + "caveat")
	if c.Target == nil {
		return caveat
	}
	slots := []digest.Slot{digest.N("n", n), digest.S("part", d.w.Count(inTime)), digest.S("v", d.duration(*c.Target))}
	switch inTime {
	case 0:
		return sentences(d.text(key+"no_one", slots...), caveat)
	case n:
		return sentences(d.text(key+"all", slots...), caveat)
	}
	return sentences(d.text(key+"part", slots...), caveat)
}

// openToClose says on which day what was closed had taken longest.
func openToClose(d *desk, sec *digest.Section, c *digest.Chart) string {
	points := filled(currentOf(c))
	key := "caption.open_to_close."
	if len(points) == 0 {
		return d.text(key + "none")
	}
	closed := ""
	if n, ok := noted(sec, "closings", "count"); ok {
		closed = d.text(key+"closed", digest.N("n", n))
	}
	top, n := largest(points)
	slots := []digest.Slot{digest.S("v", d.hours(n)), digest.S("days", d.day(top[0].At))}
	switch {
	case n == 0:
		return sentences(d.text(key+"zero"), closed)
	case d.oneDay():
		return sentences(d.text(key+"one_day", slots...), closed)
	case len(points) == 1:
		return sentences(d.text(key+"only", slots...), closed)
	}
	return sentences(d.text(key+"longest", slots...), closed)
}

// byWeekdayHour says at which hour of the week most were not served, and how many agents were there then.
func byWeekdayHour(d *desk, sec *digest.Section, _ *digest.Chart) string {
	key := "caption.by_weekday_hour."
	n, ok := sec.Note("unserved")
	if !ok {
		return d.text(key + "none")
	}
	total, _ := noted(sec, "unserved", "count")
	worst, _ := noted(sec, "unserved", "worst")
	hour, weekday := int(n.Values["hour"].Number), int(n.Values["weekday"].Number)
	clock := func(hour int) string {
		return d.w.Clock(time.Date(2001, time.January, 1, hour, 0, 0, 0, time.UTC))
	}
	slots := []digest.Slot{
		digest.N("n", total), digest.S("part", d.w.Count(worst)), digest.S("from", clock(hour)), digest.S("to", clock(hour+1)),
		digest.S("day", d.w.Weekday(digest.Date{Year: 2000, Month: time.October, Day: 1}.AddDays(weekday))), // 1 October 2000 was a Sunday
	}
	way := "worst"
	switch {
	case total == 1:
		way = "only"
	case worst == total:
		way = "all"
	case worst == 1:
		return d.text(key+"even", slots...)
	}
	connected, known := noted(sec, "unserved", "connected")
	switch {
	case !known:
		return d.text(key+way, append(slots, digest.S("agents", ""))...)
	case connected == 0:
		return d.text(key+way, append(slots, digest.S("agents", d.text(key+"nobody")))...)
	}
	return d.text(key+way, append(slots, digest.S("agents", d.text(key+"agents", d.decimal(connected))))...)
}

// serviceSheets is the table of what was promised: how much was due in the period, how much was kept, whether that meets the target, and who
// was waited for where it was late.
func (d *desk) serviceSheets(sec *digest.Section) []digest.Sheet {
	key := "sheet.promises."
	s := digest.Sheet{Anchor: sec.Key + "-promises", Title: d.text(key + "title"), Caption: d.text(key + "caption"), Text: 2}
	for _, head := range []string{"promise", "target", "due", "kept", "on_us", "on_user"} {
		s.Head = append(s.Head, d.text(key+head))
	}
	for _, promise := range promises {
		f, ok := sec.Figure(promise)
		judged, _ := noted(sec, promise, "judged")
		if !ok || f.Target == nil || judged == 0 {
			continue
		}
		met := "met"
		if _, off := d.offTarget(f); off > 0 {
			met = "missed"
		}
		row := []string{
			d.text("figure." + sec.Key + "." + promise + ".label"),
			d.text(key+met, digest.S("v", d.value(f.Unit, digest.Num(*f.Target)))),
		}
		for _, value := range []string{"judged", "met", "on_us", "on_user"} {
			n, _ := noted(sec, promise, value)
			row = append(row, d.w.Count(n))
		}
		s.Rows = append(s.Rows, row)
	}
	if len(s.Rows) == 0 {
		return nil
	}
	return []digest.Sheet{s}
}
