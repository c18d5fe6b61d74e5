package charts

import (
	"math"

	"fortnight/digest"

	"github.com/golang/freetype/raster"
	"golang.org/x/image/math/fixed"
)

// canvas paints a drawing straight into an indexed picture: the palette grows as colours meet. Areas follow the
// non-zero winding rule, since the glyphs of variable fonts overlap themselves.
type canvas struct {
	width, height int
	scale         float64 // pixels for each pixel of the drawing
	pix           []uint8
	palette       []rgb
	blends        map[digest.Colour]*blended
	raster        *raster.Rasterizer
	set           *setter
	line          []dot       // of the stroke at hand, in pixels
	path          raster.Path // the same for the rasterizer
	ink           paintBy     // how the spans at hand are coloured
}

type rgb struct{ r, g, b uint8 }

// levels is how many steps of coverage an edge is drawn in.
const levels = 16

// blended caches which palette entry a colour makes over another at each level of coverage; -1: not yet known.
type blended struct {
	colour digest.Colour
	over   [levels + 1][256]int16
	solid  int // the palette entry of the colour itself where it is opaque, else -1
}

// paintBy gives the colour of a row.
type paintBy func(y int) *blended

func newCanvas(set *setter, width, height int) *canvas {
	c := &canvas{width: width, height: height, pix: make([]uint8, width*height), set: set,
		raster: raster.NewRasterizer(width, height), blends: map[digest.Colour]*blended{}}
	c.raster.UseNonZeroWinding = true
	return c
}

// paint draws the marks over the ground.
func (c *canvas) paint(d digest.Drawing, scale float64) {
	c.scale = scale
	c.palette = c.palette[:0]
	clear(c.blends)
	clear(c.pix)
	c.exact(d.Ground | 0xFF)
	for _, m := range d.Marks { // colours that are meant exactly come first, while the palette has room
		switch {
		case m.Label != nil:
			c.exact(m.Label.Colour)
		case m.Shape != nil:
			c.exact(m.Shape.Fill)
			c.exact(m.Shape.Stroke)
		}
	}
	for _, m := range d.Marks {
		switch {
		case m.Shape != nil:
			c.shape(m.Shape)
		case m.Label != nil:
			c.label(m.Label)
		}
	}
}

// exact gives an opaque colour a palette entry of its own.
func (c *canvas) exact(k digest.Colour) {
	r, g, b, a := k.RGBA()
	if a != 0xFF || len(c.palette) >= 128 {
		return
	}
	for _, p := range c.palette {
		if p == (rgb{r, g, b}) {
			return
		}
	}
	c.palette = append(c.palette, rgb{r, g, b})
}

func (c *canvas) shape(s *digest.Shape) {
	switch {
	case s.Fade != nil:
		c.raster.Clear()
		c.fillPath(s.Path)
		c.fade(*s.Fade)
		c.raster.Rasterize(c)
	case s.Fill&0xFF != 0:
		c.raster.Clear()
		c.fillPath(s.Path)
		c.colour(s.Fill)
		c.raster.Rasterize(c)
	}
	if s.Stroke&0xFF != 0 && s.Width > 0 {
		c.stroke(s.Path, s.Width, s.Dash, s.Stroke)
	}
}

func (c *canvas) label(l *digest.Label) {
	path := l.Outline
	if path == nil {
		path = c.set.outline(l.Text, l.Weight, l.Size, l.X-lead(l), l.Y)
	}
	if l.Halo&0xFF != 0 {
		c.stroke(path, 4, nil, l.Halo)
	}
	c.raster.Clear()
	c.fillPath(path)
	c.colour(l.Colour)
	c.raster.Rasterize(c)
}

// colour paints what comes next in one colour.
func (c *canvas) colour(k digest.Colour) {
	t := c.table(k)
	c.ink = func(int) *blended { return t }
}

// fadeSteps bounds how many colours a fade takes from the palette: 32 steps over a fifth of the accent are each less
// than an eye can tell.
const fadeSteps = 32

func (c *canvas) fade(f digest.Fade) {
	var tables [fadeSteps]*blended
	c.ink = func(y int) *blended {
		t := ((float64(y)+.5)/c.scale - f.From) / max(f.To-f.From, 1e-9)
		i := int(min(max(t, 0), 1) * (fadeSteps - .001))
		if tables[i] == nil {
			tables[i] = c.table(between(f.Top, f.Bottom, (float64(i)+.5)/fadeSteps))
		}
		return tables[i]
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

func (c *canvas) table(k digest.Colour) *blended {
	t := c.blends[k]
	if t != nil {
		return t
	}
	t = &blended{colour: k, solid: -1}
	for i := range t.over {
		for j := range t.over[i] {
			t.over[i][j] = -1
		}
	}
	if k&0xFF == 0xFF {
		r, g, b, _ := k.RGBA()
		t.solid = c.entry(rgb{r, g, b})
	}
	c.blends[k] = t
	return t
}

// Paint is the rasterizer's call with spans of one coverage each.
func (c *canvas) Paint(spans []raster.Span, _ bool) {
	row, table := -1, (*blended)(nil)
	for _, s := range spans {
		x0, x1 := max(s.X0, 0), min(s.X1, c.width)
		if x0 >= x1 || s.Y < 0 || s.Y >= c.height {
			continue
		}
		level := int(s.Alpha*levels+0x7FFF) / 0xFFFF
		if level == 0 {
			continue
		}
		if s.Y != row {
			row, table = s.Y, c.ink(s.Y)
		}
		line := c.pix[s.Y*c.width+x0 : s.Y*c.width+x1]
		if level == levels && table.solid >= 0 {
			line[0] = uint8(table.solid)
			for n := 1; n < len(line); n *= 2 {
				copy(line[n:], line[:n])
			}
			continue
		}
		over := &table.over[level]
		for i, p := range line {
			e := over[p]
			if e < 0 {
				e = c.lay(table, level, p)
			}
			line[i] = uint8(e)
		}
	}
}

// lay finds the palette entry of a colour over another one.
func (c *canvas) lay(t *blended, level int, under uint8) int16 {
	r, g, b, a := t.colour.RGBA()
	share := float64(a) / 255 * float64(level) / levels
	at := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*share)) }
	p := c.palette[under]
	e := int16(c.entry(rgb{at(p.r, r), at(p.g, g), at(p.b, b)}))
	t.over[level][under] = e
	return e
}

// entry finds a colour in the palette or adds it. The fuller the palette, the more a colour may differ from the one
// that stands for it; at the end the nearest does.
func (c *canvas) entry(k rgb) int {
	best, least := 0, math.MaxInt
	for i, p := range c.palette {
		dr, dg, db := int(p.r)-int(k.r), int(p.g)-int(k.g), int(p.b)-int(k.b)
		if d := 2*dr*dr + 4*dg*dg + 3*db*db; d < least {
			best, least = i, d
		}
	}
	n := len(c.palette)
	allowed := 9 // one step in each channel
	switch {
	case n >= 256:
		return best
	case n >= 224:
		allowed = 400
	case n >= 160:
		allowed = 60
	}
	if least <= allowed && n > 0 {
		return best
	}
	c.palette = append(c.palette, k)
	return n
}

func (c *canvas) fixed(p digest.Spot) fixed.Point26_6 {
	at := func(v float64) fixed.Int26_6 { // beyond the picture all is one: the rasterizer must not run off
		return fixed.Int26_6(math.Round(min(max(v*c.scale, -4000), 8000) * 64))
	}
	return fixed.Point26_6{X: at(p.X), Y: at(p.Y)}
}

// fillPath hands the rasterizer a path whose shapes are all closed.
func (c *canvas) fillPath(path []digest.Segment) {
	var start fixed.Point26_6
	open := false
	end := func() {
		if open {
			c.raster.Add1(start)
		}
		open = false
	}
	for _, s := range path {
		switch s.Kind {
		case digest.MoveTo:
			end()
			start, open = c.fixed(s.P[0]), true
			c.raster.Start(start)
		case digest.LineTo:
			c.raster.Add1(c.fixed(s.P[0]))
		case digest.QuadTo:
			c.raster.Add2(c.fixed(s.P[0]), c.fixed(s.P[1]))
		case digest.CubicTo:
			c.raster.Add3(c.fixed(s.P[0]), c.fixed(s.P[1]), c.fixed(s.P[2]))
		case digest.Close:
			end()
		}
	}
	end()
}
