package charts

import (
	"math"

	"fortnight/digest"

	"github.com/golang/freetype/raster"
	"golang.org/x/image/math/fixed"
)

// stroke draws a path as a line with round caps and joins.
func (c *canvas) stroke(path []digest.Segment, width float64, dash []float64, k digest.Colour) {
	c.fill(c.outlined(path, width, dash, c.scale), 1, 1, c.flat(k))
}

// outlined gives the outline of a line along a path, scaled. It holds until the next one.
func (c *canvas) outlined(path []digest.Segment, width float64, dash []float64, scale float64) []digest.Segment {
	c.edges.clear()
	thick := fixed.Int26_6(math.Round(width * scale * 64))
	at := func(p digest.Spot) dot { return dot{p.X * scale, p.Y * scale} }
	lay := func(line []dot) {
		if len(line) == 0 {
			return
		}
		c.thread.Clear()
		for i, p := range line {
			if i == 0 {
				c.thread.Start(inFixed(p))
			} else {
				c.thread.Add1(inFixed(p))
			}
		}
		raster.Stroke(&c.edges, c.thread, thick, raster.RoundCapper, raster.RoundJoiner)
	}
	each := func() {
		if len(dash) == 0 {
			lay(c.line)
		} else {
			dashes(c.line, dash, scale, lay)
		}
		c.line = c.line[:0]
	}
	for _, s := range path {
		switch s.Kind {
		case digest.MoveTo:
			each()
			c.line = append(c.line, at(s.P[0]))
		case digest.LineTo:
			c.line = append(c.line, at(s.P[0]))
		case digest.QuadTo:
			p, q, r := c.here(), at(s.P[0]), at(s.P[1])
			c.flatten(p, dot{p.x + (q.x-p.x)*2/3, p.y + (q.y-p.y)*2/3}, dot{r.x + (q.x-r.x)*2/3, r.y + (q.y-r.y)*2/3}, r)
		case digest.CubicTo:
			c.flatten(c.here(), at(s.P[0]), at(s.P[1]), at(s.P[2]))
		case digest.Close:
			if len(c.line) > 0 {
				c.line = append(c.line, c.line[0])
			}
		}
	}
	each()
	return c.edges.steps
}

// inFixed gives a point in 64ths of a pixel; beyond the picture all is one.
func inFixed(p dot) fixed.Point26_6 {
	at := func(v float64) fixed.Int26_6 { return fixed.Int26_6(math.Round(min(max(v, -farthest), farthest) * 64)) }
	return fixed.Point26_6{X: at(p.x), Y: at(p.y)}
}

// here is where the line at hand has come to.
func (c *canvas) here() dot {
	if len(c.line) == 0 {
		return dot{}
	}
	return c.line[len(c.line)-1]
}

// flatten goes along a cubic in straight steps, none further than a fifth of a pixel from it.
func (c *canvas) flatten(p, q, r, s dot) {
	bend := max(math.Hypot(p.x-2*q.x+r.x, p.y-2*q.y+r.y), math.Hypot(q.x-2*r.x+s.x, q.y-2*r.y+s.y))
	n := steps(.75 * bend)
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		a, b, d, e := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		c.line = append(c.line, dot{a*p.x + b*q.x + d*r.x + e*s.x, a*p.y + b*q.y + d*r.y + e*s.y})
	}
}

// dashes cuts a line by lengths on and off, given in pixels of the drawing.
func dashes(line []dot, dash []float64, scale float64, lay func([]dot)) {
	total := 0.0
	for _, d := range dash {
		total += d
	}
	if total <= 0 || len(line) == 0 {
		lay(line)
		return
	}
	i, left := 0, dash[0]*scale
	piece := []dot{line[0]}
	for k := 1; k < len(line); k++ {
		p, q := line[k-1], line[k]
		length := math.Hypot(q.x-p.x, q.y-p.y)
		for at := 0.0; length-at > 1e-9; {
			step := min(left, length-at)
			at += step
			left -= step
			here := dot{p.x + (q.x-p.x)*at/length, p.y + (q.y-p.y)*at/length}
			if i%2 == 0 {
				piece = append(piece, here)
			}
			if left <= 1e-9 {
				if i%2 == 0 {
					lay(piece)
				}
				i++
				left = max(dash[i%len(dash)]*scale, 1e-3)
				piece = append(piece[:0], here)
			}
		}
	}
	if i%2 == 0 && len(piece) > 1 {
		lay(piece)
	}
}
