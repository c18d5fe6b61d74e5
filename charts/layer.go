package charts

import (
	"math"
	"strconv"
	"strings"

	"fortnight/digest"
)

// layer is shapes of one look that can be painted one after the other.
type layer struct {
	look  string
	paths []string
	boxes [][]bounds // of each path's parts
}

// bounds is what a shape may cover.
type bounds struct{ left, top, right, bottom float64 }

func (a bounds) meets(b bounds) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

func (l *layer) meets(b bounds) bool {
	for _, parts := range l.boxes {
		for _, p := range parts {
			if p.meets(b) {
				return true
			}
		}
	}
	return false
}

// laid puts a shape on the lowest layer of its look that nothing which it covers, or is covered by, was painted after.
func (s *sheet) laid(layers []*layer, shape *digest.Shape) []*layer {
	look := s.look(shape)
	if look == "" || len(shape.Path) == 0 {
		return layers
	}
	box := covered(shape)
	for i := len(layers) - 1; i >= 0; i-- {
		l := layers[i]
		if l.look == look {
			l.add(shortPath(shape.Path), box)
			return layers
		}
		if l.meets(box) {
			break
		}
	}
	l := &layer{look: look}
	l.add(shortPath(shape.Path), box)
	return append(layers, l)
}

// add paints a path: as a part of the last one where the two do not meet, for then it makes no difference.
func (l *layer) add(path string, box bounds) {
	if n := len(l.paths); n > 0 {
		apart := true
		for _, b := range l.boxes[n-1] {
			apart = apart && !b.meets(box)
		}
		if apart {
			l.paths[n-1] += path
			l.boxes[n-1] = append(l.boxes[n-1], box)
			return
		}
	}
	l.paths, l.boxes = append(l.paths, path), append(l.boxes, []bounds{box})
}

func (l *layer) write(w *strings.Builder) {
	if len(l.paths) == 1 {
		w.WriteString(`<path d="` + l.paths[0] + `"` + l.look + "/>")
		return
	}
	w.WriteString("<g" + l.look + ">")
	for _, p := range l.paths {
		w.WriteString(`<path d="` + p + `"/>`)
	}
	w.WriteString("</g>")
}

// covered bounds a shape by the points of its curves and the thickness of its line.
func covered(shape *digest.Shape) bounds {
	b := bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, s := range shape.Path {
		n := 1
		switch s.Kind {
		case digest.QuadTo:
			n = 2
		case digest.CubicTo:
			n = 3
		case digest.Close:
			n = 0
		}
		for _, p := range s.P[:n] {
			b = bounds{min(b.left, p.X), min(b.top, p.Y), max(b.right, p.X), max(b.bottom, p.Y)}
		}
	}
	air := .1
	if shape.Stroke&0xFF != 0 {
		air += shape.Width / 2
	}
	return bounds{b.left - air, b.top - air, b.right + air, b.bottom + air}
}

// shortPath writes a path in relative commands of tenths of a pixel.
func shortPath(path []digest.Segment) string {
	var w strings.Builder
	var at, begun, turn [2]int // in tenths; turn: how a curve left its last control
	tenths := func(p digest.Spot) [2]int { return [2]int{int(math.Round(p.X * 10)), int(math.Round(p.Y * 10))} }
	number := func(n int, first bool) {
		t := strconv.FormatFloat(float64(n)/10, 'f', -1, 64)
		t = strings.Replace(t, "0.", ".", 1)
		if n >= 10 || n <= -10 { // 10.5 keeps its zero
			t = strconv.FormatFloat(float64(n)/10, 'f', -1, 64)
		}
		if !first && t[0] != '-' {
			w.WriteByte(' ')
		}
		w.WriteString(t)
	}
	for _, s := range path {
		letter, n := byte('z'), 0
		switch s.Kind {
		case digest.MoveTo:
			begun = tenths(s.P[0])
			at, turn = begun, [2]int{}
			w.WriteByte('M')
			number(at[0], true)
			number(at[1], false)
			continue
		case digest.LineTo:
			to := tenths(s.P[0])
			dx, dy := to[0]-at[0], to[1]-at[1]
			at, turn = to, [2]int{}
			switch {
			case dx == 0 && dy == 0: // a dot, where a line with round ends is drawn
				if len(path) == 2 {
					w.WriteString("h0")
				}
			case dy == 0:
				w.WriteByte('h')
				number(dx, true)
			case dx == 0:
				w.WriteByte('v')
				number(dy, true)
			default:
				w.WriteByte('l')
				number(dx, true)
				number(dy, false)
			}
			continue
		case digest.QuadTo:
			letter, n = 'q', 2
		case digest.CubicTo:
			letter, n = 'c', 3
		}
		to, from := at, 0
		if letter == 'c' {
			lead := tenths(s.P[0])
			if abs(lead[0]-at[0]-turn[0])+abs(lead[1]-at[1]-turn[1]) < 2 && turn != [2]int{} {
				letter, from = 's', 1 // it goes on as the one before came in
			}
		}
		w.WriteByte(letter)
		for i := from; i < n; i++ {
			to = tenths(s.P[i])
			number(to[0]-at[0], i == from)
			number(to[1]-at[1], false)
		}
		if n == 0 {
			to = begun
		}
		turn = [2]int{}
		if s.Kind == digest.CubicTo {
			lead := tenths(s.P[1])
			turn = [2]int{to[0] - lead[0], to[1] - lead[1]}
		}
		at = to
	}
	return w.String()
}

func abs(n int) int { return max(n, -n) }
