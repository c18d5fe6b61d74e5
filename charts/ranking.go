package charts

import (
	"fortnight/digest"
)

// drawRanking draws rows in the order they come in: name, bar, value, and the share where values add up to a whole. Where a name is long the
// rows have room for two lines of it.
func (b *board) drawRanking() {
	points := b.series().Points
	label, bold, small := b.medium(b.ink), b.bold().at(digest.AnchorRight), b.small(b.ink3).at(digest.AnchorRight)

	total, least, most := 0.0, 0.0, 0.0
	names, values := 0.0, 34*b.k
	for _, p := range points {
		v, _ := value(p)
		total, least, most = total+v, min(least, v), max(most, v)
		names = max(names, b.wide(p.Label, label))
		values = max(values, b.wide(b.rowValue(p), bold))
	}
	shares := 0.0
	if b.chart.Unit == digest.Count && least == 0 && total > 0 {
		shares = 24 * b.k
		for _, p := range points {
			v, _ := value(p)
			shares = max(shares, b.wide(b.share(v, total), small))
		}
		shares += 18 * b.k
	}
	tall := 34 * b.k
	if names+12*b.k > .38*(b.right-b.left) { // a name takes two lines
		tall = 42 * b.k
	}
	row := b.rowTall(len(points), tall, 14*b.k)
	names = min(max(names+18*b.k, 9.8*b.size), .38*(b.right-b.left))
	start, end := b.left+names, b.right-shares-values-14*b.k
	if end < start+2*b.size {
		end = start + 2*b.size
	}
	span := most - least
	if span == 0 {
		span = 1
	}
	zero := start - (end-start)*least/span
	thick := min(14*b.k, .6*row)
	for i, p := range points {
		mid := b.above + 7*b.k + (float64(i)+.5)*row
		base := mid + .35*b.size
		style, colour := label, b.accent
		if c, special := b.of(p.Role); special {
			style.colour, colour = b.ink3, c
		}
		b.rowName(b.left, mid, p.Label, names-12*b.k, row, style)
		b.pill(start, mid-thick/2, end-start, thick, b.track)
		v, ok := value(p)
		if length := (end - start) * v / span; length > 0 {
			b.pill(zero, mid-thick/2, max(length, 4*b.k), thick, colour)
		} else if length < 0 {
			b.pill(zero+min(length, -4*b.k), mid-thick/2, max(-length, 4*b.k), thick, colour)
		}
		b.text(b.right-shares, base, b.rowValue(p), bold)
		told := []string{b.rowValue(p)}
		if shares > 0 && ok {
			b.text(b.right, base, b.share(v, total), small)
			told = append(told, b.share(v, total))
		}
		if was, has := b.was(p); has {
			told = append(told, tell(b.legend.Previous, was))
		}
		b.felt(b.left, mid-row/2, b.right-b.left, row, p.Label, told...)
	}
	if least < 0 {
		b.rect(crisp(zero)-.5, b.above, 1, float64(len(points))*row+14*b.k, b.zero)
	}
}

// rowValue prints a row's value; a row without one has a dash.
func (b *board) rowValue(p digest.Point) string {
	if v, ok := value(p); ok {
		return b.number(v)
	}
	return "–"
}
