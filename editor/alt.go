package editor

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fortnight/digest"
)

// alt gives a chart's values in words. It stands in for the picture where that is not seen, so it repeats neither title
// nor caption.
func (d *desk) alt(c *digest.Chart) string {
	switch c.Kind {
	case digest.Ranking, digest.Donut:
		var rows []string
		for _, p := range filled(currentOf(c)) {
			rows = append(rows, d.pair(p.Label, d.amount(c.Unit, *p.Value)))
		}
		return strings.Join(rows, d.comma()) + "."
	case digest.Flow:
		if isJourney(c) {
			return d.altOfJourney(c)
		}
		return d.altOfFlow(c)
	case digest.StackedBar:
		return d.altOfStack(c)
	case digest.Heatmap:
		return d.altOfHeatmap(c)
	case digest.Histogram:
		return d.altOfHistogram(c)
	case digest.Funnel:
		return d.altOfFunnel(c)
	case digest.Curve:
		var out []string
		for _, s := range c.Series {
			out = append(out, d.pair(s.Label, d.curveValues(c, s))+".")
		}
		return strings.Join(out, " ")
	default:
		return d.text("alt.by_day", digest.S("values", d.byDay(c, currentOf(c).Points)))
	}
}

// curveValues lists a curve day by day; in a long period, in which most days of one agent have nothing, those that have.
func (d *desk) curveValues(c *digest.Chart, s digest.Series) string {
	if !d.byWeekday() {
		return d.byDay(c, above(s))
	}
	var values []string
	for _, p := range s.Points {
		values = append(values, d.amount(c.Unit, valueOf(p)))
	}
	return strings.Join(values, d.comma())
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
		name := p.Label
		if !p.At.IsZero() {
			name = d.dayShort(p.At)
		}
		out = append(out, d.pair(name, v))
	}
	return strings.Join(out, d.comma())
}

// altOfStack lists each series by day and leaves out the days without.
func (d *desk) altOfStack(c *digest.Chart) string {
	var out []string
	for i, s := range c.Series {
		values := d.text("alt.no_days")
		if points := above(s); len(points) > 0 {
			values = d.byDay(c, points)
		}
		key := "alt.series"
		if i == 0 && len(s.Points) > 0 && !s.Points[0].At.IsZero() {
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
				rows = append(rows, d.pair(n.Label, d.amount(c.Unit, n.Value)))
			}
		}
		if len(rows) > 0 {
			out = append(out, d.text("chart."+c.Key+".alt_"+key, digest.S("values", strings.Join(rows, d.comma()))))
		}
	}
	return strings.Join(out, " ")
}

// pair keeps a name and its value on one line. A name that runs the other way than the sentence is followed by a mark, or
// the number behind it would be read as part of it.
// A name that ends in a number of its own gets a colon.
func (d *desk) pair(name, value string) string {
	if r, _ := utf8.DecodeLastRuneInString(name); unicode.IsDigit(r) {
		name += ":"
	}
	return d.closed(name) + nbsp + value
}

// closed ends a name that runs the other way.
func (d *desk) closed(name string) string {
	const leftToRight, rightToLeft = "\u200e", "\u200f"
	for _, r := range slices.Backward([]rune(name)) {
		if !unicode.IsLetter(r) {
			continue
		}
		rtl := unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
		switch {
		case rtl && d.w.Dir() != "rtl":
			return name + leftToRight
		case !rtl && d.w.Dir() == "rtl":
			return name + rightToLeft
		}
		break
	}
	return name
}

func (d *desk) comma() string { return d.text("alt.comma") }
