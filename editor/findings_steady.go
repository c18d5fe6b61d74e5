package editor

import (
	"math"

	"fortnight/digest"
)

// steady says how things stand where little or nothing changed, or where there is nothing to compare with: up to `more`
// sentences, and one at least where nothing else is told. The first is what became of the conversations offered; in a quiet
// period it is the only one. Stories that are told already are left out.
func (d *desk) steady(anchors map[string]bool, more int, told []told) []digest.Finding {
	word := d.text("word.steady")
	if !d.compared() {
		word = d.text("word.first")
	}
	var out []digest.Finding
	add := func(text digest.Spans, link, anchor string) {
		f := digest.Finding{Word: word, Text: text}
		d.lead(&f, anchors, link, anchor)
		out = append(out, f)
	}
	spoken := map[string]bool{}
	for _, t := range told {
		spoken[t.group] = true
	}
	if d.nobodyWrote() {
		add(d.nobody(), "by_day", "activity-incoming_messages")
		if f, _ := figureOf(&d.s, "activity", "total_messages"); d.compared() && f.Previous.Number > 0 {
			out[0].Word = d.text("word.quiet")
		}
	} else if text, ok := d.fate(); ok && !spoken["fate"] {
		add(text, "by_day", "contact_center-handled_vs_missed")
		if f, _ := figureOf(&d.s, "contact_center", "missed"); d.compared() && f.Value != f.Previous && f.Value.Number > 0 {
			out[0].Word = d.text("word.missed") // by one or two: chance, but not what "steady" says
		}
	}
	if d.quiet {
		return out
	}
	for _, at := range []story{
		storyOf("contact_center", "wait_median"), storyOf("chatbot", "bot_resolution_rate"),
		storyOf("activity", "active_users"), storyOf("chatbot", "fallback_rate"), storyOf("activity", "new_users"),
		storyOf("flows", "success_rate"), storyOf("flows", "responsive_success_rate"),
		storyOf("outreach", "response_rate"),
		storyOf("service_levels", "closed_within_hour"), storyOf("service_levels", "first_response_median"),
	} {
		f, ok := figureOf(&d.s, at.section, at.figure)
		if len(out) >= more || !ok || !f.Value.Is() || f.Provisional || f.Barred || spoken[at.group] {
			continue
		}
		spoken[at.group] = true
		c, comparable := changeOf(f)
		way := ".first"
		if comparable && d.compared() {
			way = ".same"
		}
		add(d.say("finding."+at.section+"."+at.figure+way, d.findingSlots(f, c)...), at.link, place(at))
	}
	return out
}

// fate says what became of the conversations offered to agents.
func (d *desk) fate() (digest.Spans, bool) {
	var n [3]float64
	for i, key := range []string{"total_conversations", "missed", "waiting"} {
		f, ok := figureOf(&d.s, "contact_center", key)
		if !ok || !f.Value.Is() || f.Provisional {
			return nil, false
		}
		n[i] = f.Value.Number
	}
	total, missed, waiting := n[0], n[1], n[2]
	key := "finding.fate."
	slots := []digest.Slot{digest.S("total", d.w.Count(total))}
	switch {
	case total == 0:
		return nil, false
	case missed == 0 && waiting == 0:
		return d.say(key+"all_handled", digest.N("n", total)), true
	case total == 1 && missed == 1:
		key += "only_missed"
	case total == 1:
		return d.say(key + "only_waiting"), true
	case missed == 0:
		return d.say(key+"waiting", append(slots, digest.N("n", waiting))...), true
	}
	if total > 1 {
		key += "missed"
	}
	text := d.say(key, append(slots, digest.N("n", missed))...)
	if f, _ := figureOf(&d.s, "contact_center", "missed"); d.compared() && f.Previous.Is() {
		before := d.say("finding.contact_center.missed.before_some", digest.N("n", f.Previous.Number))
		if f.Previous.Number == 0 {
			before = d.say("finding.contact_center.missed.before_none")
		}
		text = join(text, before)
	}
	return text, true
}

// nobodyWrote tells a period without a single message.
func (d *desk) nobodyWrote() bool {
	f, ok := figureOf(&d.s, "activity", "total_messages")
	return ok && f.Value.Is() && f.Value.Number == 0
}

// nobody says that nobody wrote, and how it was before.
func (d *desk) nobody() digest.Spans {
	f, _ := figureOf(&d.s, "activity", "total_messages")
	if d.compared() && f.Previous.Is() {
		if f.Previous.Number == 0 {
			return d.say("finding.no_messages_either")
		}
		return d.say("finding.no_messages_before", digest.N("n", f.Previous.Number))
	}
	return d.say("finding.no_messages")
}

// peak is the busiest day, and the busiest minute. The messages of a day are its conversations times its messages per
// conversation, which is how the section counts them; where one of the two is missing, those that people sent.
func (d *desk) peak(anchors map[string]bool) (digest.Finding, bool) {
	sec := d.read("activity")
	if sec == nil {
		return digest.Finding{}, false
	}
	f := digest.Finding{Word: d.text("word.peak")}
	days, key := messagesByDay(sec), "finding.peak.messages"
	if days == nil {
		days, key = incomingByDay(sec), "finding.peak.incoming"
	}
	var total float64
	for _, p := range days {
		total += *p.Value
	}
	top, n := largest(days)
	if total > 0 && !d.oneDay() && len(top) <= 2 {
		slots := []digest.Slot{
			digest.N("n", total), digest.S("part", d.w.Count(n)), digest.S("days", d.dayList(top)),
		}
		if len(top) == 2 {
			key += "_tie"
		}
		f.Text = d.say(key, slots...)
	}
	minute := d.busiestMinute(sec, len(f.Text) == 0)
	f.Text = join(f.Text, minute)
	if len(f.Text) == 0 {
		return digest.Finding{}, false
	}
	anchor := "activity-max_messages_per_minute"
	if !anchors[anchor] || len(minute) == 0 {
		anchor = "activity-incoming_messages"
	}
	d.lead(&f, anchors, "by_day", anchor)
	return f, true
}

// busiestMinute is left out of a quiet period, and where no minute had two messages: it says nothing then.
func (d *desk) busiestMinute(sec *digest.Section, alone bool) digest.Spans {
	volume, ok := sec.Figure("peak_volume")
	at, okTime := sec.Figure("peak_time")
	if !ok || !okTime || !volume.Value.Is() || !at.Value.Is() || volume.Provisional || d.quiet || volume.Barred || volume.Value.Number < 2 {
		return nil
	}
	key := "finding.peak.minute"
	if alone {
		key = "finding.peak.minute_alone"
	}
	return d.say(key, digest.N("n", volume.Value.Number), digest.S("moment", d.moment(at.Value)))
}

func messagesByDay(sec *digest.Section) []digest.Point {
	threads, each := sec.Chart("conversations"), sec.Chart("messages_per_conversation")
	if threads == nil || each == nil || len(currentOf(threads).Points) != len(currentOf(each).Points) {
		return nil
	}
	var out []digest.Point
	for i, p := range currentOf(threads).Points {
		n := math.Round(valueOf(p) * valueOf(currentOf(each).Points[i]))
		out = append(out, digest.Point{At: p.At, Value: &n})
	}
	return out
}

func incomingByDay(sec *digest.Section) []digest.Point {
	c := sec.Chart("incoming_messages")
	if c == nil {
		return nil
	}
	return filled(currentOf(c))
}
