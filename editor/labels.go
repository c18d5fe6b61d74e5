package editor

import (
	"strings"

	"fortnight/digest"
)

// label names every row, curve and node of a chart in the locale. Names that people gave (agents, intents, flows,
// reasons) stay as they are.
func (d *desk) label(sec *digest.Section, c *digest.Chart) {
	for i := range c.Series {
		s := &c.Series[i]
		switch {
		case s.Key == "current" || s.Key == "previous":
			s.Label = ""
		case c.Key == "failure_by_step":
			s.Label = d.failureReason(s.Key)
		case c.Kind == digest.StackedBar:
			s.Label = d.text("series." + s.Key)
		default:
			s.Label = d.rowLabel(c.Key, s.Key, s.Label, s.Role, s.Count)
		}
		if c.Key == "by_step" || c.Key == "failure_by_step" {
			d.stepLabels(s.Points)
			continue
		}
		for j := range s.Points {
			if p := &s.Points[j]; p.At.IsZero() && c.Kind == digest.Funnel && d.w.Has("funnel.step."+p.Key) {
				p.Label = d.text("funnel.step." + p.Key)
			} else if p.At.IsZero() {
				p.Label = d.rowLabel(c.Key, p.Key, p.Label, p.Role, p.Count)
			}
		}
	}
	d.places(c)
	if isJourney(c) {
		d.labelJourney(c)
		return
	}
	last := lastColumn(c)
	for i := range c.Nodes {
		n := &c.Nodes[i]
		if n.Role == digest.Ordinary && n.Column == last {
			if answer := answerOf(*n); answer != "" {
				n.Label = d.text("label." + answer)
				continue
			}
		}
		n.Label = d.rowLabel(c.Key, n.ID, n.Label, n.Role, 0)
	}
}

func (d *desk) rowLabel(chart, key, label string, role digest.Role, count int) string {
	switch role {
	case digest.Other:
		if count > 0 {
			return d.text("label.others", digest.N("n", float64(count)))
		}
		return d.text("label.other")
	case digest.Unknown, digest.Nothing:
		switch chart {
		case "closing_reasons", "failure_reasons":
			return d.text("label.none_recorded")
		case "start_flows":
			if role == digest.Nothing {
				return d.text("label.no_flow")
			}
		}
		return d.text("label.unknown")
	case digest.Fallback:
		return d.text("label.not_understood")
	case digest.Nobody:
		return d.text("label.nobody")
	}
	if chart == "languages" {
		return d.w.Language(key)
	}
	if known := "close_reason." + key; chart == "closing_reasons" && d.w.Has(known) {
		return d.text(known)
	}
	if chart == "completion" {
		return d.text("label.flow_" + key)
	}
	if label == "" {
		return key
	}
	return label
}

// lastColumn is the rightmost column of a flow.
func lastColumn(c *digest.Chart) int {
	last := 0
	for _, n := range c.Nodes {
		last = max(last, n.Column)
	}
	return last
}

// answerOf tells who a node of the last column stands for: "bot", "agent" or "" for a node with a name of its own. Ids
// may carry their column in front ("2:bot").
func answerOf(n digest.Node) string {
	id := n.ID[strings.LastIndexAny(n.ID, ":/")+1:]
	switch {
	case id == "bot" || n.Label == "bot":
		return "bot"
	case id == "agent" || n.Label == "agent":
		return "agent"
	}
	return ""
}

// legend is the words inside a picture.
func (d *desk) legend(c *digest.Chart) digest.Legend {
	var l digest.Legend
	switch c.Kind {
	case digest.Line:
		if c.Find("previous") != nil {
			l.Current, l.Previous = d.text("period."+d.span+".current"), d.text("period."+d.span+".previous")
		}
	case digest.StackedBar:
		l.Series, l.Above = map[string]string{}, map[string]string{}
		for _, s := range c.Series {
			l.Series[s.Key] = s.Label
			if s.Key != "handled" && s.Key != "completed" && c.Key != "failure_by_step" {
				l.Above[s.Key] = d.text("series_above."+s.Key, digest.S("n", "{n}"))
			}
		}
	case digest.Heatmap:
		return d.heatLegend(c)
	case digest.Histogram:
		l.Target = d.targetWords(c)
	case digest.Funnel:
		l.OfFirst, l.OfBefore = d.text("funnel.of_first"), d.text("funnel.of_before")
	case digest.Donut:
		l.Total = d.text("chart."+c.Key+".total", digest.N("n", currentOf(c).Sum()))
	case digest.Flow:
		if isJourney(c) { // it stands down the page, each step beside its name
			break
		}
		for _, column := range []string{"first", "second", "third"} {
			l.Columns = append(l.Columns, d.text("chart."+c.Key+"."+column))
		}
	}
	return l
}
