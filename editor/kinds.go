package editor

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
)

// Words of heat maps, histograms and funnels.

// places names the columns and rows of a heat map where the section did not: hours across, weekdays down.
func (d *desk) places(c *digest.Chart) {
	for i := range c.X {
		if hour, err := strconv.Atoi(c.X[i].Key); err == nil && c.X[i].Label == "" {
			c.X[i].Label = d.w.Clock(time.Date(2001, time.January, 1, hour, 0, 0, 0, time.UTC))
		}
	}
	for i := range c.Y {
		if weekday, err := strconv.Atoi(c.Y[i].Key); err == nil && c.Y[i].Label == "" {
			c.Y[i].Label = d.w.WeekdayShort(digest.Date{Year: 2000, Month: time.October, Day: 1}.AddDays(weekday)) // 1 October 2000 was a Sunday
		}
	}
}

// heatLegend is what the tint tells, and what it is held against where anything is.
func (d *desk) heatLegend(c *digest.Chart) (l digest.Legend) {
	key := "heatmap." + said(c.Key) + "."
	l.Value = d.text(key + "value")
	if slices.ContainsFunc(c.Cells, func(x digest.Cell) bool { return x.Of != nil }) {
		l.Of, l.UpTo, l.Without = d.text(key+"of"), d.text(key+"up_to", digest.S("n", "{n}")), d.text(key+"without")
	}
	return l
}

// targetWords names what a histogram is held against: "target 10 min".
func (d *desk) targetWords(c *digest.Chart) string {
	if c.Target == nil {
		return ""
	}
	return d.text("histogram.target", digest.S("v", d.duration(*c.Target)))
}

// binName is a bar of a histogram in a list: "5 min to 10 min", "8 h and more".
func (d *desk) binName(p digest.Point) string {
	length := func(seconds float64) string {
		if seconds == 0 {
			return d.w.Count(0)
		}
		return d.duration(seconds)
	}
	switch {
	case p.From == nil && p.To == nil:
		return p.Label
	case p.To == nil:
		return d.text("histogram.from", digest.S("from", length(*p.From)))
	case p.From == nil:
		return d.text("histogram.to", digest.S("to", length(*p.To)))
	}
	return d.text("histogram.from_to", digest.S("from", length(*p.From)), digest.S("to", length(*p.To)))
}

// altOfHistogram lists the bars in order.
func (d *desk) altOfHistogram(c *digest.Chart) string {
	var rows []string
	for _, p := range filled(currentOf(c)) {
		rows = append(rows, d.closed(d.binName(p))+":"+nbsp+d.amount(c.Unit, *p.Value))
	}
	if target := d.targetWords(c); target != "" && len(rows) > 0 {
		return sentences(strings.Join(rows, d.comma())+".", withStop(upperFirst(target)))
	}
	return strings.Join(rows, d.comma()) + "."
}

// altOfFunnel lists the steps in order, with their share of the first.
func (d *desk) altOfFunnel(c *digest.Chart) string {
	var rows []string
	var first float64
	for i, p := range currentOf(c).Points {
		if p.Value == nil {
			rows = append(rows, d.pair(p.Label, d.text("alt.gap")))
			continue
		}
		row := d.pair(p.Label, d.amount(c.Unit, *p.Value))
		if i == 0 {
			first = *p.Value
		} else if first > 0 {
			row += " (" + d.wholePercent(*p.Value/first*100) + ")"
		}
		rows = append(rows, row)
	}
	return strings.Join(rows, d.comma()) + "."
}

// wholePercent prints a share as pictures do: in whole percents, where it is neither nearly nothing nor nearly all.
func (d *desk) wholePercent(p float64) string {
	r := math.Round(p)
	switch {
	case r == 0 && p > 0:
		return d.w.Percent(max(p, .1))
	case r == 100 && p < 100:
		r = 99
	}
	return d.w.Percent(r)
}

// How many fields of a heat map a text lists: all where there are few, else the fullest.
const (
	allFields  = 24
	mostFields = 8
)

// altOfHeatmap sums each row, then lists the fields with a value, each with what it is held against.
func (d *desk) altOfHeatmap(c *digest.Chart) string {
	sums := make([]float64, len(c.Y))
	var some []digest.Cell
	for _, x := range c.Cells {
		if x.Value == nil || x.X < 0 || x.X >= len(c.X) || x.Y < 0 || x.Y >= len(c.Y) {
			continue
		}
		sums[x.Y] += *x.Value
		if *x.Value > 0 {
			some = append(some, x)
		}
	}
	l := d.heatLegend(c)
	var rows []string
	for i, y := range c.Y {
		rows = append(rows, d.pair(placeName(y), d.amount(c.Unit, sums[i])))
	}
	out := ""
	if c.Unit == digest.Count {
		out = d.text("alt.series", digest.S("series", l.Value), digest.S("values", strings.Join(rows, d.comma())))
	}
	if len(some) == 0 {
		return out
	}
	key := "heatmap.fields"
	if len(some) > allFields {
		slices.SortStableFunc(some, func(a, b digest.Cell) int { return cmp.Compare(*b.Value, *a.Value) })
		some, key = some[:mostFields], "heatmap.fullest"
	} else {
		slices.SortStableFunc(some, func(a, b digest.Cell) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X)) })
	}
	var fields []string
	for _, x := range some {
		row := d.pair(placeName(c.Y[x.Y])+nbsp+placeName(c.X[x.X]), d.amount(c.Unit, *x.Value))
		if x.Of != nil {
			row += " (" + l.Of + nbsp + d.number(*x.Of) + ")"
		}
		fields = append(fields, row)
	}
	return sentences(out, d.text(key, digest.S("values", strings.Join(fields, d.comma()))))
}

func placeName(p digest.Place) string {
	if p.Label != "" {
		return p.Label
	}
	return p.Key
}
