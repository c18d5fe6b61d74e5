package charts

import (
	"cmp"
	"slices"
	"strings"

	"fortnight/digest"
)

// The ends of a journey, as the ids of their nodes end.
const (
	endCompleted = "completed"
	endFailed    = "failed"
	endPending   = "pending"
)

// endOf tells which end of a journey a node is, "" for none.
func endOf(n digest.Node) string {
	switch id := n.ID[strings.LastIndexAny(n.ID, ":/|.")+1:]; id {
	case endCompleted, endFailed, endPending:
		return id
	}
	return ""
}

// mostAcross is the most columns that names stand beside each other in.
const mostAcross = 5

// isJourney tells a flow that is drawn down the page: one with a journey's ends, with more columns than names fit beside each other, or
// with links that skip a column.
func (b *board) isJourney() bool {
	last := 0
	column := map[string]int{}
	for _, n := range b.chart.Nodes {
		last = max(last, n.Column)
		column[n.ID] = n.Column
	}
	for _, n := range b.chart.Nodes {
		if last > 0 && n.Column == last && n.Role == digest.Ordinary && endOf(n) != "" {
			return true
		}
	}
	for _, l := range b.chart.Links {
		a, has := column[l.From]
		if z, known := column[l.To]; has && known && z-a > 1 && finite(l.Value) > 0 {
			return true
		}
	}
	return last >= mostAcross
}

// stop is a node of a journey in a row of its own.
type stop struct {
	*station
	row int
}

// lane is a link of a journey and where it runs at each row from that of its beginning to that of its end.
type lane struct {
	*ribbon
	from, to int
	x        []float64
	wide     float64
}

// journey is a flow laid out down the page.
type journey struct {
	stops []stop
	lanes []*lane
	x     []float64 // of the stops, from the edge of the plot
	scale float64
}

// drawJourney draws a flow down the page: a row for each node, its name at the start of the line, a bar as long as its value, the value and
// its share of all that began at the end. Ribbons lead from bar to bar; one that skips rows runs beside the bars that it passes, those to one
// end as one stream that grows from row to row. What failed is red, what is not yet decided amber.
func (b *board) drawJourney() {
	j := b.stops()
	all := 0.0
	for _, s := range j.stops {
		if len(s.to) == 0 {
			all += max(s.value, 0)
		}
	}
	label, bold, small := b.medium(b.ink), b.bold().at(digest.AnchorRight), b.small(b.ink3).at(digest.AnchorRight)
	names, values, shares := 0.0, 24*b.k, 0.0
	for _, s := range j.stops {
		names = max(names, b.faced(s.Label, label))
		values = max(values, b.wide(b.number(s.value), bold))
		if all > 0 && b.chart.Unit == digest.Count {
			shares = max(shares, b.wide(b.share(s.value, all), small))
		}
	}
	if shares > 0 {
		shares += 14 * b.k
	}
	room := b.right - b.left
	row := 40 * b.k
	if names+16*b.k > .36*room { // some take two lines
		row = 45 * b.k
	}
	row = b.rowTall(len(j.stops), row, 0)
	names = min(max(names+16*b.k, 7*b.size), .36*room)
	start, end := b.left+names, b.right-shares-values-16*b.k
	end = max(end, start+2*b.size)
	thick := 7 * b.k
	j.layOut(end-start, 8*b.k, 3*b.k)
	middle := func(r int) float64 { return snap(b.above + (float64(r)+.5)*row) }
	for from := 0; from < len(j.lanes); {
		to := from + 1
		for to < len(j.lanes) && j.lanes[to].to == j.lanes[from].to && j.lanes[to].from != j.lanes[to-1].from {
			to++
		}
		b.stream(j.lanes[from:to], start, thick, middle)
		from = to
	}
	for i, s := range j.stops {
		mid := middle(i)
		style := label
		switch {
		case endOf(s.Node) != "":
			style.weight = 600
		case s.Role != digest.Ordinary:
			style.colour = b.ink3
		}
		b.rowName(b.left, mid, s.Label, names-12*b.k, row, style)
		if w := max(s.value, 0) * j.scale; w > 0 {
			b.round(start+j.x[i], mid-thick/2, max(w, 1.5*b.k), thick, min(2*b.k, w/2), min(2*b.k, w/2), b.stopColour(s.station))
		} else {
			b.rect(start+j.x[i], mid-thick/2, 1.5*b.k, thick, b.zero)
		}
		base := mid + .35*b.size
		b.text(b.right-shares, base, b.number(s.value), bold)
		told := b.toldStation(s.station)
		if shares > 0 {
			share := b.share(s.value, all)
			b.text(b.right, base, share, small)
			told = slices.Insert(told, 1, share)
		}
		b.felt(b.left, mid-row/2, room, row, s.Label, told...)
	}
}

// stops puts the nodes into rows, column by column, and ties the links to them. Links that name no node, carry nothing or do not lead
// to a later column are left out.
func (b *board) stops() journey {
	var j journey
	rowOf := map[string]int{}
	nodes := slices.Clone(b.chart.Nodes)
	slices.SortStableFunc(nodes, func(a, z digest.Node) int { return cmp.Compare(a.Column, z.Column) })
	for _, n := range nodes {
		if _, twice := rowOf[n.ID]; twice {
			continue
		}
		rowOf[n.ID] = len(j.stops)
		j.stops = append(j.stops, stop{&station{Node: n, value: finite(n.Value)}, len(j.stops)})
	}
	for _, l := range b.chart.Links {
		from, has := rowOf[l.From]
		to, known := rowOf[l.To]
		v := finite(l.Value)
		if !has || !known || v <= 0 || j.stops[from].Column >= j.stops[to].Column {
			continue
		}
		a, z := j.stops[from].station, j.stops[to].station
		r := &ribbon{a: a, z: z, value: v}
		a.out, z.in = a.out+v, z.in+v
		a.from, z.to = append(a.from, r), append(z.to, r)
		j.lanes = append(j.lanes, &lane{ribbon: r, from: from, to: to, x: make([]float64, to-from+1)})
	}
	for _, s := range j.stops {
		s.value = max(s.value, s.out, s.in)
		slices.SortStableFunc(s.from, func(p, q *ribbon) int { return cmp.Compare(rowOf[p.z.ID], rowOf[q.z.ID]) })
	}
	// What leads to the next row is first, and of what leads to one row the latest: so they join without crossing.
	slices.SortStableFunc(j.lanes, func(p, q *lane) int {
		return cmp.Or(cmp.Compare(p.to, q.to), cmp.Compare(q.from, p.from))
	})
	return j
}

// layOut places stops and lanes at every row, in so much room. beside is kept between a stop and the lanes that pass it, between two
// streams of lanes.
func (j *journey) layOut(room, beside, between float64) {
	j.x = make([]float64, len(j.stops))
	j.scale = 0
	least := false
	for i, s := range j.stops {
		sum, gaps, to := max(s.value, 0), 0.0, -1
		for _, l := range j.lanes {
			if l.from < i && l.to > i {
				sum += l.value
				switch {
				case to < 0:
					gaps += beside
				case l.to != to:
					gaps += between
				}
				to = l.to
			}
		}
		if sum <= 0 {
			continue
		}
		if s := max(room-gaps, .3*room) / sum; !least || s < j.scale {
			j.scale, least = s, true
		}
	}
	for _, l := range j.lanes {
		l.wide = l.value * j.scale
	}
	firstEnd := len(j.stops)
	for firstEnd > 0 && len(j.stops[firstEnd-1].from) == 0 {
		firstEnd--
	}
	for i, s := range j.stops {
		if i > firstEnd { // an end stands where its stream comes down
			for _, l := range j.lanes {
				if l.from < firstEnd && l.to == i {
					j.x[i] = l.x[firstEnd-l.from]
					break
				}
			}
		}
		at, to := j.x[i], -1
		for _, l := range j.lanes {
			if l.to == i {
				l.x[i-l.from] = at
				at += l.wide
			}
		}
		at = j.x[i]
		for _, l := range j.lanes {
			if l.from == i {
				l.x[0] = at
				at += l.wide
			}
		}
		if i > firstEnd {
			for _, l := range j.lanes {
				if l.from < firstEnd && l.to > i {
					l.x[i-l.from] = l.x[firstEnd-l.from]
				}
			}
			continue
		}
		at = j.x[i] + max(s.value, 0)*j.scale
		for _, l := range j.lanes {
			if l.from >= i || l.to <= i {
				continue
			}
			switch {
			case to < 0:
				at += beside
			case l.to != to:
				at += between
			}
			l.x[i-l.from], to = at, l.to
			at += l.wide
		}
	}
}

// turn is a point of a lane's edge.
type turn struct{ x, y float64 }

// edge lists where a lane's left edge runs, from below its beginning to above its end: two turns a row that it passes.
func (l *lane) edge(start, thick float64, middle func(int) float64) (way []turn) {
	for i, x := range l.x {
		mid := middle(l.from + i)
		if i > 0 {
			way = append(way, turn{start + x, mid - thick/2})
		}
		if i+1 < len(l.x) {
			way = append(way, turn{start + x, mid + thick/2})
		}
	}
	return way
}

// stream fills the links that lead to one stop, the latest first, as one area that each joins from the left; the thinnest can still be
// seen.
func (b *board) stream(lanes []*lane, start, thick float64, middle func(int) float64) {
	bend := func(a, z turn) {
		if a.x == z.x {
			b.line(z.x, z.y)
			return
		}
		mid := (a.y + z.y) / 2
		b.cubic(a.x, a.y, a.x, mid, z.x, mid, z.x, z.y)
	}
	for i, l := range lanes {
		way := l.edge(start, thick, middle)
		last := len(way) - 1
		if i == 0 {
			b.move(way[last].x, way[last].y)
		} else { // from where the one before has joined
			last = 2*(lanes[i-1].from+1-l.from) - 1
		}
		for t := last; t > 0; t-- {
			bend(way[t], way[t-1])
		}
		begun := turn{way[0].x + max(l.wide, .9), way[0].y}
		b.line(begun.x, begun.y)
		last = 1
		if i+1 == len(lanes) {
			last = len(way) - 1
		}
		for t := 1; t <= last; t++ {
			next := turn{way[t].x + l.wide, way[t].y}
			if i+1 == len(lanes) {
				next.x = way[t].x + max(l.wide, .9)
			}
			bend(begun, next)
			begun = next
		}
	}
	b.r.Close()
	b.fill(b.laneTone(lanes[len(lanes)-1]))
}

func (b *board) laneTone(l *lane) digest.Colour {
	switch endOf(l.z.Node) {
	case endFailed:
		return alpha(b.missed, .34)
	case endPending:
		return alpha(b.waiting, .42)
	case endCompleted:
		return alpha(b.accent, .27)
	}
	return b.tone(l.ribbon)
}

func (b *board) stopColour(s *station) digest.Colour {
	switch endOf(s.Node) {
	case endFailed:
		return b.missed
	case endPending:
		return b.waiting
	}
	return b.nodeColour(s)
}
