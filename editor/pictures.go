package editor

import (
	"cmp"
	"slices"

	"fortnight/digest"
)

// picture puts a chart under its title, caption and alt text; ok is false where the section has no such chart, or where
// another picture speaks for it.
func (d *desk) picture(sec *digest.Section, plan chartPlan) (p digest.Picture, ok bool) {
	chart := sec.Chart(plan.key)
	if chart == nil || d.spokenFor(sec, plan.key) {
		return digest.Picture{}, false
	}
	p = digest.Picture{
		Section: sec.Key, Anchor: sec.Key + "-" + plan.key, Title: d.pictureTitle(chart), Half: plan.half,
	}
	if t, ok := projectTable(sec); ok && plan.key == digest.ByProject && len(t.Columns) > 2 {
		p.Title = d.text("chart.by_project.title", digest.S("figure", d.text("figure."+sec.Key+"."+t.Columns[2].Key+".label")))
	}
	switch chart.State {
	case digest.Failed:
		p.Caption = d.text("picture.failed")
		return p, true
	case digest.Unavailable:
		d.leftOut(&p, sec, chart, plan)
		return p, true
	}
	p.Chart = d.prepared(sec, chart)
	p.Drawn = drawable(&p.Chart)
	p.Caption = plan.caption(d, sec, &p.Chart)
	p.Mark = d.foot.mark(sentences(d.footnote(sec, chart.Footnote), d.severalNote(sec, "chart."+chart.Key)))
	if p.Drawn {
		p.Alt, p.Legend = d.alt(&p.Chart), d.legend(&p.Chart)
	} else {
		p.Chart, p.Half = digest.Chart{}, false
	}
	return p, true
}

// spokenFor tells a chart whose absence the chart it is paired with has told already.
func (d *desk) spokenFor(sec *digest.Section, key string) bool {
	for _, c := range planOf(sec.Key).charts {
		if c.pair == key {
			first, second := sec.Chart(c.key), sec.Chart(key)
			return first != nil && first.State == digest.Unavailable && second.State == digest.Unavailable
		}
	}
	return false
}

// leftOut says why there is no picture: the platform's reason, and that nothing was shown as zero.
func (d *desk) leftOut(p *digest.Picture, sec *digest.Section, chart *digest.Chart, plan chartPlan) {
	key := "picture.left_out"
	if plan.pair != "" && d.spokenFor(sec, plan.pair) {
		key = "picture.left_out_pair"
		p.Title = d.text("chart." + plan.key + ".title_pair")
	}
	p.Half = false
	p.Caption = d.text("picture.unavailable")
	if reason := d.remark(sec, chart.Footnote); reason != "" {
		p.Caption = sentences(p.Caption, d.text(key, digest.S("reason", trimStop(upperFirst(reason)))))
	}
}

// drawable tells whether a chart has anything to show. A line of zeros has: nobody wrote, and that is drawn. A ranking
// or a flow without rows has not, nor has a donut of nothing but what is not known.
func drawable(c *digest.Chart) bool {
	if c.State != digest.HasValue && c.State != "" {
		return false
	}
	switch c.Kind {
	case digest.Flow:
		return slices.ContainsFunc(c.Nodes, func(n digest.Node) bool { return n.Value > 0 })
	case digest.Ranking, digest.Histogram, digest.Funnel:
		return currentOf(c).Sum() > 0
	case digest.Heatmap:
		return slices.ContainsFunc(c.Cells, func(x digest.Cell) bool { return x.Value != nil && *x.Value > 0 })
	case digest.Donut:
		return slices.ContainsFunc(above(currentOf(c)), func(p digest.Point) bool {
			return p.Role != digest.Unknown && p.Role != digest.Nothing
		})
	case digest.Curve:
		return slices.ContainsFunc(c.Series, func(s digest.Series) bool { return s.Sum() > 0 })
	default:
		return slices.ContainsFunc(c.Series, func(s digest.Series) bool { return s.Key != "previous" && len(filled(s)) > 0 })
	}
}

// shownAgents is how many agents a chart names when it cannot name all; one more would be a lone "1 other".
const shownAgents = 6

// prepared is the chart as it is drawn: labels in the locale, agents cut to the first six and the others, and only those
// previous values that a picture shows.
func (d *desk) prepared(sec *digest.Section, c *digest.Chart) digest.Chart {
	out := *c
	out.Footnote, out.Previous = "", nil
	out.Series = nil
	for _, s := range c.Series {
		if s.Key == "previous" && (c.Kind != digest.Line || !d.compared()) {
			continue
		}
		s.Points = slices.Clone(s.Points)
		out.Series = append(out.Series, s)
	}
	out.Nodes, out.Links = slices.Clone(c.Nodes), slices.Clone(c.Links)
	out.X, out.Y = slices.Clone(c.X), slices.Clone(c.Y)
	if slices.Contains(agentCharts, c.Key) || c.Key == handledByTeam {
		switch c.Kind {
		case digest.Ranking:
			for i := range out.Series {
				out.Series[i].Points = cutRows(out.Series[i].Points)
			}
		case digest.Curve:
			out.Series = agreeing(cutCurves(out.Series), sec.Chart(rankingOf[c.Key]))
		}
	}
	d.label(sec, &out)
	return out
}

// cutRows orders rows by value and keeps the first six with a name, then the others as one row, then the unnamed.
func cutRows(points []digest.Point) []digest.Point {
	named, rest := partition(points, func(p digest.Point) digest.Role { return p.Role })
	slices.SortStableFunc(named, func(a, b digest.Point) int { return cmp.Compare(valueOf(b), valueOf(a)) })
	named = slices.DeleteFunc(named, func(p digest.Point) bool { return valueOf(p) == 0 })
	others := digest.Point{Key: "other", Role: digest.Other}
	var sum float64
	add := func(p digest.Point) {
		others.Count += max(1, p.Count)
		sum += valueOf(p)
	}
	if len(named) > shownAgents+1 || (len(named) > shownAgents && hasOther(rest, func(p digest.Point) digest.Role { return p.Role })) {
		for _, p := range named[shownAgents:] {
			add(p)
		}
		named = named[:shownAgents]
	}
	var unnamed []digest.Point
	for _, p := range rest {
		if p.Role == digest.Other {
			add(p)
		} else if valueOf(p) > 0 {
			unnamed = append(unnamed, p)
		}
	}
	if others.Count > 0 {
		others.Value = &sum
		named = append(named, others)
	}
	return append(named, unnamed...)
}

// cutCurves is cutRows for curves: by their sums, the others added up day by day.
func cutCurves(series []digest.Series) []digest.Series {
	role := func(s digest.Series) digest.Role { return s.Role }
	named, rest := partition(series, role)
	named = slices.DeleteFunc(named, func(s digest.Series) bool { return s.Sum() == 0 })
	slices.SortStableFunc(named, func(a, b digest.Series) int { return cmp.Compare(b.Sum(), a.Sum()) })
	var merged, unnamed []digest.Series
	if len(named) > shownAgents+1 || (len(named) > shownAgents && hasOther(rest, role)) {
		merged = append(merged, named[shownAgents:]...)
		named = named[:shownAgents]
	}
	for _, s := range rest {
		if s.Role == digest.Other {
			merged = append(merged, s)
		} else if s.Sum() > 0 {
			unnamed = append(unnamed, s)
		}
	}
	if len(merged) > 0 {
		named = append(named, addUp(merged))
	}
	return append(named, unnamed...)
}

// rankingOf is the ranking that a chart of curves stands beside.
var rankingOf = map[string]string{
	"conversations_evolution":        "conversations_per_agent",
	"conversation_minutes_evolution": "conversation_minutes",
	"connection_hours_evolution":     connectionHours,
}

// agreeing makes the others of curves the others of their ranking: agents with nothing are none of them, and a single one
// has a name.
func agreeing(curves []digest.Series, ranking *digest.Chart) []digest.Series {
	if ranking == nil || ranking.State != digest.HasValue {
		return curves
	}
	var rest []digest.Point
	for _, p := range above(currentOf(ranking)) {
		drawn := slices.ContainsFunc(curves, func(s digest.Series) bool { return s.Key == p.Key })
		if p.Role == digest.Ordinary && !drawn {
			rest = append(rest, p)
		}
	}
	for i, s := range curves {
		switch {
		case s.Role != digest.Other:
		case len(rest) == 0 && s.Sum() == 0:
			return slices.Delete(slices.Clone(curves), i, i+1)
		case len(rest) == 1:
			curves[i].Key, curves[i].Label, curves[i].Role, curves[i].Count = rest[0].Key, rest[0].Label, digest.Ordinary, 0
		case len(rest) > 1:
			curves[i].Count = len(rest)
		}
	}
	return curves
}

func addUp(series []digest.Series) digest.Series {
	others := digest.Series{Key: "other", Role: digest.Other}
	for _, s := range series {
		others.Count += max(1, s.Count)
		for i, p := range s.Points {
			if i == len(others.Points) {
				others.Points = append(others.Points, digest.Point{At: p.At})
			}
			if p.Value != nil {
				sum := valueOf(others.Points[i]) + *p.Value
				others.Points[i].Value = &sum
			}
		}
	}
	return others
}

func partition[T any](all []T, role func(T) digest.Role) (named, rest []T) {
	for _, x := range all {
		if role(x) == digest.Ordinary {
			named = append(named, x)
		} else {
			rest = append(rest, x)
		}
	}
	return named, rest
}

func hasOther[T any](all []T, role func(T) digest.Role) bool {
	return slices.ContainsFunc(all, func(x T) bool { return role(x) == digest.Other })
}

func valueOf(p digest.Point) float64 {
	if p.Value == nil {
		return 0
	}
	return *p.Value
}
