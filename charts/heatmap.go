package charts

import (
	"math"
	"strconv"

	"fortnight/digest"
)

// field is one cell of a heat map that can be drawn.
type field struct {
	value, of float64
	has, held bool // there is a value; there is something that it is held against
}

// without tells a value where there was nothing to hold it against: somebody waited, and nobody was connected.
func (f field) without() bool { return f.has && f.value > 0 && f.held && f.of <= 0 }

// tints are the shares of a colour that a heat map's cells have, by their part of the largest value. The dark ones are dark enough for
// numbers in the ground's colour, the others light enough for ink.
var tints = [...]float64{.18, .32, .48, 1}

// dark is the first of the tints that numbers stand on in the ground's colour.
const dark = 3

// warmth is the tint of a value, -1 for nothing.
func warmth(v, most float64) int {
	if v <= 0 || most <= 0 {
		return -1
	}
	return min(max(int(math.Ceil(v/most*float64(len(tints))-1e-9))-1, 0), len(tints)-1)
}

// heat is what a heat map is drawn from and with.
type heat struct {
	fields       [][]field // by row and column
	most, mostOf float64
	held, bare   bool // some value is held against something; some against nothing
	start, slot  float64
	top, row     float64 // of the first row; of each
	cell, strip  float64 // heights in a row; strip: of what the values are held against
}

// drawHeatmap draws a value for each pair of a column and a row as a tint with its number, and below each row what the values are held
// against as steps on one scale. Where there was none of that, the tint is that of nobody. Cells without a value are left empty.
func (b *board) drawHeatmap() {
	h := b.heat()
	rows, columns := len(b.chart.Y), len(b.chart.X)
	name := b.medium(b.ink2)
	name.size = b.size - b.k
	names := 0.0
	for _, p := range b.chart.Y {
		names = max(names, b.wide(called(p), name))
	}
	names = min(names+12*b.k, .3*(b.right-b.left))
	h.start = b.left + names
	h.slot, h.cell = (b.right-h.start)/float64(max(columns, 1)), 2*b.size
	_, _, every := b.cellSize(&h)
	key := b.heatLegend(&h, every)
	lines := float64(b.legendRows(key, 0, false))
	if lines > 0 {
		lines = lines*b.legendLine() + .5*b.size
	}
	axis := 1.75 * b.size
	row := 33 * b.k
	if h.held {
		row = 48 * b.k
	}
	n := float64(max(rows, 1))
	inside := b.tall(lines+n*row+axis, lines+n*1.6*b.size+axis)
	h.row = (inside - lines - axis) / n
	h.top = b.above + lines
	h.cell = h.row - 3*b.k
	if h.held {
		h.strip = min(12*b.k, .27*h.row)
		h.cell = h.row - h.strip - 11*b.k
	}
	size, some, _ := b.cellSize(&h)
	for y, fields := range h.fields {
		top := h.top + float64(y)*h.row
		b.text(b.left, top+h.cell/2+.35*name.size, b.fit(called(b.chart.Y[y]), names-8*b.k, name), name)
		for x, f := range fields {
			b.heatCell(&h, x, top, f, size, some)
		}
		if h.held {
			b.steps(fields, &h, top+h.cell+4*b.k+h.strip)
		}
		b.felt(h.start, top, b.right-h.start, h.row, called(b.chart.Y[y]), b.toldHeat(fields)...)
		b.areas[len(b.areas)-1].Parts = b.toldCells(b.chart.Y[y], fields)
	}
	b.columnNames(&h, h.top+float64(rows)*h.row+1.1*b.size)
	b.legendRows(key, b.above+b.size-b.k, true)
}

// called is how a column or a row is called.
func called(p digest.Place) string {
	if p.Label != "" {
		return p.Label
	}
	return p.Key
}

// heat sorts the cells into rows and columns; cells outside of them are left out, of two in one place the first counts.
func (b *board) heat() heat {
	var h heat
	h.fields = make([][]field, len(b.chart.Y))
	for i := range h.fields {
		h.fields[i] = make([]field, len(b.chart.X))
	}
	for _, c := range b.chart.Cells {
		if c.Y < 0 || c.Y >= len(h.fields) || c.X < 0 || c.X >= len(b.chart.X) {
			continue
		}
		f := &h.fields[c.Y][c.X]
		if f.has || f.held {
			continue
		}
		f.value, f.has = value(digest.Point{Value: c.Value})
		f.of, f.held = value(digest.Point{Value: c.Of})
		h.most, h.mostOf = max(h.most, f.value), max(h.mostOf, f.of)
		h.held, h.bare = h.held || f.held, h.bare || f.without()
	}
	return h
}

// cellSize is the size of the numbers in the cells; some is false where most of them would not fit into theirs, every where each does.
func (b *board) cellSize(h *heat) (size float64, some, every bool) {
	for size := b.size - 2*b.k; size >= 11*b.k; size -= b.k {
		all, fit := 0, 0
		for _, fields := range h.fields {
			for _, f := range fields {
				if f.has && f.value != 0 {
					all++
					if b.cellFits(h, f, size) {
						fit++
					}
				}
			}
		}
		if fit == all || size < 12*b.k && 2*fit >= all {
			return size, true, fit == all
		}
	}
	return 0, false, false
}

func (b *board) cellFits(h *heat, f field, size float64) bool {
	return b.wide(b.number(f.value), lettering{size: size, weight: 600})+3*b.k <= h.slot && 1.1*size <= h.cell
}

func (b *board) heatCell(h *heat, x int, top float64, f field, size float64, some bool) {
	if !f.has {
		return
	}
	gap := min(2*b.k, .14*h.slot)
	left, right := snap(h.start+float64(x)*h.slot+gap/2), snap(h.start+float64(x+1)*h.slot-gap/2)
	up, down := snap(top), snap(top+h.cell)
	colour, on := b.track, b.ink
	if w := warmth(f.value, h.most); w >= 0 {
		tone, bright := b.accent, b.onAccent
		if f.without() {
			tone, bright = b.missed, b.ground
		}
		if colour = b.tint(tone, tints[w]); w >= dark {
			on = bright
		}
	}
	if b.named {
		b.rect(left, up, right-left, down-up, colour)
	} else {
		b.round(left, up, right-left, down-up, 2*b.k, 2*b.k, colour)
	}
	if some && f.value != 0 && b.cellFits(h, f, size) {
		text, style := b.number(f.value), lettering{size: size, weight: 600, colour: on, anchor: digest.AnchorMiddle}
		half := b.wide(text, style) / 2
		b.text(snap((left+right)/2-half)+half, snap((up+down)/2+.36*size), text, style) // the same figure then has the same pixels
	}
}

// tint is a share of a colour over the ground; on a page, which knows colours by name, as an opacity.
func (b *board) tint(c digest.Colour, share float64) digest.Colour {
	if b.named {
		return alpha(c, share)
	}
	return mix(b.ground, c, share)
}

// steps draws what a row's values are held against, one step a column, standing on base. A gap is left empty; the line that they stand
// on reaches as far as there is something known.
func (b *board) steps(fields []field, h *heat, base float64) {
	base = snap(base)
	at := func(i int) float64 { return snap(h.start + float64(i)*h.slot) }
	for i := 0; i < len(fields); {
		if !fields[i].held {
			i++
			continue
		}
		from := i
		for i < len(fields) && fields[i].held {
			i++
		}
		b.rect(at(from), base, at(i)-at(from), max(.5, .75*b.k), b.zero)
		for from < i {
			if fields[from].of <= 0 {
				from++
				continue
			}
			begun := from
			for from < i && fields[from].of > 0 {
				from++
			}
			top := func(i int) float64 { return snap(base - max(h.strip*fields[i].of/h.mostOf, 1.5)) }
			b.move(at(begun), base)
			for x := begun; x < from; x++ {
				b.line(at(x), top(x))
				b.line(at(x+1), top(x))
			}
			b.line(at(from), base)
			b.r.Close()
			b.fill(alpha(b.node, .22))
			b.move(at(begun), base)
			for x := begun; x < from; x++ {
				b.line(at(x), top(x))
				b.line(at(x+1), top(x))
			}
			b.line(at(from), base)
			b.stroke(b.node, 1.5*b.thin())
		}
	}
}

// columnNames writes the columns under the map, as many as stand clear of each other.
func (b *board) columnNames(h *heat, y float64) {
	style := lettering{size: b.size - b.k, colour: b.ink2, anchor: digest.AnchorMiddle}
	widest := 0.0
	for _, p := range b.chart.X {
		widest = max(widest, b.wide(called(p), style))
	}
	n := len(b.chart.X)
	every := 1 // where not one in twelve has room they are cut, as names are
	hours := true
	for _, p := range b.chart.X {
		_, err := strconv.Atoi(p.Key)
		hours = hours && err == nil
	}
	for _, e := range []int{1, 2, 3, 4, 6, 8, 12} { // parts of a day
		if hours && e <= n && widest+9*b.k <= h.slot*float64(e) {
			every = e
			break
		}
	}
	for i := 0; i < n; i += max(every, 1) {
		text := b.fit(called(b.chart.X[i]), max(h.slot*float64(min(every, n-i))-5*b.k, b.size), style)
		half := b.wide(text, style) / 2
		b.text(min(max(h.start+(float64(i)+.5)*h.slot, b.left+half), b.right-half), y, text, style)
	}
}

// heatLegend names the tints, with their largest value where the cells have no numbers, what nobody was there for, and the steps.
func (b *board) heatLegend(h *heat, every bool) []entry {
	var all []entry
	side := .75 * b.size
	if b.legend.Value != "" {
		name := b.legend.Value
		if !every && h.most > 0 { // its cell has no number
			name = b.number(h.most) + "\u2002" + name
		}
		all = append(all, entry{name, 4 * side, func(x, y float64) {
			for i, share := range tints {
				b.rect(x+float64(i)*side, y-side, side-b.k, side, b.tint(b.accent, share))
			}
		}})
	}
	if h.bare && b.legend.Without != "" {
		all = append(all, b.keyed(b.legend.Without, b.missed))
	}
	name := b.legend.Of
	if b.legend.UpTo != "" && h.mostOf > 0 {
		name = filled(b.legend.UpTo, b.held(h.mostOf))
	}
	if h.held && name != "" {
		all = append(all, entry{name, 1.6 * side, func(x, y float64) {
			trace := func() {
				b.move(x, y)
				for i, up := range []float64{.45, .85, .6} {
					b.line(x+float64(i)*.53*side, y-side*up)
					b.line(x+float64(i+1)*.53*side, y-side*up)
				}
				b.line(x+1.6*side, y)
			}
			trace()
			b.r.Close()
			b.fill(alpha(b.node, .22))
			trace()
			b.stroke(b.node, 1.5*b.thin())
		}})
	}
	return all
}

// held prints what values are held against: a count, or a mean with one place.
func (b *board) held(v float64) string {
	if r := math.Round(v*10) / 10; r == math.Trunc(r) && (r > 0 || v == 0) {
		return b.words.Count(r)
	}
	return b.words.Decimal(v, places(v))
}

// toldHeat is what a row says: its sum, and its values, or of many the largest.
func (b *board) toldHeat(fields []field) (told []string) {
	var s digest.Series
	var named []string
	largest := -1
	for x, f := range fields {
		if !f.has {
			continue
		}
		s.Points = append(s.Points, digest.Point{Value: &fields[x].value})
		if f.value > 0 {
			named = append(named, tell(called(b.chart.X[x]), b.number(f.value)))
			if largest < 0 || f.value > fields[largest].value {
				largest = x
			}
		}
	}
	if sum := b.sum(s); sum != "" {
		told = append(told, tell(b.legend.Value, sum))
	}
	if len(named) > longTold {
		named = []string{tell(called(b.chart.X[largest]), b.number(fields[largest].value))}
	}
	return append(told, named...)
}

// toldCells is what each cell of a row says; an empty one says nothing.
func (b *board) toldCells(row digest.Place, fields []field) (told []string) {
	for x, f := range fields {
		text := ""
		if f.has {
			text = called(row) + " " + called(b.chart.X[x]) + ": " + b.number(f.value)
			if f.held {
				text += ", " + tell(b.legend.Of, b.held(f.of))
			}
		}
		told = append(told, text)
	}
	return told
}
