package editor

import (
	"math"
	"strconv"
	"strings"

	"fortnight/digest"
)

// desk is one letter in the making: what every step reads, and the footnotes that the steps add to.
type desk struct {
	w     digest.Words
	s     digest.Snapshot // fit for the audience
	b     digest.Brief
	span  string              // day, week, month or period: how the period is called
	quiet bool                // see isQuiet
	wide  map[string][]string // remarks told once of a section: see wideRemarks
	foot  footnotes
	away  int // tables that are on the edition's page alone
}

func newDesk(s digest.Snapshot, b digest.Brief, w digest.Words) *desk {
	if onlyNow(&s) { // there is nothing that it could be held against
		s.First, s.Previous = false, digest.Period{}
	}
	return &desk{w: w, s: s, b: b, span: spanOf(s), quiet: isQuiet(&s), wide: wideRemarks(&s)}
}

// quietBelow is the number of messages (or, without them, of conversations offered) below which a period is quiet: its
// percents say nothing, and a wait is one person's.
const quietBelow = 10

func isQuiet(s *digest.Snapshot) bool {
	for _, at := range [][2]string{{"activity", "total_messages"}, {"contact_center", "total_conversations"}, {"chatbot", "bot_conversations"}, {"flows", "initiated"}, {"outreach", "total_users"}} {
		if f, ok := figureOf(s, at[0], at[1]); ok && f.Value.Is() {
			return f.Value.Number < quietBelow
		}
	}
	return false
}

// figureOf finds a figure of a section that was read.
func figureOf(s *digest.Snapshot, section, key string) (digest.Figure, bool) {
	sec := s.Section(section)
	if sec == nil || sec.Status == digest.Broken || sec.Status == digest.Absent {
		return digest.Figure{}, false
	}
	return sec.Figure(key)
}

// spanOf says what both periods are: a day, a week of seven local days, a whole month of the calendar, or something
// else. It is read from the dates and not from the cadence, so it is true of dates given by hand too.
func spanOf(s digest.Snapshot) string {
	periods := []digest.Period{s.Period}
	if !s.First && !s.Previous.From.IsZero() {
		periods = append(periods, s.Previous)
	}
	all := func(is func(first, end digest.Date) bool) bool {
		for _, p := range periods {
			if !is(p.First(), p.End()) {
				return false
			}
		}
		return true
	}
	switch {
	case all(func(first, end digest.Date) bool { return first.DaysUntil(end) == 1 }):
		return "day"
	case all(func(first, end digest.Date) bool { return first.DaysUntil(end) == 7 }):
		return "week"
	case all(func(first, end digest.Date) bool { return first.Day == 1 && first.AddMonths(1) == end }):
		return "month"
	}
	return "period"
}

// compared tells whether there is a previous period to compare with.
func (d *desk) compared() bool { return !d.s.First && !d.s.Previous.From.IsZero() }

// say puts a phrase with its slots; {this} and {before} name the two periods in every phrase,
// {span} is what they are: "week".
func (d *desk) say(key string, slots ...digest.Slot) digest.Spans {
	return d.w.Phrase(key, append(slots,
		digest.S("span", d.w.Phrase("span."+d.span).String()),
		digest.S("this", d.w.Phrase("period."+d.span+".this").String()),
		digest.S("before", d.w.Phrase("period."+d.span+".before").String()))...)
}

// text is say without emphasis.
func (d *desk) text(key string, slots ...digest.Slot) string { return d.say(key, slots...).String() }

// sentences joins what is not empty.
func sentences(s ...string) string {
	var out []string
	for _, x := range s {
		if x != "" {
			out = append(out, x)
		}
	}
	return strings.Join(out, " ")
}

// join puts sentences behind each other and keeps their emphasis.
func join(s ...digest.Spans) digest.Spans {
	var out digest.Spans
	for _, x := range s {
		if len(x) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, digest.Span{Text: " "})
		}
		out = append(out, x...)
	}
	return out
}

func bold(s digest.Spans) digest.Spans { return digest.Spans{{Text: s.String(), Bold: true}} }

// --- Values in words ---------------------------------------------------------------------------------------------------

// value puts a value into a sentence. None is "n/a", "not available" or "no data".
func (d *desk) value(u digest.Unit, v digest.Value) string {
	if !v.Is() {
		return d.text("value." + string(v.State))
	}
	switch u {
	case digest.Duration:
		return d.duration(v.Number)
	case digest.Percent:
		return d.w.Percent(v.Number)
	case digest.Ratio:
		return d.number(v.Number)
	case digest.Instant:
		return d.w.Moment(v.Instant.In(d.s.Period.Location()))
	case digest.Text:
		return v.Text
	case digest.Money:
		return d.money(v.Number, v.Currency)
	default:
		return d.w.Count(v.Number)
	}
}

// wholeFrom is the amount from which cents are left to the files.
const wholeFrom = 1000

// money is an amount with its currency: "300 EUR", "12.50 USD", "1,234,568 USD".
func (d *desk) money(amount float64, currency string) string {
	n := d.w.Decimal(amount, 2)
	if amount == math.Trunc(amount) || math.Abs(amount) >= wholeFrom {
		n = d.w.Count(amount)
	}
	return d.text("money", digest.S("amount", n), digest.S("currency", currency))
}

// duration is a duration in one unbroken run: "1 h 40 min".
func (d *desk) duration(seconds float64) string {
	var out []string
	for _, p := range d.w.Duration(seconds) {
		out = append(out, p.Number, p.Unit)
	}
	return strings.Join(out, nbsp)
}

const nbsp = "\u00a0"

// roundHours is the length from which a wait is said as its chart's labels are, in hours alone.
const roundHours = 3 * 3600

// hours says the mean of a day: "45 min", "1 h 30 min", "6.7 h", "37 h".
func (d *desk) hours(seconds float64) string {
	if seconds < roundHours {
		return d.duration(seconds)
	}
	return d.w.Hours(seconds)
}

// amount says a value of a chart as its labels do; nothing of a duration is a plain 0.
func (d *desk) amount(u digest.Unit, n float64) string {
	switch u {
	case digest.Duration:
		if n == 0 {
			return d.w.Count(0)
		}
		return d.w.Hours(n)
	case digest.Ratio:
		return d.number(n)
	case digest.Percent:
		return d.w.Percent(n)
	default:
		return d.w.Count(n)
	}
}

// number prints hours and ratios: with one place, unless that is a nought.
func (d *desk) number(n float64) string {
	if r := math.Round(n*10) / 10; r == math.Trunc(r) {
		return d.w.Count(r)
	}
	return d.w.Decimal(n, 1)
}

// decimal is number as the slot {n} that chooses the plural: "1 message", "1.2 messages".
func (d *desk) decimal(n float64) digest.Slot {
	if r := math.Round(n*10) / 10; r == math.Trunc(r) {
		return digest.N("n", r)
	}
	return digest.S("n", d.number(n))
}

// small spells a number up to ten as a word: "three weeks". Larger ones stay digits.
func (d *desk) small(n int) string {
	if n < 1 || n > 10 {
		return d.w.Count(float64(n))
	}
	return d.text("number." + strconv.Itoa(n))
}
