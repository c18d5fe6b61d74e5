package charts

import (
	"strings"

	"fortnight/digest"
)

// felt marks a part of the picture that a page's reader can point at, with what is said of it.
func (b *board) felt(x, y, w, h float64, title string, told ...string) {
	if b.mirror > 0 {
		x = b.mirror - x - w
	}
	name := strings.Join(told, ", ")
	switch {
	case name == "":
		name = title
	case title != "":
		name = title + ": " + name
	}
	b.areas = append(b.areas, digest.Area{X: x, Y: y, Width: w, Height: h, Name: name})
}

// feltDays marks the columns of one series over days, each with the value that the previous period had there.
func (b *board) feltDays(first, slot, foot float64, now digest.Series, before *digest.Series) {
	n := len(now.Points)
	if before != nil {
		n = max(n, len(before.Points))
	}
	for i := range n {
		title, told := "", []string(nil)
		if before != nil && i < len(before.Points) {
			title, told = b.when(before.Points[i]), []string{tell(b.legend.Previous, b.rowValue(before.Points[i]))}
		}
		if i < len(now.Points) {
			label := b.legend.Current
			if told == nil {
				label = ""
			}
			title, told = b.when(now.Points[i]), append([]string{tell(label, b.rowValue(now.Points[i]))}, told...)
		}
		b.felt(first+(float64(i)-.5)*slot, b.above, slot, foot-b.above, title, told...)
	}
}

// longTold is the most days whose values one row tells; of more it tells the largest.
const longTold = 8

// toldCurve is what a row of curves says.
func (b *board) toldCurve(s digest.Series) (told []string) {
	if sum := b.sum(s); sum != "" {
		told = append(told, sum)
	}
	if len(s.Points) > longTold {
		if _, _, peak := extent(s.Points); peak >= 0 {
			told = append(told, tell(b.when(s.Points[peak]), b.rowValue(s.Points[peak])))
		}
		return told
	}
	for _, p := range s.Points {
		told = append(told, tell(b.when(p), b.rowValue(p)))
	}
	return told
}

// toldStation is what a node of a flow says: its own value, and where that leads to; of the last column, where it comes from.
func (b *board) toldStation(s *station) []string {
	told := []string{b.number(s.value)}
	for _, r := range s.from {
		told = append(told, "→ "+tell(r.z.Label, b.number(r.value)))
	}
	if len(s.from) == 0 {
		for _, r := range s.to {
			told = append(told, "← "+tell(r.a.Label, b.number(r.value)))
		}
	}
	return told
}

// was is the value that a row had in the previous period.
func (b *board) was(p digest.Point) (text string, ok bool) {
	var rows []digest.Point
	if s := b.chart.Find("previous"); s != nil {
		rows = s.Points
	} else if p := b.chart.Previous; p != nil && len(p.Series) > 0 {
		rows = p.Series[0].Points
	}
	for _, was := range rows {
		if was.Key == p.Key && was.Role == p.Role && was.Label == p.Label {
			return b.rowValue(was), true
		}
	}
	return "", false
}

// when is a point's day, with its month, or its label.
func (b *board) when(p digest.Point) string {
	if p.At.IsZero() {
		return p.Label
	}
	return b.words.WeekdayShort(p.At) + "\u00a0" + b.words.DayMonth(p.At)
}

// tell puts a value after its label.
func tell(label, value string) string {
	if label == "" {
		return value
	}
	return label + " " + value
}
