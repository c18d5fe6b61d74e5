package editor

import (
	"strings"

	"fortnight/digest"
)

func handledVsMissed(d *desk, _ *digest.Section, c *digest.Chart) string {
	key := "caption.handled_vs_missed."
	sum := func(name string) (digest.Series, float64) {
		if s := c.Find(name); s != nil {
			return *s, s.Sum()
		}
		return digest.Series{}, 0
	}
	missed, m := sum("missed")
	waiting, w := sum("waiting")
	_, h := sum("handled")
	total := h + m + w
	if total == 0 {
		return d.text(key + "none")
	}
	return sentences(d.missedWhen(key, missed, m, w, total), d.waitingWhen(key, waiting, w))
}

// missedWhen says on which days those were offered that were missed.
func (d *desk) missedWhen(key string, missed digest.Series, m, w, total float64) string {
	days := above(missed)
	slots := []digest.Slot{digest.N("n", m), digest.S("total", d.w.Count(total)), digest.S("days", d.dayList(days))}
	switch {
	case m == 0 && w == 0:
		return d.text(key+"all_handled", digest.N("n", total))
	case m == 0:
		return d.text(key+"none_missed", digest.N("n", total))
	case d.oneDay():
		return d.text(key+"one_day", slots...)
	case len(days) > 2 && consecutive(days) && float64(len(days)) <= stretchDays*float64(len(missed.Points)):
		return d.text(key+"missed_from", append(slots, digest.S("first", d.day(days[0].At)),
			digest.S("last", d.day(days[len(days)-1].At)))...)
	case len(days) <= fewTops:
		return d.text(key+"missed_on", slots...)
	}
	top, n := largest(days)
	if len(top) == 1 {
		return d.text(key+"missed_most", digest.N("n", m), digest.S("days", d.dayList(top)), digest.S("part", d.w.Count(n)))
	}
	return d.text(key+"missed_spread", append(slots, digest.S("spread", d.w.Count(float64(len(days)))))...)
}

func (d *desk) waitingWhen(key string, waiting digest.Series, w float64) string {
	if w == 0 {
		return ""
	}
	days := above(waiting)
	slots := []digest.Slot{digest.N("n", w), digest.S("hours", d.number(d.missedAfter())), digest.S("days", d.dayList(days))}
	if d.oneDay() || len(days) > 2 {
		return d.text(key+"waiting", slots...)
	}
	return d.text(key+"waiting_on", slots...)
}

// overAWeekend is the wait from which those answered on the day after a weekend can be said to have waited over it.
const overAWeekend = 24 * 3600

func averageWaitTime(d *desk, sec *digest.Section, c *digest.Chart) string {
	points := filled(currentOf(c))
	key := "caption.average_wait_time."
	if len(points) == 0 {
		return d.text(key + "none")
	}
	answered := ""
	if n, ok := noted(sec, "answered", "count"); ok {
		answered = d.text(key+"answered", digest.N("n", n))
	}
	top, n := largest(points)
	if d.oneDay() {
		return sentences(d.text(key+"one_day", digest.S("v", d.hours(n))), answered)
	}
	weekend, low := "", ""
	if day := top[0].At; n >= overAWeekend && d.w.Weekend(day.AddDays(-1)) && !d.w.Weekend(day) {
		weekend = d.text(key + "weekend")
	}
	least := points[0]
	for _, p := range points {
		if *p.Value < *least.Value {
			least = p
		}
	}
	if *least.Value < n {
		low = d.text(key+"low", digest.S("days", d.day(least.At)), digest.S("v", d.hours(*least.Value)))
	}
	return sentences(d.text(key+"longest", digest.S("days", d.day(top[0].At)), digest.S("v", d.hours(n)),
		digest.S("weekend", weekend), digest.S("low", low)), answered)
}

func averageConversationTime(d *desk, _ *digest.Section, c *digest.Chart) string {
	points := filled(currentOf(c))
	key := "caption.average_conversation_time."
	if len(points) == 0 {
		return d.text(key + "none")
	}
	top, n := largest(points)
	slots := []digest.Slot{digest.S("v", d.hours(n)), digest.S("days", d.day(top[0].At))}
	switch {
	case n == 0:
		return d.text(key + "zero")
	case d.oneDay():
		return d.text(key+"one_day", slots...)
	case len(points) == 1:
		return d.text(key+"only", slots...)
	}
	return d.text(key+"longest", slots...)
}

func closingReasons(d *desk, _ *digest.Section, c *digest.Chart) string {
	named, byRole, total := rowsOf(c)
	none := byRole[digest.Unknown] + byRole[digest.Nothing]
	key := "caption.closing_reasons."
	switch {
	case total == 0:
		return d.text(key + "none")
	case len(named) == 0 && none == total:
		return d.text(key+"no_reason", digest.N("n", total))
	case len(named) == 0:
		return d.text(key+"unnamed", digest.N("n", total))
	}
	rest := ""
	if none > 0 {
		rest = d.text(key+"rest", digest.N("n", none))
	}
	top, n := largest(named)
	slots := []digest.Slot{
		digest.N("part", n), digest.S("n", d.w.Count(total)),
		digest.S("reason", lowerFirst(top[0].Label)), digest.S("rest", rest),
	}
	if n == total {
		return d.text(key+"all", append([]digest.Slot{digest.N("n", total)}, slots...)...)
	}
	if len(top) > 1 {
		var names []string
		for _, p := range top {
			names = append(names, lowerFirst(p.Label))
		}
		if len(top) > fewTops {
			return d.text(key+"even", slots...)
		}
		return d.text(key+"top_tie", append(slots, digest.S("reasons", d.w.List(names)))...)
	}
	return d.text(key+"top", slots...)
}

func conversationsPerAgent(d *desk, _ *digest.Section, c *digest.Chart) string {
	return d.ranked("caption.conversations_per_agent.", c)
}

func conversationMinutes(d *desk, _ *digest.Section, c *digest.Chart) string {
	return d.ranked("caption.conversation_minutes.", c)
}

func connectionRanking(d *desk, _ *digest.Section, c *digest.Chart) string {
	return d.ranked("caption.connection_hours.", c)
}

func byTeamCaption(d *desk, _ *digest.Section, c *digest.Chart) string {
	return d.ranked("caption.handled_by_team.", c)
}

// ranked says who stands first, and what the ranking must not be read as.
func (d *desk) ranked(key string, c *digest.Chart) string {
	named, _, total := rowsOf(c)
	if total == 0 {
		return d.text(key + "none")
	}
	if len(named) == 0 {
		return d.text(key+"unnamed", digest.S("total", d.amount(c.Unit, total)))
	}
	top, n := largest(named)
	slots := []digest.Slot{digest.S("v", d.amount(c.Unit, n)), digest.S("total", d.amount(c.Unit, total)), digest.S("names", d.names(top))}
	caveat := d.text(key + "caveat")
	switch {
	case n == total && c.Unit == digest.Count:
		return sentences(d.text(key+"top_all", append(slots, digest.N("n", n))...), caveat)
	case len(top) == 1:
		return sentences(d.text(key+"top", slots...), caveat)
	case len(top) <= fewTops:
		return sentences(d.text(key+"top_tie", slots...), caveat)
	}
	return sentences(d.text(key+"even", slots...), caveat)
}

func byDayCaption(d *desk, _ *digest.Section, c *digest.Chart) string {
	s := currentOf(c)
	if s.Sum() == 0 {
		return d.text("caption.handled_by_day.none")
	}
	if d.oneDay() {
		return d.text("caption.handled_by_day.caveat")
	}
	return sentences(d.busiest("caption.handled_by_day", s), d.text("caption.handled_by_day.caveat"))
}

// everyDayNames is how many agents a caption names as having handled some every day.
const everyDayNames = 3

func conversationsEvolution(d *desk, _ *digest.Section, c *digest.Chart) string {
	key := "caption.conversations_evolution."
	named, others := curvesOf(c)
	if len(named) == 0 {
		return d.text(key + "none")
	}
	scale := d.text(key + "scale")
	if others {
		scale = d.text(key + "scale_others")
	}
	if d.oneDay() {
		return d.text("caption.curve.one_day", digest.S("names", named[0].Label), digest.S("v", d.amount(c.Unit, named[0].Sum())))
	}
	var daily []string
	for _, s := range named {
		if len(above(s)) == len(s.Points) {
			daily = append(daily, s.Label)
		}
	}
	switch {
	case len(daily) == 0:
		return sentences(d.longestDay(key, c, named), scale)
	case len(daily) == len(named) && len(named) > 1:
		return sentences(d.text(key+"all", digest.N("n", float64(len(named)))), scale)
	case len(daily) <= everyDayNames:
		return sentences(d.text(key+"some", digest.S("names", d.w.List(daily))), scale)
	}
	return sentences(d.text(key+"many", digest.S("part", d.w.Count(float64(len(daily)))),
		digest.N("n", float64(len(named)))), scale)
}

func conversationMinutesEvolution(d *desk, _ *digest.Section, c *digest.Chart) string {
	return d.curve("caption.conversation_minutes_evolution.", c)
}

func connectionEvolution(d *desk, _ *digest.Section, c *digest.Chart) string {
	return d.curve("caption.connection_hours_evolution.", c)
}

// curve tells the largest day of any one agent.
func (d *desk) curve(key string, c *digest.Chart) string {
	named, _ := curvesOf(c)
	switch {
	case len(named) == 0:
		return d.text(key + "none")
	case d.oneDay():
		return d.text("caption.curve.one_day", digest.S("names", named[0].Label), digest.S("v", d.amount(c.Unit, named[0].Sum())))
	}
	return d.longestDay(key, c, named)
}

func (d *desk) longestDay(key string, c *digest.Chart, named []digest.Series) string {
	var who string
	var top digest.Point
	for _, s := range named {
		for _, p := range filled(s) {
			if top.Value == nil || *p.Value > *top.Value {
				who, top = s.Label, p
			}
		}
	}
	if top.Value == nil {
		return d.text(key + "none")
	}
	return d.text(key+"longest", digest.S("names", who), digest.S("possessive", d.possessive(who)),
		digest.S("days", d.day(top.At)), digest.S("v", d.amount(c.Unit, *top.Value)))
}

// possessive is whose something is, as the locale writes it: "Priya Nair’s", "James’".
func (d *desk) possessive(name string) string {
	key := "possessive.other"
	if strings.HasSuffix(name, "s") {
		key = "possessive.s"
	}
	return d.text(key, digest.S("name", name))
}

// curvesOf gives the curves of persons, and whether there is one of the others.
func curvesOf(c *digest.Chart) (named []digest.Series, others bool) {
	for _, s := range c.Series {
		switch {
		case s.Role == digest.Ordinary && s.Sum() > 0:
			named = append(named, s)
		case s.Role == digest.Other:
			others = true
		}
	}
	return named, others
}
