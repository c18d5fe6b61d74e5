package charts

import (
	"math"
	"slices"

	"fortnight/digest"

	"github.com/golang/freetype/raster"
	"golang.org/x/image/math/fixed"
)

// canvas paints a drawing straight into an indexed picture. Areas follow the non-zero winding rule, since the glyphs of
// variable fonts overlap themselves.
type canvas struct {
	width, height int
	scale         float64 // pixels for each pixel of the drawing
	pix           []uint8
	palette       palette
	set           *setter

	inside *coverage   // of the path at hand
	line   []dot       // of the stroke at hand, in pixels
	thread raster.Path // the same for the stroker
	packed []byte      // its rows as a PNG has them
	below  []byte      // one row as differences from the one above
	edges  strokeEdges // what the stroker makes of it
}

func newCanvas(set *setter, width, height int) *canvas {
	c := &canvas{set: set, inside: &coverage{}}
	c.resize(width, height)
	return c
}

func (c *canvas) resize(width, height int) {
	c.width, c.height = width, height
	c.pix = sized(c.pix, width*height)
	c.inside.resize(width, height)
}

// sized gives a slice n elements, of its own room where there is enough.
func sized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// crowded is how many labels make a picture whose text takes most of its bytes.
const crowded = 36

// packed is how many make one that would weigh too much with soft edges, so that it is painted without them at once.
const packed = 120

// paint draws the marks over the ground; steps of an edge differ by at least apart in a channel, in a crowded picture by
// a little more.
func (c *canvas) paint(d digest.Drawing, scale, apart float64) {
	c.scale = scale
	clear(c.pix)
	texts := 0
	for _, m := range d.Marks {
		if m.Label != nil {
			texts++
		}
	}
	switch {
	case texts > packed:
		apart = 256
	case texts > crowded:
		apart = max(apart, crowdedApart)
	}
	c.palette.open(d, apart)
	for _, m := range d.Marks {
		switch {
		case m.Shape != nil:
			c.shape(m.Shape)
		case m.Label != nil:
			c.label(m.Label)
		}
	}
}

func (c *canvas) shape(s *digest.Shape) {
	switch {
	case s.Fade != nil:
		c.fill(s.Path, c.scale, 1, c.fade(*s.Fade))
	case s.Fill&0xFF == 0xFF:
		c.fill(s.Path, c.scale, 1, c.flat(s.Fill))
	case s.Fill&0xFF != 0:
		c.fill(s.Path, c.scale, faint, c.flat(s.Fill))
	}
	if s.Stroke&0xFF != 0 && s.Width > 0 {
		c.stroke(s.Path, s.Width, s.Dash, s.Stroke)
	}
}

// ink gives the colour of a row of pixels.
type ink func(y int) *blend

func (c *canvas) flat(k digest.Colour) ink {
	b := c.palette.blend(k)
	return func(int) *blend { return b }
}

// fadeSteps is how many colours a fade is drawn in: over a fifth of the accent each step is less than an eye can tell.
const fadeSteps = 32

func (c *canvas) fade(f digest.Fade) ink {
	var steps [fadeSteps]*blend
	return func(y int) *blend {
		t := ((float64(y)+.5)/c.scale - f.From) / max(f.To-f.From, 1e-9)
		i := int(min(max(t, 0), 1) * (fadeSteps - .001))
		if steps[i] == nil {
			steps[i] = c.palette.blend(between(f.Top, f.Bottom, (float64(i)+.5)/fadeSteps))
		}
		return steps[i]
	}
}

// between is the colour at a share of the way from one to the other, opacity included.
func between(a, z digest.Colour, t float64) digest.Colour {
	var out digest.Colour
	for shift := 24; shift >= 0; shift -= 8 {
		x, y := float64(a>>shift&0xFF), float64(z>>shift&0xFF)
		out |= digest.Colour(math.Round(x+(y-x)*t)) << shift
	}
	return out
}

// farthest is how far from the origin a path may reach, in pixels; beyond it all is one.
const farthest = 1 << 13

// faint is how many pixels, across and down, make one of a translucent area. Its edges are so pale that no more is seen,
// and there may be many of them, each of which costs bytes in every row.
const faint = 2

// fill colours the inside of a path whose shapes are closed by themselves, in squares of grain by grain pixels.
func (c *canvas) fill(path []digest.Segment, scale float64, grain int, k ink) {
	c.inside.trace(path, scale/float64(grain))
	row, b := -1, (*blend)(nil)
	c.inside.sweep(func(y, x0, x1 int, cover uint8) {
		if y != row {
			row, b = y, k(y*grain)
		}
		x0, x1 = x0*grain, min(x1*grain, c.width)
		for y := y * grain; y < min((row+1)*grain, c.height); y++ {
			c.palette.lay(b, cover, c.pix[y*c.width+x0:y*c.width+x1])
		}
	})
}

// strokeEdges takes the outline that freetype's stroker makes of a line.
type strokeEdges struct {
	steps []digest.Segment
}

func (e *strokeEdges) clear() { e.steps = e.steps[:0] }

func (e *strokeEdges) add(k digest.SegmentKind, p ...fixed.Point26_6) {
	s := digest.Segment{Kind: k}
	for i, q := range p {
		s.P[i] = digest.Spot{X: float64(q.X) / 64, Y: float64(q.Y) / 64}
	}
	e.steps = append(e.steps, s)
}

// Start begins an outline.
func (e *strokeEdges) Start(a fixed.Point26_6) { e.add(digest.MoveTo, a) }

// Add1 goes straight on.
func (e *strokeEdges) Add1(a fixed.Point26_6) { e.add(digest.LineTo, a) }

// Add2 goes on along a quadratic curve.
func (e *strokeEdges) Add2(a, b fixed.Point26_6) { e.add(digest.QuadTo, a, b) }

// Add3 goes on along a cubic curve.
func (e *strokeEdges) Add3(a, b, d fixed.Point26_6) { e.add(digest.CubicTo, a, b, d) }
