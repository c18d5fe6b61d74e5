package charts

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"

	"fortnight/digest"
)

// station is a node of a flow with its place.
type station struct {
	digest.Node
	value    float64 // at least what comes in and what goes out
	x, y, h  float64
	out, in  float64 // how much of the height is taken by ribbons so far
	from, to []*ribbon
}

// leaving is how many ribbons are drawn from the station on.
func (s *station) leaving() (n int) {
	for _, r := range s.from {
		if !r.short {
			n++
		}
	}
	return n
}

// ribbon is a link between two stations.
type ribbon struct {
	a, z  *station
	value float64
	ya, h float64
	yz    float64
	short bool // only its ends are drawn
}

// drawFlow draws a Sankey: columns of nodes from the start to the end of a line, ribbons as thick as what they carry.
// What ends with nobody is red, what a bot takes is the accent, the rest is grey.
func (b *board) drawFlow() {
	columns, ribbons := b.stations()
	heads := 2.5 * b.size
	tallest := 0
	for _, c := range columns {
		tallest = max(tallest, len(c))
	}
	inside := b.tall(max(370*b.k, heads+float64(tallest)*38*b.k+8*b.k), heads+float64(tallest)*1.6*b.size+8*b.k)
	room := inside - heads - 8*b.k
	gap := 20 * b.k
	if tallest > 6 {
		gap = 12 * b.k
	}
	thick := 7 * b.k
	b.place(columns, b.above+heads, room, gap, thick)
	connect(columns)
	b.untangle(columns, ribbons)
	for _, r := range ribbons {
		if !r.short {
			b.ribbon(r, thick)
		}
	}
	name := lettering{size: b.size, weight: 600, colour: b.ink}
	for c, column := range columns {
		edge := b.right
		if c+1 < len(columns) {
			edge = b.columnX(columns, c+1, thick) - 10*b.k
		}
		for _, s := range column {
			b.stubs(s, thick)
			if b.named { // on a page, corners weigh more than they show
				b.rect(s.x, s.y, thick, s.h, b.nodeColour(s))
			} else {
				b.round(s.x, s.y, thick, s.h, 3*b.k, 3*b.k, b.nodeColour(s))
			}
			x, base := s.x+thick+8*b.k, s.y+s.h/2+.35*b.size
			number := b.number(s.value)
			count := b.medium(b.ink2)
			name.halo, count.halo = 0, 0
			if s.h < 1.3*b.size || s.leaving() > 2 { // ribbons as thin as these would strike the text through
				name.halo, count.halo = b.ground, b.ground
			}
			room := edge - x - 6*b.k - b.wide(number, count)
			if b.named {
				room *= .88 // a page's face may be wider
			}
			label := b.fit(s.Label, room, name)
			if b.named && label != "" { // whatever face a page has, the number follows the name
				label, number = label+"\u00a0\u00a0"+number, ""
			}
			b.text(x, base, label, name)
			if label != "" {
				x += b.wide(label, name) + 6*b.k
			}
			b.text(x, base, number, count)
			b.felt(s.x, s.y-2*b.k, max(edge-s.x-4*b.k, thick), s.h+4*b.k, s.Label, b.toldStation(s)...)
		}
	}
	for c := range columns {
		if c >= len(b.legend.Columns) {
			break
		}
		style := b.small(b.ink3)
		x, width := b.columnX(columns, c, thick), (b.right-b.left)/float64(len(columns))-10*b.k
		text := b.fit(b.legend.Columns[c], width, style)
		if w := b.wide(text, style); x+w > b.right {
			x = b.right - w
		}
		b.text(x, b.above+b.size, text, style)
	}
}

// stations sorts the nodes into columns and ties the links to them. Links that name no node, or carry nothing, are left
// out; so are links that do not lead to a later column.
func (b *board) stations() (columns [][]*station, ribbons []*ribbon) {
	byID := map[string]*station{}
	last := 0
	for _, n := range b.chart.Nodes {
		last = max(last, n.Column)
	}
	columns = make([][]*station, min(last, 15)+1)
	for _, n := range b.chart.Nodes {
		if n.Column < 0 || n.Column >= len(columns) || byID[n.ID] != nil {
			continue
		}
		s := &station{Node: n, value: finite(n.Value)}
		byID[n.ID] = s
		columns[n.Column] = append(columns[n.Column], s)
	}
	for _, l := range b.chart.Links {
		a, z := byID[l.From], byID[l.To]
		if v := finite(l.Value); a != nil && z != nil && v > 0 && a.Column < z.Column {
			r := &ribbon{a: a, z: z, value: v}
			a.from, z.to = append(a.from, r), append(z.to, r)
			a.out, z.in = a.out+v, z.in+v
			ribbons = append(ribbons, r)
		}
	}
	for _, s := range byID {
		s.value = max(s.value, s.out, s.in)
	}
	return columns, ribbons
}

func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// columnX is where a column of nodes stands; the last leaves room for its labels.
func (b *board) columnX(columns [][]*station, c int, thick float64) float64 {
	if len(columns) == 1 {
		return b.left
	}
	widest, numbers := 0.0, 0.0
	for _, s := range columns[len(columns)-1] {
		number := b.wide(b.number(s.value), b.medium(b.ink2))
		widest = max(widest, b.wide(s.Label, lettering{size: b.size, weight: 600})+6*b.k+number)
		numbers = max(numbers, number)
	}
	widest = min(max(widest+thick+9*b.k, 92*b.k), max(.3*(b.right-b.left), numbers+thick+4*b.size))
	end := b.right - widest
	x := b.left + (end-b.left)*float64(c)/float64(len(columns)-1)
	if c > 0 && c+1 < len(columns) {
		x -= 10 * b.k
	}
	return x
}

// place gives every station its height and position: values on one scale, the largest at which every column fits and
// every label keeps a line of its own.
func (b *board) place(columns [][]*station, top, room, gap, thick float64) {
	line := 1.3 * b.size
	needs := func(column []*station, scale float64) float64 {
		h := 0.0
		for i, s := range column {
			h += max(s.value*scale, line)
			if i > 0 {
				h += max(gap-max(line-s.value*scale, 0), 2*b.k)
			}
		}
		return h
	}
	most := 0.0
	for _, c := range columns {
		sum := 0.0
		for _, s := range c {
			sum += max(s.value, 0)
		}
		most = max(most, sum)
	}
	lo, hi := 0.0, 0.0
	if most > 0 {
		hi = room / most
	}
	for range 40 {
		mid := (lo + hi) / 2
		fits := true
		for _, c := range columns {
			fits = fits && needs(c, mid) <= room
		}
		if fits {
			lo = mid
		} else {
			hi = mid
		}
	}
	for c, column := range columns {
		x := b.columnX(columns, c, thick)
		y := top + max(0, (room-needs(column, lo))/2)
		for i, s := range column {
			slot := max(s.value*lo, line)
			if i > 0 {
				y += max(gap-max(line-s.value*lo, 0), 2*b.k)
			}
			s.x, s.h = x, max(s.value*lo, 2*b.k)
			s.y = y + (slot-s.h)/2
			y += slot
		}
	}
}

// connect lays the ends of the ribbons along their stations, in the order of where they lead, so that as few cross as can.
func connect(columns [][]*station) {
	for _, column := range columns {
		for _, s := range column {
			sort.SliceStable(s.from, func(i, j int) bool { return s.from[i].z.y < s.from[j].z.y })
			sort.SliceStable(s.to, func(i, j int) bool { return s.to[i].a.y < s.to[j].a.y })
			scale := 0.0
			if s.value > 0 {
				scale = s.h / s.value
			}
			y := s.y
			for _, r := range s.from {
				r.ya, r.h = y, r.value*scale
				y += r.value * scale
			}
			y = s.y
			for _, r := range s.to {
				r.yz = y
				y += r.value * scale
			}
		}
	}
}

// How far the edges of all ribbons may go up and down, in px of a page 600 wide; every station takes from it by its
// labels. Beyond it they are a thicket that nobody can follow one through, and a picture weighs more than a mail should
// carry.
const (
	tangle    = 9_600
	perLabels = 180
	clearest  = 2_000 // what is left however many stations there are
)

// untangle keeps the widest ribbons of a thicket and cuts the rest short.
func (b *board) untangle(columns [][]*station, ribbons []*ribbon) {
	left := float64(tangle)
	for _, column := range columns {
		left -= perLabels * float64(len(column))
	}
	left = max(left, clearest)
	for _, r := range slices.SortedStableFunc(slices.Values(ribbons), func(p, q *ribbon) int { return cmp.Compare(q.value, p.value) }) {
		left -= 2 * (math.Abs(r.yz-r.ya) + r.h) / b.k
		r.short = left < 0
	}
}

// stubs draws the ends of the links that are cut short at a station, each running out in a point: neighbours of one colour as one.
func (b *board) stubs(s *station, thick float64) {
	x, long, from, to, tone := 0.0, 0.0, 0.0, 0.0, digest.Colour(0)
	finish := func() {
		if to > from {
			to = max(to, from+.9)
			mid := (from + to) / 2
			b.move(x, from)
			b.cubic(x, from, x+.6*long, from, x+.5*long, mid, x+long, mid)
			b.cubic(x+long, mid, x+.5*long, mid, x+.6*long, to, x, to)
			b.r.Close()
			b.fill(tone)
		}
		from, to = 0, 0
	}
	end := func(r *ribbon, y float64) {
		if !r.short {
			return
		}
		if b.tone(r) != tone || math.Abs(y-to) > 1e-6 {
			finish()
			from, tone = y, b.tone(r)
		}
		to = y + r.h
	}
	x, long = s.x+thick, 18*b.k
	for _, r := range s.from {
		end(r, r.ya)
	}
	finish()
	x, long = s.x, -18*b.k
	for _, r := range s.to {
		end(r, r.yz)
	}
	finish()
}

// ribbon fills a link; the thinnest can still be seen.
func (b *board) ribbon(r *ribbon, thick float64) {
	h := max(r.h, .9)
	x1, x2 := r.a.x+thick, r.z.x
	mid := (x1 + x2) / 2
	b.move(x1, r.ya)
	b.cubic(x1, r.ya, mid, r.ya, mid, r.yz, x2, r.yz)
	b.line(x2, r.yz+h)
	b.cubic(x2, r.yz+h, mid, r.yz+h, mid, r.ya+h, x1, r.ya+h)
	b.r.Close()
	b.fill(b.tone(r))
}

func (b *board) tone(r *ribbon) digest.Colour {
	switch {
	case r.z.Role == digest.Nobody:
		return alpha(b.missed, .34)
	case grey(r.a) || grey(r.z):
		return alpha(b.theme.ribbon, .20)
	}
	return alpha(b.accent, .17)
}

// grey tells whether a station is a person, or no place of its own.
func grey(s *station) bool {
	switch s.Role {
	case digest.Other, digest.Unknown, digest.Nothing, digest.Nobody:
		return true
	}
	id := s.ID[strings.LastIndexAny(s.ID, ":/|.")+1:]
	return id == "agent" || id == "none" || id == "unknown"
}

func (b *board) nodeColour(s *station) digest.Colour {
	switch {
	case s.Role == digest.Nobody:
		return b.missed
	case s.Role == digest.Fallback:
		return b.waiting
	case grey(s):
		return b.node
	}
	return b.accent
}
