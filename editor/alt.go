package editor

import (
	"strings"

	"fortnight/digest"
)

// alt gives a chart's values in words. It stands in for the picture where that is not seen, so it repeats neither title
// nor caption.
func (d *desk) alt(c *digest.Chart) string {
	switch c.Kind {
	case digest.Ranking, digest.Donut:
		var rows []string
		for _, p := range filled(currentOf(c)) {
			rows = append(rows, pair(p.Label, d.amount(c.Unit, *p.Value)))
		}
		return strings.Join(rows, d.comma()) + "."
	case digest.Flow:
		return d.altOfFlow(c)
	case digest.StackedBar:
		return d.altOfStack(c)
	case digest.Curve:
		var out []string
		for _, s := range c.Series {
			var values []string
			for _, p := range s.Points {
				values = append(values, d.amount(c.Unit, valueOf(p)))
			}
			out = append(out, pair(s.Label, strings.Join(values, d.comma()))+".")
		}
		return strings.Join(out, " ")
	default:
		return d.text("alt.by_day", digest.S("values", d.byDay(c, currentOf(c).Points)))
	}
}

// byDay lists days with their values; a gap is named.
func (d *desk) byDay(c *digest.Chart, points []digest.Point) string {
	var out []string
	for _, p := range points {
		v := d.text("alt.gap")
		if p.Value != nil {
			v = d.amount(c.Unit, *p.Value)
		}
		if p.Value != nil && c.Unit == digest.Duration {
			v = d.hours(*p.Value)
		}
		out = append(out, pair(d.dayShort(p.At), v))
	}
	return strings.Join(out, d.comma())
}

// altOfStack lists each series by day and leaves out the days without.
func (d *desk) altOfStack(c *digest.Chart) string {
	var out []string
	for i, s := range c.Series {
		values := d.text("alt.gap")
		if points := above(s); len(points) > 0 {
			values = d.byDay(c, points)
		}
		key := "alt.series"
		if i == 0 {
			key = "alt.series_by_day"
		}
		out = append(out, d.text(key, digest.S("series", s.Label), digest.S("values", values)))
	}
	return strings.Join(out, " ")
}

// altOfFlow lists the places of each column.
func (d *desk) altOfFlow(c *digest.Chart) string {
	var out []string
	for column, key := range []string{"first", "second", "third"} {
		var rows []string
		for _, n := range c.Nodes {
			if n.Column == column {
				rows = append(rows, pair(n.Label, d.amount(c.Unit, n.Value)))
			}
		}
		if len(rows) > 0 {
			out = append(out, d.text("chart."+c.Key+".alt_"+key, digest.S("values", strings.Join(rows, d.comma()))))
		}
	}
	return strings.Join(out, " ")
}

// pair keeps a name and its value on one line.
func pair(name, value string) string { return name + nbsp + value }

func (d *desk) comma() string { return d.text("alt.comma") }
