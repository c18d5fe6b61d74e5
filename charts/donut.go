package charts

import (
	"math"

	"fortnight/digest"
)

// slice is a row of a donut.
type slice struct {
	digest.Point
	value  float64
	colour digest.Colour
	hollow bool // drawn as an outline: a second grey that no reader takes for the first
}

// drawDonut draws parts of a whole as a ring with the sum inside, and a row for each with its value and share. Every
// slice has a row and a gap of the ground's colour around it, since not every colour stands 3:1 against the ground.
func (b *board) drawDonut() {
	slices, total, whole := b.slices()
	row := 32 * b.k
	name, bold, small := b.medium(b.ink), b.bold().at(digest.AnchorRight), b.small(b.ink3).at(digest.AnchorRight)
	small.size = b.size - b.k
	names, values, shares := 0.0, 0.0, 0.0
	for _, s := range slices {
		names = max(names, b.wide(s.Label, name))
		values = max(values, b.wide(b.rowValue(s.Point), bold))
		if whole > 0 && total == whole {
			shares = max(shares, b.wide(b.share(s.value, whole), small))
		}
	}
	if shares > 0 {
		shares += 22 * b.k
	}
	gap := 48 * b.k
	if b.half {
		gap = 32 * b.k
	}
	// The ring gives way to the names, within limits.
	needs := gap + 1.35*b.size + names + 12*b.k + values + shares
	radius := min(6.25*b.size, max((b.right-b.left-needs)/2, 4.2*b.size))
	inside := b.tall(max(2*radius+28*b.k, float64(len(slices))*row+20*b.k), max(6*b.size, float64(len(slices))*1.4*b.size))
	row = min(row, (inside-4*b.k)/float64(max(len(slices), 1)))
	radius = min(radius, (inside-8*b.k)/2)
	x, y := b.left+radius+6*b.k, b.above+inside/2
	b.donut(x, y, radius, slices, whole)
	b.middle(x, y, radius, total)

	side := .75 * b.size
	start := b.left + 2*radius + gap
	for i, s := range slices {
		mid := y + (float64(i)-float64(len(slices))/2+.5)*row
		base := mid + .35*b.size
		b.round(start, mid-side/2, side, side, 3*b.k, 3*b.k, s.colour)
		if s.hollow {
			b.round(start+1.5*b.k, mid-side/2+1.5*b.k, side-3*b.k, side-3*b.k, 1.5*b.k, 1.5*b.k, b.ground)
		}
		text := start + 1.35*b.size
		b.text(text, base, b.fit(s.Label, b.right-shares-values-10*b.k-text, name), name)
		b.text(b.right-shares, base, b.rowValue(s.Point), bold)
		told := []string{b.rowValue(s.Point)}
		if shares > 0 {
			b.text(b.right, base, b.share(s.value, whole), small)
			told = append(told, b.share(s.value, whole))
		}
		if was, has := b.was(s.Point); has {
			told = append(told, tell(b.legend.Previous, was))
		}
		b.felt(start, mid-row/2, b.right-start, row, s.Label, told...)
	}
}

// slices gives the rows, their sum, and the sum of those that can be parts of a whole: a negative value cannot, and has
// only its row.
func (b *board) slices() (out []slice, total, whole float64) {
	points := b.series().Points
	greys := 0
	for _, p := range points {
		if c, special := b.of(p.Role); special && c == b.other {
			greys++
		}
	}
	i, outcomes := 0, b.outcomes(points)
	for _, p := range points {
		s := slice{Point: p}
		s.value, _ = value(p)
		total, whole = total+s.value, whole+max(s.value, 0)
		if c, special := b.of(p.Role); special {
			s.colour = c
			s.hollow = greys > 1 && p.Role != digest.Other
		} else if outcomes {
			s.colour, _ = b.outcome(p.Key)
		} else {
			s.colour = b.categories[i%len(b.categories)]
			s.hollow = i >= len(b.categories)
			i++
		}
		out = append(out, s)
	}
	return out, total, whole
}

// outcomes tells rows that are all what became of something, each in a colour that means it: one alone may be a name that people gave.
func (b *board) outcomes(points []digest.Point) bool {
	seen := map[digest.Colour]bool{}
	for _, p := range points {
		if _, special := b.of(p.Role); special {
			continue
		}
		c, known := b.outcome(p.Key)
		if !known || seen[c] {
			return false
		}
		seen[c] = true
	}
	return len(seen) > 1
}

// donut draws the ring; an empty one in the colour of an empty track.
func (b *board) donut(x, y, radius float64, slices []slice, whole float64) {
	inner := .66 * radius
	if whole <= 0 {
		b.sector(x, y, radius, inner, 0, 2*math.Pi, b.track)
		return
	}
	turn := -math.Pi / 2
	for _, s := range slices {
		if s.value <= 0 {
			continue
		}
		sweep := 2 * math.Pi * s.value / whole
		gap := min(1.2*b.k/radius, .25*sweep)
		if sweep > 2*math.Pi-1e-9 {
			gap = 0
		}
		b.sector(x, y, radius, inner, turn+gap, sweep-2*gap, s.colour)
		if rim := 1.5 * b.k; s.hollow {
			if cut := rim / radius; sweep-2*gap > 2.5*cut {
				b.sector(x, y, radius-rim, inner+rim, turn+gap+cut, sweep-2*gap-2*cut, b.ground)
			}
		}
		turn += sweep
	}
}

// sector fills a part of a ring that begins at an angle (from the right, clockwise) and sweeps over another.
func (b *board) sector(x, y, outer, inner, start, sweep float64, c digest.Colour) {
	at := func(r, a float64) (float64, float64) { return x + r*math.Cos(a), y + r*math.Sin(a) }
	b.move(at(outer, start))
	b.arc(x, y, outer, start, sweep)
	if sweep > 2*math.Pi-1e-9 { // all the way round: the hole is a path of its own
		b.r.Close()
		b.move(at(inner, start))
	} else {
		b.line(at(inner, start+sweep))
	}
	b.arc(x, y, inner, start+sweep, -sweep)
	b.r.Close()
	b.fill(c)
}

// arc goes on along a circle, in cubics of at most a quarter turn.
func (b *board) arc(x, y, r, start, sweep float64) {
	n := max(1, int(math.Ceil(math.Abs(sweep)/(math.Pi/2)-1e-9)))
	step := sweep / float64(n)
	k := 4.0 / 3 * math.Tan(step/4) * r
	for i := range n {
		a, z := start+step*float64(i), start+step*float64(i+1)
		ax, ay, zx, zy := x+r*math.Cos(a), y+r*math.Sin(a), x+r*math.Cos(z), y+r*math.Sin(z)
		b.cubic(ax, ay, ax-k*math.Sin(a), ay+k*math.Cos(a), zx+k*math.Sin(z), zy-k*math.Cos(z), zx, zy)
	}
}

// middle writes the sum into the ring, and what it is a sum of.
func (b *board) middle(x, y, radius, total float64) {
	room := 2 * .66 * radius * .86
	style := lettering{size: .42 * radius, weight: 700, colour: b.ink, anchor: digest.AnchorMiddle}
	text := b.number(total)
	if w := b.wide(text, style); w > room {
		style.size *= room / w
	}
	small := b.small(b.ink3).at(digest.AnchorMiddle)
	if b.legend.Total == "" {
		b.text(x, y+.36*style.size, text, style)
		return
	}
	b.text(x, y+.1*radius, text, style)
	b.text(x, y+.33*radius, b.fit(b.legend.Total, room*.94, small), small)
}
