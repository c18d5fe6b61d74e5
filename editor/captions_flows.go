package editor

import (
	"strings"

	"fortnight/digest"
)

// journeyKey is the key of the first journey, and of what is said of all of them.
const journeyKey = "journey"

// said is the key that a chart has in phrases: journeys share one.
func said(chart string) string {
	if strings.HasPrefix(chart, journeyKey+"_") {
		return journeyKey
	}
	return chart
}

// isJourney tells one flow's way through its steps.
func isJourney(c *digest.Chart) bool { return said(c.Key) == journeyKey }

// pictureTitle is a chart's title; one that is about something of its own names it.
func (d *desk) pictureTitle(c *digest.Chart) string {
	key := "chart." + said(c.Key) + ".title"
	if c.Of != nil && c.Of.Label != "" {
		return d.text(key+"_of", digest.S("of", c.Of.Label))
	}
	return d.text(key)
}

func completion(d *desk, sec *digest.Section, c *digest.Chart) string {
	s := currentOf(c)
	total := s.Sum()
	key := "caption.completion."
	pending := ""
	if f, ok := sec.Figure("pending"); ok && f.Value.Is() && f.Value.Number > 0 {
		pending = d.text(key+"pending", digest.N("n", f.Value.Number))
	}
	if total == 0 {
		return sentences(d.text(key+"none"), pending)
	}
	var completed, first, later float64
	for _, p := range filled(s) {
		switch p.Key {
		case "completed":
			completed = *p.Value
		case "failed_at_first_step":
			first = *p.Value
		default:
			later = *p.Value
		}
	}
	slots := []digest.Slot{digest.N("n", total), digest.S("part", d.w.Count(completed)), digest.S("first", d.w.Count(first))}
	switch {
	case completed == total:
		return sentences(d.text(key+"all", slots...), pending)
	case first+later == total:
		return sentences(d.text(key+"no_one", slots...), pending)
	case first == 0:
		return sentences(d.text(key+"some", slots...), pending)
	}
	return sentences(d.text(key+"some_first", slots...), pending)
}

// byStepCaption names the step at which the most failed, and how many reached it.
func byStepCaption(d *desk, sec *digest.Section, c *digest.Chart) string {
	key := "caption.by_step."
	completed, failed := c.Find("completed"), c.Find("failed")
	if completed == nil || failed == nil || completed.Sum()+failed.Sum() == 0 {
		return d.text(key + "none")
	}
	top, n := largest(filled(*failed))
	if n <= 0 {
		return d.text(key+"no_failure", digest.N("n", valueOf(completed.Points[0])))
	}
	reached := n
	for i, p := range failed.Points {
		if p.Key == top[0].Key {
			reached += valueOf(completed.Points[i])
		}
	}
	slots := []digest.Slot{digest.N("n", n), digest.S("reached", d.w.Count(reached)), digest.S("step", d.stepName(sec, top[0])), digest.S("total", d.w.Count(failed.Sum()))}
	most := d.text(key+"most", slots...)
	if len(top) > 1 {
		most = d.text(key+"most_tie", slots...)
	}
	return sentences(most, d.text(key+"caveat"))
}

func failureByStep(d *desk, sec *digest.Section, c *digest.Chart) string {
	key := "caption.failure_by_step."
	var total float64
	var top *digest.Series
	ties := 0
	for i := range c.Series {
		s := &c.Series[i]
		sum := s.Sum()
		total += sum
		switch {
		case top == nil || sum > top.Sum():
			top, ties = s, 1
		case sum == top.Sum():
			ties++
		}
	}
	if total == 0 {
		return d.text(key + "none")
	}
	slots := []digest.Slot{digest.N("n", total), digest.S("part", d.w.Count(top.Sum())), digest.S("reason", d.failureReason(top.Key))}
	switch {
	case ties > 1:
		return d.text(key+"even", slots...)
	case top.Sum() == total:
		return d.text(key+"all", slots...)
	}
	at, _ := largest(filled(*top))
	return d.text(key+"top", append(slots, digest.S("step", d.stepName(sec, at[0])))...)
}

func journeyCaption(d *desk, sec *digest.Section, c *digest.Chart) string {
	key := "caption.journey."
	ends := map[string]float64{}
	var total, worst float64
	step := ""
	labels := map[string]string{}
	last := lastColumn(c)
	for _, n := range c.Nodes {
		labels[n.ID] = n.Label
		if n.Column == last {
			ends[strings.TrimPrefix(n.ID, "end/")] = n.Value
			total += n.Value
		}
	}
	for _, l := range c.Links {
		if l.To == "end/failed" && l.Value > worst {
			worst, step = l.Value, labels[l.From]
		}
	}
	if total == 0 {
		return d.text(key + "none")
	}
	pending := ""
	if ends["pending"] > 0 {
		pending = d.text(key+"pending", digest.N("n", ends["pending"]))
	}
	all := d.text(key+"all", digest.N("n", total), digest.S("completed", d.w.Count(ends["completed"])), digest.S("failed", d.w.Count(ends["failed"])),
		digest.S("pending", pending))
	if worst == 0 {
		return all
	}
	return sentences(all, d.text(key+"failed_at", digest.N("n", worst), digest.S("step", step)))
}

// stepName is a step inside a sentence: its name, or its number.
func (d *desk) stepName(sec *digest.Section, p digest.Point) string {
	if p.Role == digest.Other {
		return d.text("label.later_steps")
	}
	if c := sec.Chart("by_step"); c != nil { // as the source gave it: what is drawn has been shortened
		for _, s := range c.Series {
			for _, x := range s.Points {
				if x.Key == p.Key && x.Label != "" {
					return x.Label
				}
			}
		}
	}
	return d.text("label.step", digest.S("n", p.Key))
}

// stepLabels names the rows of a chart of steps: by the step's name, or its number.
func (d *desk) stepLabels(points []digest.Point) {
	for i := range points {
		switch p := &points[i]; {
		case p.Role == digest.Other:
			p.Label = d.text("label.later_steps")
		case p.Label == "":
			p.Label = d.text("label.step", digest.S("n", p.Key))
		}
	}
}

// failureReason is why a session failed, in words; one that is not of metrics.md stays as it is.
func (d *desk) failureReason(key string) string {
	switch key {
	case "TIMEOUT", "INCOMING_MESSAGE", "OUTGOING_MANUAL_MESSAGE", "OUTGOING_AUTOMATION_MESSAGE", "OUTGOING_BROADCAST_MESSAGE",
		"OUTGOING_CAMPAIGN_MESSAGE", "VOICE_ENDED", "CANCELLED", "UNKNOWN":
		return d.text("failure." + strings.ToLower(key))
	}
	return key
}

// outcomeLabel is what became of a session, in words.
func (d *desk) outcomeLabel(key string) string {
	switch key {
	case "completed", "failed", "pending":
		return d.text("label.flow_" + key)
	}
	return key
}

// labelJourney names the nodes of a journey.
func (d *desk) labelJourney(c *digest.Chart) {
	last := lastColumn(c)
	for i := range c.Nodes {
		n := &c.Nodes[i]
		switch {
		case n.Column == last:
			n.Label = d.outcomeLabel(strings.TrimPrefix(n.ID, "end/"))
		case n.Role == digest.Other:
			n.Label = d.text("label.other_steps")
		}
	}
}

// altOfJourney lists the steps in order, then what became of the sessions.
func (d *desk) altOfJourney(c *digest.Chart) string {
	var steps, ends []string
	last := lastColumn(c)
	for _, n := range c.Nodes {
		row := d.pair(n.Label, d.amount(c.Unit, n.Value))
		if n.Column == last {
			ends = append(ends, row)
		} else {
			steps = append(steps, row)
		}
	}
	return d.text("chart.journey.alt", digest.S("steps", strings.Join(steps, d.comma())), digest.S("ends", strings.Join(ends, d.comma())))
}

// flowBalance is the identity of the sessions: begun = completed + failed + pending.
func (d *desk) flowBalance(sec *digest.Section) *digest.Balance {
	var n [4]float64
	for i, key := range []string{"initiated", "completed", "failed", "pending"} {
		f, ok := sec.Figure(key)
		if !ok || !f.Value.Is() {
			return nil
		}
		n[i] = f.Value.Number
	}
	b := &digest.Balance{}
	for i, colour := range []string{"handled", "missed", "waiting"} { // what went well, what did not, what is open
		if n[i+1] > 0 {
			b.Bars = append(b.Bars, digest.BalanceBar{Key: colour, Share: n[i+1] / n[0] * 100})
		}
	}
	for i, key := range []string{"flow_begun", "flow_completed", "flow_failed", "flow_pending"} {
		if i > 0 {
			b.Line = append(b.Line, digest.Span{Text: []string{"", " = ", " + ", " + "}[i]})
		}
		b.Line = append(b.Line, d.say("balance."+key, digest.N("n", n[i]))...)
	}
	if f, ok := sec.Figure("started"); ok && f.Value.Is() && n[0] > 0 {
		b.Text = d.text("balance.flow_answered", digest.N("n", f.Value.Number))
	}
	return b
}
