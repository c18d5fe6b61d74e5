package editor

import (
	"math"

	"fortnight/digest"
)

// A caption says first what the picture shows, with its number, then what it must not be read as: at most two sentences.

func incomingMessages(d *desk, _ *digest.Section, c *digest.Chart) string {
	s := currentOf(c)
	total := s.Sum()
	m, compared := d.previousOf(c)
	if total == 0 {
		return sentences(d.text("caption.nobody_wrote"), d.messagesBefore(m, compared))
	}
	if line := d.quietMessages(s, m, compared); line != "" {
		return line
	}
	versus := ""
	if compared {
		versus = d.text("caption.incoming_messages.versus", digest.N("n", m))
	}
	slots := []digest.Slot{digest.N("n", total), digest.S("versus", versus)}
	key := "caption.incoming_messages."
	if d.oneDay() {
		return d.text(key+"one_day", slots...)
	}
	if days, part, ok := stretch(s); ok && d.byWeekday() && len(days) > 1 {
		return d.text(key+"stretch", append(slots, digest.S("part", d.w.Count(part)),
			digest.S("first", d.day(days[0].At)), digest.S("last", d.day(days[len(days)-1].At)))...)
	}
	top, n := largest(filled(s))
	slots = append(slots, digest.S("part", d.w.Count(n)), digest.S("days", d.dayList(top)))
	switch {
	case len(top) == 1:
		return d.text(key+"busiest", slots...)
	case len(top) <= fewTops:
		return d.text(key+"busiest_tie", slots...)
	}
	return d.text(key+"even", slots...)
}

func (d *desk) messagesBefore(m float64, compared bool) string {
	if !compared || m == 0 {
		return ""
	}
	return d.text("caption.messages_before", digest.N("n", m))
}

// quietMessages tells a quiet period by its people: "Four people wrote, on three days; the week before, 7 messages."
func (d *desk) quietMessages(s digest.Series, m float64, compared bool) string {
	users, ok := figureOf(&d.s, "activity", "active_users")
	if !d.quiet || !ok || !users.Value.Is() || users.Value.Number < 1 || d.oneDay() {
		return ""
	}
	days := len(above(s))
	line := d.text("caption.quiet.people", digest.N("n", users.Value.Number), digest.S("people", d.small(int(users.Value.Number)))) +
		d.text("caption.quiet.days", digest.N("n", float64(days)), digest.S("days", d.small(days)))
	if compared {
		line += d.text("caption.quiet.before", digest.N("n", m))
	}
	return upperFirst(line) + "."
}

func conversations(d *desk, sec *digest.Section, c *digest.Chart) string {
	s := currentOf(c)
	if s.Sum() == 0 {
		return d.text("caption.conversations.none")
	}
	total, hasTotal := sec.Figure("conversations_total")
	if d.oneDay() {
		return d.text("caption.conversations.one_day", digest.N("n", s.Sum()))
	}
	sums := ""
	if hasTotal && total.Value.Is() {
		key := "caption.conversations.overlap"
		if s.Sum() == total.Value.Number {
			key = "caption.conversations.sums"
		}
		sums = d.text(key, digest.N("n", total.Value.Number))
	}
	return sentences(d.busiest("caption.conversations", s), sums)
}

// busiest names the day with the most, up to three that share it, or else the most that any day had.
func (d *desk) busiest(key string, s digest.Series) string {
	top, n := largest(filled(s))
	slots := []digest.Slot{digest.N("n", n), digest.S("days", d.dayList(top))}
	switch {
	case len(top) == 1:
		return d.text(key+".busiest", slots...)
	case len(top) <= fewTops:
		return d.text(key+".busiest_tie", slots...)
	}
	return d.text(key+".even", slots...)
}

func messagesPerConversation(d *desk, _ *digest.Section, c *digest.Chart) string {
	key := "caption.messages_per_conversation."
	points := filled(currentOf(c))
	if len(points) == 0 {
		return d.text("caption.conversations.none")
	}
	top, n := largest(points)
	slots := []digest.Slot{d.decimal(n), digest.S("days", d.dayList(top[:1]))}
	switch {
	case d.oneDay():
		return d.text(key+"one_day", slots...)
	case len(points) == 1:
		return d.text(key+"only", slots...)
	}
	// What no other day passed is rounded up, so that it is true; it may reach what is printed for the top.
	var rest float64
	for _, p := range points {
		if p.At != top[0].At {
			rest = math.Max(rest, *p.Value)
		}
	}
	rest = math.Ceil(rest*10-1e-9) / 10
	if len(top) > 1 || rest >= math.Round(n*10)/10 {
		return d.text(key+"even", d.decimal(math.Ceil(n*10-1e-9)/10))
	}
	return d.text(key+"longest", append(slots, digest.S("rest", d.number(rest)))...)
}

func maxMessagesPerMinute(d *desk, sec *digest.Section, c *digest.Chart) string {
	points := filled(currentOf(c))
	top, n := largest(points)
	if len(points) == 0 || n == 0 {
		return d.text("caption.nobody_wrote")
	}
	slots := []digest.Slot{digest.N("n", n), digest.S("days", d.dayList(top[:1]))}
	at, ok := sec.Figure("peak_time")
	if ok && at.Value.Is() {
		slots = append(slots, digest.S("moment", d.moment(at.Value)))
	}
	key := "caption.max_messages_per_minute."
	switch {
	case n == 1: // every minute with a message is as busy
		return d.text(key+"several", slots...)
	case !ok || !at.Value.Is():
		return d.text(key+"no_time", slots...)
	case len(top) > 1:
		return sentences(d.text(key+"several", slots...), d.text(key+"first", slots...))
	}
	var rest float64
	for _, p := range points {
		if p.At != top[0].At {
			rest = math.Max(rest, *p.Value)
		}
	}
	next := ""
	if len(points) > 1 && rest > 0 {
		next = d.text(key+"next", digest.N("n", rest))
	}
	return sentences(d.text(key+"one", slots...), next)
}

// moment is an instant inside a sentence: "Mon 15:02", or "25 Mar, 15:02" in a long period.
func (d *desk) moment(v digest.Value) string {
	at := v.Instant.In(d.s.Period.Location())
	key := "caption.moment"
	if !d.byWeekday() {
		key = "caption.moment_date"
	}
	return d.text(key, digest.S("day", d.dayShort(digest.DateOf(at))),
		digest.S("weekday", d.w.Weekday(digest.DateOf(at))), digest.S("time", d.w.Clock(at)))
}
