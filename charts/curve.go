package charts

import (
	"fortnight/digest"
)

// drawCurves draws one small curve a row, so that many lines never tangle. All rows share a scale but those that sum up
// others, which have their own and are grey.
func (b *board) drawCurves() {
	rows := b.chart.Series
	row := b.rowTall(len(rows), 50*b.k, 40*b.k)
	label, bold := b.medium(b.ink), b.bold().at(digest.AnchorRight)
	shared, least, n := 0.0, 0.0, 0
	names, sums := 0.0, 24*b.k
	var dates []digest.Point
	for _, r := range rows {
		most, low, _ := extent(r.Points)
		if r.Role != digest.Other {
			shared, least = max(shared, most), min(least, low)
		}
		if len(r.Points) > n {
			n, dates = len(r.Points), r.Points
		}
		names = max(names, b.wide(r.Label, label))
		sums = max(sums, b.wide(b.sum(r), bold))
	}
	names = min(max(names+18*b.k, 9.8*b.size), .38*(b.right-b.left))
	start, end := b.left+names, b.right-sums-22*b.k
	slot := (end - start) / float64(max(n, 1))
	first := start + slot/2

	for i, r := range rows {
		base := b.above + 10*b.k + float64(i+1)*row - 9*b.k
		style, colour := label, b.accent
		if _, special := b.of(r.Role); special {
			style.colour, colour = b.ink3, b.before
		}
		most, low := shared, least
		if r.Role == digest.Other {
			most, low, _ = extent(r.Points)
		}
		s := scale{}
		s.Min, s.Max = min(low, 0), 1.27*max(most, 0) // room for the largest value in figures
		if s.Min == s.Max {
			s.Max = 1
		}
		s.stand(base-(row-20*b.k), base)
		b.hair(b.left, b.right, s.y(0), b.theme.grid)
		b.text(b.left, base-8*b.k, b.fit(r.Label, names-12*b.k, style), style)
		b.smallCurve(r.Points, &s, first, slot, colour)
		b.text(b.right, base-8*b.k, b.sum(r), bold)
		b.felt(b.left, base-row, b.right-b.left, row, r.Label, b.toldCurve(r)...)
	}
	b.days(dates, first, slot, b.height-b.below-8*b.k, b.size-2*b.k)
}

// smallCurve draws one row's line on its base and writes its largest value.
func (b *board) smallCurve(points []digest.Point, s *scale, first, slot float64, colour digest.Colour) {
	for _, l := range stretches(points, s, first, slot) {
		if len(l) == 1 {
			b.disc(l[0].x, l[0].y, 2.5*b.thin(), colour)
			continue
		}
		b.curve(l)
		b.line(l[len(l)-1].x, s.y(0))
		b.line(l[0].x, s.y(0))
		b.r.Close()
		b.fill(alpha(colour, .12))
		b.curve(l)
		b.stroke(colour, 2.5*b.thin())
	}
	most, _, peak := extent(points)
	if peak < 0 || most == 0 {
		return
	}
	x, y := first+float64(peak)*slot, s.y(most)
	b.disc(x, y, 4.75*b.thin(), b.ground)
	b.disc(x, y, 3.4*b.thin(), colour)
	style := lettering{size: b.size - 2*b.k, weight: 600, colour: b.ink2, anchor: digest.AnchorMiddle, halo: b.ground}
	b.text(x, y-9*b.k, b.number(most), style)
}
