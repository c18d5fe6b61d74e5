package editor

import (
	"slices"

	"fortnight/digest"
)

// chartGrid is a chart's values, all of them: a picture has room for six agents. Nil where it shows nothing.
func (d *desk) chartGrid(sec *digest.Section, key string) *digest.Grid {
	of := sec.Chart(key)
	if of == nil {
		return nil
	}
	c := d.uncut(sec, of)
	if !drawable(&c) {
		return nil
	}
	g := &digest.Grid{Key: key, Title: d.pictureTitle(of)}
	switch c.Kind {
	case digest.Flow:
		d.linkRows(g, &c)
	case digest.Heatmap:
		d.fieldRows(g, &c)
	case digest.Histogram:
		d.binRows(g, &c)
	default:
		d.seriesRows(g, &c)
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g
}

// uncut is prepared without the cut to what there is room for.
func (d *desk) uncut(sec *digest.Section, c *digest.Chart) digest.Chart {
	out := *c
	out.Footnote, out.Previous, out.Series = "", nil, nil
	for _, s := range c.Series {
		if s.Key == "previous" && !d.compared() {
			continue
		}
		s.Points = slices.Clone(s.Points)
		out.Series = append(out.Series, s)
	}
	out.Nodes, out.Links, out.X, out.Y = slices.Clone(c.Nodes), slices.Clone(c.Links), slices.Clone(c.X), slices.Clone(c.Y)
	d.label(sec, &out)
	return out
}

// seriesRows is a row a day, or a named thing, and a column a series. The period before stands beside its own: by place for days, by name else.
func (d *desk) seriesRows(g *digest.Grid, c *digest.Chart) {
	if len(c.Series) == 0 {
		return
	}
	rows := longestOf(c.Series)
	first := digest.GridHead{Text: d.text("book.name"), Unit: digest.Text}
	if len(rows) > 0 && !rows[0].At.IsZero() {
		first = digest.GridHead{Text: d.text("book.day"), Unit: digest.LocalDay}
	}
	g.Head = append(g.Head, first)
	for _, s := range c.Series {
		head := s.Label
		switch {
		case s.Key == "current":
			head = upperFirst(d.text("period." + d.span + ".current"))
		case s.Key == "previous":
			head = upperFirst(d.text("period." + d.span + ".previous"))
		}
		g.Head = append(g.Head, digest.GridHead{Text: upperFirst(head), Unit: c.Unit})
	}
	for i, p := range rows {
		row := []digest.Entry{named(p)}
		for _, s := range c.Series {
			row = append(row, d.pointEntry(c.Unit, same(s.Points, p, i)))
		}
		g.Rows = append(g.Rows, row)
	}
}

// longestOf gives the points that name the rows: those of the first series, or of the longest where that has days more. Things that
// the period before alone has, no picture shows.
func longestOf(series []digest.Series) []digest.Point {
	rows := series[0].Points
	for _, s := range series[1:] {
		if len(s.Points) > len(rows) && s.Key != "previous" {
			rows = s.Points
		}
	}
	return rows
}

// same is the point of the same place, of days, or of the same name; nil where there is none.
func same(points []digest.Point, p digest.Point, i int) *digest.Point {
	if !p.At.IsZero() {
		if i < len(points) {
			return &points[i]
		}
		return nil
	}
	at := slices.IndexFunc(points, func(o digest.Point) bool { return o.Key == p.Key && o.Role == p.Role })
	if at < 0 {
		return nil
	}
	return &points[at]
}

func named(p digest.Point) digest.Entry {
	if !p.At.IsZero() {
		return onDay(p.At)
	}
	return inText(p.Label)
}

// pointEntry is a point's value; a gap is n/a.
func (d *desk) pointEntry(u digest.Unit, p *digest.Point) digest.Entry {
	if p == nil {
		return d.entry(u, digest.None(digest.Empty))
	}
	return d.entry(u, digest.NumOrEmpty(p.Value))
}

// linkRows is a flow: from, to, how many.
func (d *desk) linkRows(g *digest.Grid, c *digest.Chart) {
	names := map[string]string{}
	for _, n := range c.Nodes {
		names[n.ID] = n.Label
	}
	g.Head = []digest.GridHead{{Text: d.text("book.from"), Unit: digest.Text}, {Text: d.text("book.to"), Unit: digest.Text}, {Text: d.text("book.value"), Unit: c.Unit}}
	for _, l := range c.Links {
		g.Rows = append(g.Rows, []digest.Entry{inText(names[l.From]), inText(names[l.To]), d.entry(c.Unit, digest.Num(l.Value))})
	}
}

// fieldRows is a heat map: row, column, value, and what that is held against.
func (d *desk) fieldRows(g *digest.Grid, c *digest.Chart) {
	legend := d.legend(c)
	held := slices.ContainsFunc(c.Cells, func(x digest.Cell) bool { return x.Of != nil })
	g.Head = []digest.GridHead{{Text: d.text("book.row"), Unit: digest.Text}, {Text: d.text("book.column_head"), Unit: digest.Text}, {Text: upperFirst(orElse(legend.Value, d.text("book.value"))), Unit: c.Unit}}
	if held {
		g.Head = append(g.Head, digest.GridHead{Text: upperFirst(orElse(legend.Of, d.text("book.value"))), Unit: digest.Ratio})
	}
	for _, x := range c.Cells {
		if x.X < 0 || x.X >= len(c.X) || x.Y < 0 || x.Y >= len(c.Y) {
			continue
		}
		row := []digest.Entry{inText(orElse(c.Y[x.Y].Label, c.Y[x.Y].Key)), inText(orElse(c.X[x.X].Label, c.X[x.X].Key)), d.entry(c.Unit, digest.NumOrEmpty(x.Value))}
		if held {
			row = append(row, d.entry(digest.Ratio, digest.NumOrEmpty(x.Of)))
		}
		g.Rows = append(g.Rows, row)
	}
}

// binRows is a histogram: from, to, how many; an open end has no to.
func (d *desk) binRows(g *digest.Grid, c *digest.Chart) {
	g.Head = []digest.GridHead{{Text: d.text("book.from"), Unit: digest.Duration}, {Text: d.text("book.to"), Unit: digest.Duration}}
	for _, s := range c.Series {
		which := "current"
		if s.Key == "previous" {
			which = "previous"
		}
		g.Head = append(g.Head, digest.GridHead{Text: upperFirst(d.text("period." + d.span + "." + which)), Unit: c.Unit})
	}
	for i, p := range currentOf(c).Points {
		row := []digest.Entry{d.entry(digest.Duration, digest.NumOrEmpty(p.From)), {Unit: digest.Duration, Value: digest.NumOrEmpty(p.To)}}
		for _, s := range c.Series {
			var at *digest.Point
			if i < len(s.Points) {
				at = &s.Points[i]
			}
			row = append(row, d.pointEntry(c.Unit, at))
		}
		g.Rows = append(g.Rows, row)
	}
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
