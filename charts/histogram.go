package charts

import (
	"strings"

	"fortnight/digest"
)

// drawHistogram draws how many values lie between two durations as bars side by side, a number on each; the durations stand where one
// bar ends and the next begins. Bars are equally wide, whatever time they span: waits are told in ever longer steps. What is aimed at is
// a line across; the bars that are within it are in the accent.
func (b *board) drawHistogram() {
	points := b.series().Points
	n := len(points)
	inside := b.plotTall()
	target, aimed := value(digest.Point{Value: b.chart.Target})
	top, foot := 2.2*b.size, inside-2.1*b.size
	if aimed {
		top += 1.3 * b.size
	}
	most, least, peak := extent(points)
	style := lettering{size: b.size, weight: 600, colour: b.ink, anchor: digest.AnchorMiddle, halo: b.ground}
	_, slot := b.columns(n, 0)
	size, all := b.valueSize(points, slot)
	style.size = size
	s := scaleOf(b.chart.Unit, least, most)
	gutter := 0.0
	if all {
		s.Min, s.Max, s.step = least, max(most, 0), 0
		if s.Min == s.Max {
			s.Max = 1
		}
	}
	if least < 0 {
		foot -= 1.2 * b.size
	}
	s.stand(b.above+top, b.above+foot)
	if !all {
		gutter = b.gutter(&s, n, .9*slot)
		b.grid(&s)
	}
	first, slot := b.columns(n, gutter)
	w := slot - min(4*b.k, .2*slot)
	for i, p := range points {
		v, ok := value(p)
		if !ok {
			continue
		}
		x, c := first+float64(i)*slot, b.soft
		if aimed && p.To != nil && *p.To <= target || !aimed && i == peak && v != 0 {
			c = b.accent
		}
		b.bar(x-w/2, s.y(0), w, s.y(v), c)
	}
	if aimed && n > 0 {
		b.marker(b.targetX(points, target, first, slot), b.above+1.1*b.size, s.y(0))
	}
	for i, p := range points {
		v, ok := value(p)
		if !ok || !all && (i != peak || v == 0) {
			continue
		}
		l, y := style, s.y(v)-8*b.k
		if v < 0 {
			y = s.y(v) + 8*b.k + capHeight*style.size
		}
		if i == peak && v != 0 {
			l.weight = 700
		}
		half := b.wide(b.number(v), l) / 2
		b.text(min(max(first+float64(i)*slot, b.left+half), b.right-half), y, b.number(v), l)
	}
	b.hair(b.left, b.right, s.y(0), b.zero)
	b.binNames(points, first, slot, b.above+inside-.55*b.size)
	total := 0.0
	for _, p := range points {
		v, _ := value(p)
		total += v
	}
	for i, p := range points {
		told := []string{b.rowValue(p)}
		if v, ok := value(p); ok && total > 0 && least >= 0 && b.chart.Unit == digest.Count {
			told = append(told, b.share(v, total))
		}
		b.felt(first+(float64(i)-.5)*slot, b.above, slot, inside, b.binName(p), told...)
	}
}

// targetX is where a duration lies among the bars.
func (b *board) targetX(points []digest.Point, target, first, slot float64) float64 {
	for i, p := range points {
		left := first + (float64(i)-.5)*slot
		from := 0.0
		if p.From != nil {
			from = *p.From
		}
		switch {
		case target <= from:
			return left
		case p.To == nil:
			return left + slot/2
		case target <= *p.To:
			return left + slot*(target-from)/(*p.To-from)
		}
	}
	return first + (float64(len(points))-.5)*slot
}

// marker is the line of what is aimed at, named at its head.
func (b *board) marker(x, y, foot float64) {
	style := b.small(b.ink2)
	style.weight = 600
	x = min(max(crisp(x), b.left+.5), b.right-.5)
	b.move(x, y-.8*b.size)
	b.line(x, foot)
	b.stroke(b.ink2, 1.5*b.thin(), 1*b.thin(), 4*b.thin())
	air := 7 * b.k
	if ahead := b.right - x - air; ahead >= b.wide(b.legend.Target, style) || ahead >= x-air-b.left {
		b.text(x+air, y, b.fit(b.legend.Target, ahead, style), style)
	} else {
		b.text(x-air, y, b.fit(b.legend.Target, x-air-b.left, style), style.at(digest.AnchorRight))
	}
}

// length writes a duration exactly, as people say it: "10 min", "1 d 2 h"; nothing is a plain 0.
func (b *board) length(seconds float64) string {
	if seconds == 0 {
		return b.words.Count(0)
	}
	var parts []string
	for _, p := range b.words.Duration(seconds) {
		parts = append(parts, p.Number+"\u00a0"+p.Unit)
	}
	return strings.Join(parts, "\u00a0")
}

// binName is how a bar is called: "5 min – 10 min", "8 h +", or by its label where it has no durations.
func (b *board) binName(p digest.Point) string {
	switch {
	case p.From == nil && p.To == nil:
		return p.Label
	case p.To == nil:
		return b.length(*p.From) + "\u00a0+"
	case p.From == nil:
		return "<\u2009" + b.length(*p.To)
	}
	return b.length(*p.From) + " – " + b.length(*p.To)
}

// binNames writes the durations under the bars: where bars meet, or below each bar where they do not. Those that would not stand clear of
// the one before are left out; the last of an open end stays.
func (b *board) binNames(points []digest.Point, first, slot, y float64) {
	style := lettering{size: b.size - b.k, colour: b.ink2, anchor: digest.AnchorMiddle}
	type tick struct {
		x    float64
		text string
	}
	var all []tick
	meet := true
	for i, p := range points {
		meet = meet && p.From != nil && (i+1 == len(points) || p.To != nil && points[i+1].From != nil && *p.To == *points[i+1].From)
	}
	for i, p := range points {
		x := first + float64(i)*slot
		if !meet {
			all = append(all, tick{x, b.binName(p)})
			continue
		}
		text := b.length(*p.From)
		if p.To == nil {
			text += "\u00a0+"
		}
		all = append(all, tick{x - slot/2, text})
		if i+1 == len(points) && p.To != nil {
			all = append(all, tick{x + slot/2, b.length(*p.To)})
		}
	}
	halves := make([]float64, len(all))
	for i := range all {
		halves[i] = b.wide(all[i].text, style) / 2
		all[i].x = min(max(all[i].x, b.left+halves[i]), b.right-halves[i])
	}
	every := 1
	for clear := false; !clear; { // counted from the last, which is the open end
		clear = true
		for i := len(all) - 1; i-every >= 0; i -= every {
			clear = clear && all[i].x-halves[i]-all[i-every].x-halves[i-every] >= 9*b.k
		}
		if !clear {
			every++
		}
	}
	for i := len(all) - 1; i >= 0; i -= every {
		b.text(all[i].x, y, all[i].text, style)
	}
}
