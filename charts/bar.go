package charts

import "fortnight/digest"

// drawBars draws one series as bars, a value on each, the largest in the accent. Where values would not stand clear of
// each other they give way to an axis, and only the largest keeps its own.
func (b *board) drawBars() {
	points := b.series().Points
	n := len(points)
	inside := b.plotTall()
	top, foot := 2.2*b.size, inside-2.1*b.size
	most, least, peak := extent(points)

	value16 := lettering{size: b.size, weight: 700, colour: b.ink, anchor: digest.AnchorMiddle, halo: b.ground}
	gutter := 0.0
	_, slot := b.columns(n, 0)
	size, all := b.valueSize(points, slot)
	value16.size = size

	s := scaleOf(b.chart.Unit, least, most)
	if all {
		s.Min, s.Max, s.step = least, max(most, 0), 0
		if s.Min == s.Max {
			s.Max = 1
		}
	} else {
		top = 34 * b.k
	}
	if least < 0 {
		foot -= 1.2 * b.size // values under bars that hang
	}
	s.stand(b.above+top, b.above+foot)
	if !all {
		gutter = b.gutter(&s, n, min(44*b.k, .62*slot))
		b.grid(&s)
	}
	first, slot := b.columns(n, gutter)
	w := min(44*b.k, .62*slot)
	zero := s.y(0)
	for i, p := range points {
		v, ok := value(p)
		if !ok {
			continue
		}
		c, x := b.soft, first+float64(i)*slot
		if i == peak && v != 0 {
			c = b.accent
		}
		b.bar(x-w/2, zero, w, s.y(v), c)
		if all || (i == peak && v != 0) {
			style, y := value16, s.y(v)-8*b.k
			if v < 0 {
				y = s.y(v) + 8*b.k + capHeight*style.size
			}
			if i != peak {
				style.weight = 600
			}
			half := b.wide(b.number(v), style) / 2
			b.text(min(max(x, b.left+half), b.right-half), y, b.number(v), style)
		}
	}
	b.hair(b.left, b.right, zero, b.zero)
	b.days(points, first, slot, b.above+inside-.55*b.size, b.size-b.k)
	b.feltDays(first, slot, b.above+inside, b.series(), b.chart.Find("previous"))
}

// bar stands (or hangs) on zero and is round at its other end.
func (b *board) bar(x, zero, w, end float64, c digest.Colour) {
	r := min(5*b.k, w/3)
	switch {
	case end < zero:
		b.round(x, end, w, zero-end, r, 0, c)
	case end > zero:
		b.round(x, zero, w, end-zero, 0, r, c)
	}
}

// valueSize is the size at which every value stands clear of its neighbours; ok is false where none is legible.
func (b *board) valueSize(points []digest.Point, slot float64) (size float64, ok bool) {
	style := lettering{size: b.size, weight: 700}
	widest := 0.0
	for _, p := range points {
		if v, has := value(p); has {
			widest = max(widest, b.wide(b.number(v), style))
		}
	}
	for size := b.size; size >= 13*b.k; size -= b.k {
		if widest*size/b.size+6*b.k <= slot {
			return size, true
		}
	}
	return b.size, false
}
