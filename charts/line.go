package charts

import (
	"fortnight/digest"
)

// dot is a value's place on the picture.
type dot struct{ x, y float64 }

// stretch is values without a gap between them.
type stretch []dot

// drawLine draws one series over days: an area under a line that never passes above a value, the previous period
// dotted behind it, the largest value in figures.
func (b *board) drawLine() {
	now := b.series()
	var before *digest.Series
	if s := b.chart.Find("previous"); s != nil && len(s.Points) > 0 {
		before = s
	}
	inside := b.plotTall()
	top, foot := 46*b.k, inside-2.1*b.size
	if before == nil {
		top = 34 * b.k
	}
	most, least, peak := extent(now.Points)
	n := len(now.Points)
	if before != nil {
		m, l, _ := extent(before.Points)
		most, least, n = max(most, m), min(least, l), max(n, len(before.Points))
	}
	s := scaleOf(b.chart.Unit, least, most)
	s.stand(b.above+top, b.above+foot)
	first, slot := b.columns(n, b.gutter(&s, n, 0))
	if before != nil && peak >= 0 { // the largest value in figures must not stand in the legend
		half := b.wide(b.number(most), lettering{size: b.size + 2*b.k, weight: 700}) / 2
		label := s.y(value0(now.Points[peak])) - 13*b.k - capHeight*(b.size+2*b.k)
		if over := b.above + b.size + 8*b.k - label; over > 0 && first+float64(peak)*slot+half > b.right-b.periodsWide()-8*b.k {
			s.stand(b.above+top+over, b.above+foot)
		}
	}

	b.grid(&s)
	lines := stretches(now.Points, &s, first, slot)
	for _, l := range lines {
		b.area(l, s.y(0), s.y(max(most, 0)))
	}
	if before != nil {
		for _, l := range stretches(before.Points, &s, first, slot) {
			b.curve(l)
			b.stroke(b.before, 2.5*b.thin(), 2*b.thin(), 6*b.thin())
		}
	}
	for _, l := range lines {
		b.curve(l)
		b.stroke(b.accent, 3.25*b.thin())
	}
	for _, l := range lines {
		for _, d := range l {
			if slot >= 26*b.k && !b.named || len(l) == 1 { // a page marks the day that is pointed at
				b.ring(d)
			}
		}
	}
	if peak >= 0 {
		v, _ := value(now.Points[peak])
		d := dot{first + float64(peak)*slot, s.y(v)}
		if v != 0 {
			b.disc(d.x, d.y, 6.75*b.thin(), b.ground)
			b.disc(d.x, d.y, 4.4*b.thin(), b.accent)
			b.peakLabel(d, b.number(v), &s)
		}
	}
	b.days(dated(now.Points, before), first, slot, b.above+inside-.55*b.size, b.size-b.k)
	if before != nil {
		b.periods(b.above + b.size)
	}
	b.feltDays(first, slot, b.above+inside, now, before)
}

// thin scales lines and dots: less than the type, so that they stay visible in half a column.
func (b *board) thin() float64 { return (1 + b.k) / 2 }

// value0 is a point's number, 0 for a gap.
func value0(p digest.Point) float64 {
	v, _ := value(p)
	return v
}

// dated gives the points whose dates stand under the columns: this period's, or where it has none the previous one's.
func dated(now []digest.Point, before *digest.Series) []digest.Point {
	if len(now) == 0 && before != nil {
		return before.Points
	}
	return now
}

// extent gives the largest and the smallest value and the first place of the largest, -1 where there is none.
func extent(points []digest.Point) (most, least float64, peak int) {
	peak = -1
	for i, p := range points {
		v, ok := value(p)
		if !ok {
			continue
		}
		if peak < 0 || v > most {
			most, peak = v, i
		}
		least = min(least, v)
	}
	return most, least, peak
}

// stretches cuts points at their gaps.
func stretches(points []digest.Point, s *scale, first, slot float64) []stretch {
	var out []stretch
	var open stretch
	for i, p := range points {
		if v, ok := value(p); ok {
			open = append(open, dot{first + float64(i)*slot, s.y(v)})
			continue
		}
		if len(open) > 0 {
			out, open = append(out, open), nil
		}
	}
	if len(open) > 0 {
		out = append(out, open)
	}
	return out
}

// slopes gives the tangents of a curve that is monotone between neighbours: zero at every turn, else the harmonic mean
// of the slopes on both sides (Fritsch and Butland 1984). A cubic's controls then lie between the heights of its ends,
// and so does the curve.
func slopes(l stretch) []float64 {
	m := make([]float64, len(l))
	if len(l) < 2 {
		return m
	}
	between := make([]float64, len(l)-1)
	for i := range between {
		between[i] = (l[i+1].y - l[i].y) / (l[i+1].x - l[i].x)
	}
	m[0], m[len(m)-1] = between[0], between[len(between)-1]
	for i := 1; i < len(between); i++ {
		if a, z := between[i-1], between[i]; a*z > 0 {
			m[i] = 2 * a * z / (a + z)
		}
	}
	return m
}

// curve traces a stretch; one value alone has no line.
func (b *board) curve(l stretch) {
	b.move(l[0].x, l[0].y)
	m := slopes(l)
	for i := 1; i < len(l); i++ {
		p, q := l[i-1], l[i]
		h := (q.x - p.x) / 3
		b.cubic(p.x, p.y, p.x+h, p.y+m[i-1]*h, q.x-h, q.y-m[i]*h, q.x, q.y)
	}
}

// area fills the room between a stretch and zero; at the height of peak the fade is strongest.
func (b *board) area(l stretch, zero, peak float64) {
	if len(l) < 2 {
		return
	}
	b.curve(l)
	b.line(l[len(l)-1].x, zero)
	b.line(l[0].x, zero)
	b.r.Close()
	b.fade(b.accent, peak, max(zero, peak+1), b.fadeTop, b.fadeEnd)
}

// ring marks a value.
func (b *board) ring(d dot) {
	b.disc(d.x, d.y, 4.5*b.thin(), b.accent)
	b.disc(d.x, d.y, 2.5*b.thin(), b.ground)
}

// peakLabel writes the largest value above its dot, or beside it where the axis' values are in the way.
func (b *board) peakLabel(d dot, text string, s *scale) {
	style := lettering{size: b.size + 2*b.k, weight: 700, colour: b.ink, anchor: digest.AnchorMiddle, halo: b.ground}
	half := b.wide(text, style) / 2
	y := d.y - 13*b.k
	clear := b.left
	for _, v := range s.ticks() {
		if base := s.y(v) - 6*b.k; v != 0 && base > y-style.size && base-style.size < y {
			clear = max(clear, b.left+b.wide(b.tick(s, v), b.small(b.ink3))+8*b.k)
		}
	}
	if d.x-half < clear {
		style.anchor = digest.AnchorLeft
		x, y := d.x+12*b.k, d.y-1.6*b.k
		if d.x-8*b.k > clear { // only just too wide: move aside
			x, y = clear, d.y-13*b.k
		}
		b.text(x, y, text, style)
		return
	}
	b.text(min(d.x, b.right-half), y, text, style)
}

// periodsWide is the width of the legend of two lines.
func (b *board) periodsWide() float64 {
	w := 0.0
	for _, name := range []string{b.legend.Previous, b.legend.Current} {
		w += b.wide(name, b.small(b.ink2)) + 45*b.k
	}
	return w
}

// periods is the legend of two lines, at the end of a line of text.
func (b *board) periods(y float64) {
	style := b.small(b.ink2).at(digest.AnchorRight)
	x := b.right
	room := (b.right-b.left)/2 - 40*b.k
	for i, name := range []string{b.legend.Previous, b.legend.Current} {
		name = b.fit(name, room, style)
		if name == "" {
			continue
		}
		b.text(x, y, name, style)
		end := x - b.wide(name, style) - 7*b.k
		if b.named { // a page's face may be wider
			end -= .1 * b.wide(name, style)
		}
		mid := y - 5*b.k
		b.move(end-20*b.k, mid)
		b.line(end, mid)
		if i == 0 {
			b.stroke(b.before, 2.5*b.thin(), 2*b.thin(), 6*b.thin())
		} else {
			b.stroke(b.accent, 3.25*b.thin())
		}
		x = end - 36*b.k
	}
}
