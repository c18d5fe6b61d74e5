package charts

import (
	"math"
	"math/bits"

	"fortnight/digest"
)

// coverage measures how much of each pixel lies inside a path, by the signed areas that its edges cut off (as font-rs
// and FreeType's smooth rasterizer do); the winding rule is non-zero. It remembers which pixels an edge touched, so that
// the work follows the length of the edges and not the size of the picture.
type coverage struct {
	width, height int
	area          []float32 // a row has width+1 cells, the last for what lies to the right of the picture
	touched       []uint64  // a bit for each cell
	words         int       // of touched, in a row
	top, bottom   int       // rows that may have touched cells
	startX        float32   // of the shape at hand
	startY        float32
	x, y          float32 // where it has come to
}

func newCoverage(width, height int) *coverage {
	c := &coverage{}
	c.resize(width, height)
	return c
}

// resize makes an empty one fit another picture.
func (c *coverage) resize(width, height int) {
	c.width, c.height, c.words, c.top = width, height, (width+64)/64, height
	c.area = sized(c.area, (width+1)*height)
	c.touched = sized(c.touched, c.words*height)
}

func (c *coverage) moveTo(x, y float32) {
	c.close()
	c.x, c.y, c.startX, c.startY = x, y, x, y
}

func (c *coverage) close() { c.lineTo(c.startX, c.startY) }

func (c *coverage) quadTo(x1, y1, x2, y2 float32) {
	x0, y0 := c.x, c.y
	// The second difference bounds how far a curve of n straight steps is off: d / (4 n²).
	n := steps(math.Hypot(float64(x0-2*x1+x2), float64(y0-2*y1+y2)) / 4)
	for i := 1; i < n; i++ {
		t := float32(i) / float32(n)
		u := 1 - t
		c.lineTo(u*u*x0+2*u*t*x1+t*t*x2, u*u*y0+2*u*t*y1+t*t*y2)
	}
	c.lineTo(x2, y2)
}

func (c *coverage) cubicTo(x1, y1, x2, y2, x3, y3 float32) {
	x0, y0 := c.x, c.y
	n := steps(.75 * max(math.Hypot(float64(x0-2*x1+x2), float64(y0-2*y1+y2)), math.Hypot(float64(x1-2*x2+x3), float64(y1-2*y2+y3))))
	for i := 1; i < n; i++ {
		t := float32(i) / float32(n)
		u := 1 - t
		a, b, d, e := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		c.lineTo(a*x0+b*x1+d*x2+e*x3, a*y0+b*y1+d*y2+e*y3)
	}
	c.lineTo(x3, y3)
}

// steps is how many straight steps keep within a fifth of a pixel of a curve that one step would miss by off.
func steps(off float64) int {
	return min(max(1, int(math.Ceil(math.Sqrt(off/.2)))), 100)
}

// lineTo adds the areas that an edge cuts off, row by row.
func (c *coverage) lineTo(x, y float32) {
	ax, ay, bx, by := c.x, c.y, x, y
	c.x, c.y = x, y
	sign := float32(1)
	if ay > by {
		sign, ax, ay, bx, by = -1, bx, by, ax, ay
	}
	if by-ay < 1e-6 || by <= 0 || ay >= float32(c.height) {
		return
	}
	slope := (bx - ax) / (by - ay)
	if ay < 0 {
		ax, ay = ax-ay*slope, 0
	}
	by = min(by, float32(c.height))
	first, last := int(ay), min(int(math.Ceil(float64(by))), c.height)
	c.top, c.bottom = min(c.top, first), max(c.bottom, last)
	for row := first; row < last; row++ {
		dy := min(float32(row+1), by) - max(float32(row), ay)
		next := ax + dy*slope
		c.cut(row, min(ax, next), max(ax, next), dy*sign)
		ax = next
	}
}

// cut spreads the height d of an edge that runs from x0 to x1 in one row over the pixels that it crosses: each gets the
// share that lies to the right of the edge.
func (c *coverage) cut(row int, x0, x1, d float32) {
	i0, i1 := int(math.Floor(float64(x0))), int(math.Ceil(float64(x1)))
	if i1 <= i0+1 {
		mid := (x0+x1)/2 - float32(i0)
		c.put(row, i0, d*(1-mid))
		c.put(row, i0+1, d*mid)
		return
	}
	s := 1 / (x1 - x0)
	f0 := 1 - (x0 - float32(i0))
	first := .5 * s * f0 * f0
	f1 := x1 - float32(i1) + 1
	last := .5 * s * f1 * f1
	c.put(row, i0, d*first)
	if i1 == i0+2 {
		c.put(row, i0+1, d*(1-first-last))
	} else {
		second := s * (f0 + .5)
		c.put(row, i0+1, d*(second-first))
		for i := i0 + 2; i < i1-1; i++ {
			c.put(row, i, d*s)
		}
		c.put(row, i1-1, d*(1-second-s*float32(i1-i0-3)-last))
	}
	c.put(row, i1, d*last)
}

func (c *coverage) put(row, i int, d float32) {
	i = min(max(i, 0), c.width)
	c.area[row*(c.width+1)+i] += d
	c.touched[row*c.words+i/64] |= 1 << (i % 64)
}

// sweep gives every run of pixels of one coverage, 1..255, row by row, and leaves nothing behind.
func (c *coverage) sweep(run func(y, x0, x1 int, cover uint8)) {
	c.close()
	for y := c.top; y < c.bottom; y++ {
		cells := c.area[y*(c.width+1) : (y+1)*(c.width+1)]
		sum, from, cover := float32(0), 0, uint8(0)
		for w, word := range c.touched[y*c.words : (y+1)*c.words] {
			for word != 0 {
				x := w*64 + bits.TrailingZeros64(word)
				word &= word - 1
				sum += cells[x]
				cells[x] = 0
				now := uint8(min(max(sum, -sum), 1)*255 + .5)
				if now == cover {
					continue
				}
				if cover > 0 {
					run(y, from, x, cover)
				}
				from, cover = x, now
			}
			c.touched[y*c.words+w] = 0
		}
		if cover > 0 && from < c.width {
			run(y, from, c.width, cover)
		}
	}
	c.top, c.bottom = c.height, 0
	c.x, c.y, c.startX, c.startY = 0, 0, 0, 0
}

// trace takes a path whose shapes are closed by themselves, scaled.
func (c *coverage) trace(path []digest.Segment, scale float64) {
	at := func(p digest.Spot) (x, y float32) {
		return float32(min(max(p.X*scale, -farthest), farthest)), float32(min(max(p.Y*scale, -farthest), farthest))
	}
	for _, s := range path {
		x, y := at(s.P[0])
		switch s.Kind {
		case digest.MoveTo:
			c.moveTo(x, y)
		case digest.LineTo:
			c.lineTo(x, y)
		case digest.QuadTo:
			x1, y1 := at(s.P[1])
			c.quadTo(x, y, x1, y1)
		case digest.CubicTo:
			x1, y1 := at(s.P[1])
			x2, y2 := at(s.P[2])
			c.cubicTo(x, y, x1, y1, x2, y2)
		case digest.Close:
			c.close()
		}
	}
}
