package charts

import "fortnight/digest"

// drawStacks draws several series as parts of one bar a column. What went wrong is written above the bar, the first
// series' value inside it.
func (b *board) drawStacks() {
	rows := b.chart.Series
	n := 0
	for _, s := range rows {
		n = max(n, len(s.Points))
	}
	inside := b.plotTall()
	top, foot := 56*b.k, inside-2.1*b.size
	most, least := 0.0, 0.0
	for i := range n {
		up, down := 0.0, 0.0
		for _, r := range rows {
			if i < len(r.Points) {
				v, _ := value(r.Points[i])
				up, down = up+max(v, 0), down+min(v, 0)
			}
		}
		most, least = max(most, up), min(least, down)
	}
	s := scaleOf(b.chart.Unit, least, most)
	_, slot := b.columns(n, 0)
	first, slot := b.columns(n, b.gutter(&s, n, min(44*b.k, .62*slot)))
	notes := b.notes(rows, slot)
	s.stand(b.above+top, b.above+foot)
	for range 4 { // what is written above the bars must not stand in the legend
		over := 0.0
		for i := range n {
			up, lines := 0.0, 0
			for r, row := range rows {
				if i < len(row.Points) {
					v := max(value0(row.Points[i]), 0)
					if up += v; v > 0 && notes.phrase[r] != nil {
						lines++
					}
				}
			}
			over = max(over, b.above+1.35*b.size-(s.y(up)-8*b.k-float64(lines)*1.15*b.size))
		}
		if over < .5 || top+over > foot/2 {
			break
		}
		top += over
		s.stand(b.above+top, b.above+foot)
	}
	b.grid(&s)
	b.stackLegend(b.above + b.size)
	w := min(44*b.k, .62*slot)
	for i := range n {
		b.stack(rows, i, &s, first+float64(i)*slot, w, slot, notes)
	}
	b.hair(b.left, b.right, s.y(0), b.zero)
	var dates []digest.Point
	for _, r := range rows {
		if len(r.Points) > len(dates) {
			dates = r.Points
		}
	}
	b.days(dates, first, slot, b.above+inside-.55*b.size, b.size-b.k)
	for i := range dates {
		var told []string
		for _, r := range rows {
			if i < len(r.Points) {
				told = append(told, tell(b.seriesName(r), b.rowValue(r.Points[i])))
			}
		}
		b.felt(first+(float64(i)-.5)*slot, b.above, slot, inside, b.when(dates[i]), told...)
	}
}

// seriesName is how the legend calls a series.
func (b *board) seriesName(row digest.Series) string {
	if name := b.legend.Series[row.Key]; name != "" {
		return name
	}
	return row.Label
}

// stack draws one column.
func (b *board) stack(rows []digest.Series, i int, s *scale, x, w, slot float64, n notes) {
	type part struct {
		row   int
		value float64
	}
	var parts []part
	for r, row := range rows {
		if i < len(row.Points) {
			if v, ok := value(row.Points[i]); ok && v != 0 {
				parts = append(parts, part{r, v})
			}
		}
	}
	up, down := 0.0, 0.0
	lastUp := -1
	for j, p := range parts {
		if p.value > 0 {
			lastUp = j
		}
	}
	inside := false
	for j, p := range parts {
		c := b.stackColour(rows[p.row], p.row)
		if p.value < 0 {
			b.bar(x-w/2, s.y(down), w, s.y(down+p.value), c)
			down += p.value
			continue
		}
		low, high := s.y(up), s.y(up+p.value)
		up += p.value
		gap := min(2.0, (low-high)/3)
		if j > 0 {
			low -= gap / 2
		}
		if j < lastUp {
			b.rect(x-w/2, high+gap/2, w, low-high-gap/2, c)
		} else {
			b.bar(x-w/2, low, w, high, c)
		}
		if p.row == 0 {
			style := lettering{size: b.size - b.k, weight: 600, colour: b.onAccent, anchor: digest.AnchorMiddle}
			if text := b.number(p.value); low-high >= 1.35*b.size && b.wide(text, style)+4*b.k <= w {
				b.text(x, (low+high)/2+.36*b.size, text, style)
				inside = true
			}
		}
	}
	y := s.y(up) - 8*b.k
	named := false
	for j := len(parts) - 1; j >= 0; j-- { // the part on top is written next to it
		p := parts[j]
		if p.row == 0 || p.value < 0 {
			continue
		}
		if n.phrase[p.row] != nil {
			text, style := n.phrase[p.row](p.value), b.noteStyle(rows[p.row], n.size)
			half := b.wide(text, style) / 2
			b.text(min(x, b.right-half), y, text, style)
			y -= 1.15 * b.size
			named = true
		}
	}
	if !inside && !named && len(parts) > 0 && parts[0].row == 0 && parts[0].value > 0 && len(parts) == 1 {
		style := lettering{size: b.size - b.k, weight: 600, colour: b.ink, anchor: digest.AnchorMiddle, halo: b.ground}
		if text := b.number(parts[0].value); b.wide(text, style)+4*b.k <= slot {
			b.text(x, y, text, style)
		}
	}
}

// notes is how values are written above the bars: one way and one size for all columns.
type notes struct {
	size   float64
	phrase []func(v float64) string // by series; nil: not written
}

// notes chooses the legend's phrases, or where the columns stand too close the numbers alone, or nothing.
func (b *board) notes(rows []digest.Series, slot float64) notes {
	for _, short := range []bool{false, true} {
		n := notes{phrase: make([]func(float64) string, len(rows))}
		widest := 0.0
		for r, row := range rows {
			phrase, has := b.legend.Above[row.Key]
			if !has || r == 0 {
				continue
			}
			n.phrase[r] = func(v float64) string {
				if short {
					return b.number(v)
				}
				return filled(phrase, b.number(v))
			}
			for _, p := range row.Points {
				if v := value0(p); v > 0 {
					widest = max(widest, b.wide(n.phrase[r](v), b.noteStyle(row, b.size)))
				}
			}
		}
		for size := b.size - b.k; size >= 13*b.k; size -= b.k {
			if widest*size/b.size+5*b.k <= slot {
				n.size = size
				return n
			}
		}
	}
	return notes{phrase: make([]func(float64) string, len(rows))}
}

func (b *board) noteStyle(row digest.Series, size float64) lettering {
	style := lettering{size: size, weight: 600, colour: b.ink2, anchor: digest.AnchorMiddle, halo: b.ground}
	switch row.Key {
	case "missed", "failed":
		style.colour = b.missedInk
	case "waiting", "pending":
		style.colour = b.waitingInk
	}
	return style
}

// stackColour is the colour of a series: handled and missed have theirs, others are categories.
func (b *board) stackColour(row digest.Series, i int) digest.Colour {
	if c, ok := b.outcome(row.Key); ok {
		return c
	}
	if c, ok := b.of(row.Role); ok {
		return c
	}
	switch {
	case i == 0:
		return b.accent
	case i == len(b.categories): // one more than there are colours
		return b.other
	}
	return b.categories[i%len(b.categories)]
}

// outcome is the colour of what became of something; ok is false for what is none.
func (t theme) outcome(key string) (c digest.Colour, ok bool) {
	switch key {
	case "handled", "completed":
		return t.accent, true
	case "missed", "failed", "failed_at_first_step":
		return t.missed, true
	case "failed_later":
		return t.missedSoft, true
	case "waiting", "pending":
		return t.waiting, true
	}
	return 0, false
}

// stackLegend names the series, from the start of the line.
func (b *board) stackLegend(y float64) {
	x := b.left
	side := .75 * b.size
	for i, row := range b.chart.Series {
		style := lettering{size: b.size - b.k, colour: b.ink2}
		name := b.fit(b.seriesName(row), b.right-x-1.1*b.size, style)
		if name == "" || x+1.1*b.size >= b.right {
			continue
		}
		b.round(x, y-side, side, side, 3*b.k, 3*b.k, b.stackColour(row, i))
		b.text(x+1.1*b.size, y, name, style)
		x += 1.1*b.size + b.wide(name, style) + 24*b.k
	}
}
