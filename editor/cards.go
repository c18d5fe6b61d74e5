package editor

import (
	"strings"
	"time"
	"unicode/utf8"

	"fortnight/digest"
)

// card puts a figure of a section on a card.
func (d *desk) card(sec *digest.Section, key string) digest.Card {
	f, has := sec.Figure(key)
	if key == connectionHours {
		f, has = connectionFigure(sec)
	}
	c := digest.Card{Key: key, Anchor: sec.Key + "-" + key, Label: d.text("figure." + sec.Key + "." + key + ".label"), Wide: key == "peak_volume"}
	switch {
	case sec.Status == digest.Broken || f.Value.State == digest.Failed:
		d.failedCard(&c, sec, f)
	case !has || f.Value.State == digest.Unavailable:
		d.unavailableCard(&c, sec, f)
	case f.Value.State == digest.Empty:
		c.Nil = d.text("value.empty")
		c.Under = d.text("figure." + sec.Key + "." + key + ".empty")
		c.Mark = d.foot.mark(d.footnote(sec, f.Footnote))
	default:
		c.Parts = d.parts(f)
		c.Mark = d.foot.mark(sentences(d.definition(sec, f), d.footnote(sec, f.Footnote)))
		d.under(&c, sec, f)
	}
	return c
}

// parts is a figure's number: one part, or two for a duration.
func (d *desk) parts(f digest.Figure) []digest.Part {
	switch f.Unit {
	case digest.Duration:
		if number, unit, ok := strings.Cut(d.w.Hours(f.Value.Number), nbsp); ok && f.Key == connectionHours {
			return []digest.Part{{Number: number, Unit: unit}} // the sum of many agents is told in hours, as its chart is
		}
		return d.w.Duration(f.Value.Number)
	case digest.MessagesPerMinute:
		return []digest.Part{{
			Number: d.w.Count(f.Value.Number),
			Unit:   d.text("unit.messages", digest.N("n", f.Value.Number)),
		}}
	}
	return []digest.Part{{Number: d.value(f.Unit, f.Value)}}
}

// under is what stands below the number: when a peak was, until when a figure may move, a target, or the change.
func (d *desk) under(c *digest.Card, sec *digest.Section, f digest.Figure) {
	if f.Key == "peak_volume" {
		if at, ok := sec.Figure("peak_time"); ok && at.Value.Is() {
			c.Under = d.value(digest.Instant, at.Value)
			return
		}
	}
	if f.Provisional {
		c.Tone = digest.Warn                                                     // layouts set an asterisk behind the number
		until := digest.DateOf(d.s.Period.To.Add(attribution - time.Nanosecond)) // the last day of the window
		c.Under = d.text("card.until", digest.S("date", d.w.DayMonth(until)))
		return
	}
	if f.Target != nil {
		side := "target"
		if away, off := d.offTarget(f); off > 0 {
			side = away
		}
		c.Under = d.text("card."+side, digest.S("v", d.value(f.Unit, digest.Num(*f.Target))))
	}
	ch, ok := changeOf(f)
	if !ok || !d.compared() {
		return
	}
	if unchanged(f, ch) || (d.quiet && f.Unit != digest.Count) {
		ch.tone = digest.Plain // a wait or a rate of a quiet period is one person's
	}
	c.Change, c.Colour = d.signedChange(f, ch), ch.tone
	c.Dot = ch.tone == digest.Worse
	from := d.text("card.from", digest.S("v", d.value(f.Unit, f.Previous)))
	if f.Target == nil && !unchanged(f, ch) && cardWidth(c.Change+" "+from, c.Dot) <= cardRoom {
		c.From = from
	}
}

// attribution is the window of a provisional figure past the period's end: 72 h.
const attribution = 72 * time.Hour

// cardRoom is how many characters of the small type stand on one line of a card at its narrowest.
const cardRoom = 19

func cardWidth(s string, dot bool) int {
	n := utf8.RuneCountInString(s)
	if dot {
		n += 2
	}
	return n
}

// failedCard says that there is no number, and which there was before, where that is known: a source that failed tells
// neither, but the edition before may have.
func (d *desk) failedCard(c *digest.Card, sec *digest.Section, f digest.Figure) {
	c.Nil, c.Small = d.text("value.card_failed"), true
	if before := d.b.Before; !f.Previous.Is() && before != nil && before.Period.From.Equal(d.s.Previous.From) && before.Period.To.Equal(d.s.Previous.To) {
		if was, ok := figureOf(before, sec.Key, c.Key); ok && was.Value.Is() {
			f = digest.Figure{Unit: was.Unit, Previous: was.Value}
		}
	}
	if !f.Previous.Is() || !d.compared() {
		return
	}
	v := digest.S("v", d.value(f.Unit, f.Previous))
	c.Under = d.text("card.was", v)
	if f.Unit == digest.Duration {
		c.Under = d.text("card.was_short", v)
	}
}

// unavailableCard says that the platform cannot know, and why. A long reason becomes a footnote.
func (d *desk) unavailableCard(c *digest.Card, sec *digest.Section, f digest.Figure) {
	c.Nil, c.Small = d.text("value.card_unavailable"), true
	c.Under = d.text("card.keeps_no_record", digest.S("platform", d.platform(sec)))
	if sec.Projects != nil {
		c.Under = d.text("card.no_project")
	}
	reason := d.remark(sec, f.Footnote)
	switch {
	case reason == "" || c.Key == connectionHours: // whose chart gives the reason in full
	case utf8.RuneCountInString(reason) <= shortReason:
		c.Under = trimStop(reason)
	default:
		c.Mark = d.foot.mark(reason)
	}
}

// shortReason is the length of a reason that fits below a card's words, in three lines.
const shortReason = 64

// connectionFigure sums the hours of all agents; where the chart has none, neither has the figure.
func connectionFigure(sec *digest.Section) (digest.Figure, bool) {
	c := sec.Chart(connectionHours)
	if c == nil {
		return digest.Figure{}, false
	}
	f := digest.Figure{Key: connectionHours, Unit: digest.Duration, Direction: digest.Neutral, Value: digest.None(c.State)}
	if c.State == digest.HasValue {
		f.Value = digest.Num(currentOf(c).Sum())
		f.Previous = digest.None(digest.Unavailable)
		if p := c.Find("previous"); p != nil {
			f.Previous = digest.Num(p.Sum())
		}
	}
	if c.State != digest.HasValue {
		f.Footnote = c.Footnote
	}
	return f, true
}

// definition is what a reader must know of a figure to read it rightly, where its label cannot say it: what counts as
// missed, and that a peak was reached more than once.
func (d *desk) definition(sec *digest.Section, f digest.Figure) string {
	return sentences(d.meant(sec, f), d.severalNote(sec, f.Key))
}

func (d *desk) meant(sec *digest.Section, f digest.Figure) string {
	switch f.Key {
	case "responses", "response_rate":
		return d.text("note.response_window", digest.S("hours", d.notedCount(sec, "response_window", "hours")))
	case "appointments_scheduled":
		return d.text("note.flows_window")
	case "completion_rate", "appointments_completed":
		return d.text("note.flows_attribution", digest.S("days", d.notedCount(sec, "attribution", "days")))
	case "staff_time_saved":
		seconds, _ := noted(sec, "time_saved", "seconds")
		return d.text("note.flows_time_saved", digest.S("messages", d.notedCount(sec, "time_saved", "messages")), digest.S("seconds", d.number(seconds)))
	case "answered_in_10_min":
		if n, _ := noted(sec, f.Key, "left_out"); n > 0 {
			return d.text("note.left_out", digest.N("n", n))
		}
	case "missed":
		return d.text("note.missed", digest.S("hours", d.number(d.missedAfter())))
	case "peak_volume":
		if count, ok := noted(sec, "peak_tied", "count"); ok && count > 1 {
			return d.text("note.peak_tied_count", digest.N("n", f.Value.Number), digest.S("count", d.w.Count(count)))
		}
		if c := sec.Chart("max_messages_per_minute"); c != nil {
			if top, n := largest(filled(currentOf(c))); len(top) > 1 && n == f.Value.Number {
				return d.text("note.peak_tied", digest.N("n", n))
			}
		}
	}
	return ""
}

// notedCount prints a number that a section states in a note.
func (d *desk) notedCount(sec *digest.Section, note, value string) string {
	n, _ := noted(sec, note, value)
	return d.w.Count(n)
}

// missedAfter is how many hours an offered conversation may wait before it counts as missed.
func (d *desk) missedAfter() float64 {
	if d.b.MissedAfter == 0 {
		return 24
	}
	return d.b.MissedAfter.Hours()
}
