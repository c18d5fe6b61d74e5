package charts

import (
	"math"

	"fortnight/digest"
)

// stamp is a glyph, or the halo around one, as runs of pixels around the point where it stands. Glyphs stand on whole
// pixels, so that one is the same wherever it is set and is measured once.
type stamp []inkRun

type inkRun struct {
	y, x0, x1 int16
	cover     uint8
}

type stampKey struct {
	outline *digest.Segment // the first of a glyph's
	size    float64         // in pixels
	halo    float64         // the width of its stroke in pixels; 0: the glyph itself
}

// stamp gives the runs of a glyph at a size in pixels.
func (c *canvas) stamp(outline []digest.Segment, size, halo float64) stamp {
	key := stampKey{&outline[0], size, halo}
	c.set.mu.RLock()
	s, known := c.set.stamps[key]
	c.set.mu.RUnlock()
	if known {
		return s
	}
	s = c.measure(outline, size, halo)
	c.set.mu.Lock()
	defer c.set.mu.Unlock()
	if c.set.stamps == nil || len(c.set.stamps) >= keep {
		c.set.stamps = map[stampKey]stamp{}
	}
	c.set.stamps[key] = s
	return s
}

func (c *canvas) measure(outline []digest.Segment, size, halo float64) (s stamp) {
	left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, seg := range outline {
		for _, p := range seg.P { // points that a segment does not use are the origin, which belongs to the glyph anyway
			left, right = min(left, p.X*size), max(right, p.X*size)
			top, bottom = min(top, p.Y*size), max(bottom, p.Y*size)
		}
	}
	dx, dy := math.Ceil(halo-left)+1, math.Ceil(halo-top)+1
	path := make([]digest.Segment, len(outline))
	for i, seg := range outline {
		for j, p := range seg.P {
			seg.P[j] = digest.Spot{X: p.X*size + dx, Y: p.Y*size + dy}
		}
		path[i] = seg
	}
	if halo > 0 {
		path = c.outlined(path, halo, nil, 1)
	}
	inside := newCoverage(int(right+halo+dx)+2, int(bottom+halo+dy)+2)
	inside.trace(path, 1)
	inside.sweep(func(y, x0, x1 int, cover uint8) {
		s = append(s, inkRun{int16(y - int(dy)), int16(x0 - int(dx)), int16(x1 - int(dx)), cover})
	})
	return s
}

// press colours a stamp that stands at a pixel.
func (c *canvas) press(s stamp, x, y int, b *blend) {
	for _, r := range s {
		if row := y + int(r.y); row >= 0 && row < c.height {
			if x0, x1 := max(x+int(r.x0), 0), min(x+int(r.x1), c.width); x0 < x1 {
				c.palette.lay(b, r.cover, c.pix[row*c.width+x0:row*c.width+x1])
			}
		}
	}
}

// label writes a text: one that is plain glyph by glyph on whole pixels, where stems are sharp and alike, one that was
// shaped by its outline.
func (c *canvas) label(l *digest.Label) {
	haloed := l.Halo&0xFF != 0
	if l.Outline != nil {
		if haloed {
			c.stroke(l.Outline, halo, nil, l.Halo)
		}
		c.fill(l.Outline, c.scale, 1, c.flat(l.Colour))
		return
	}
	text, size := c.set.line(l.Text, l.Weight), l.Size*c.scale
	lay := func(width float64, colour digest.Colour) {
		b := c.palette.blend(colour)
		for _, g := range text.glyphs {
			x, y := (l.X-lead(l))*c.scale+g.x*size, l.Y*c.scale+g.y*size
			c.press(c.stamp(g.outline, size, width), int(math.Round(x)), int(math.Round(y)), b)
		}
	}
	if haloed {
		lay(halo*c.scale, l.Halo)
	}
	lay(0, l.Colour)
}

// halo is the width of the stroke around a text, in px.
const halo = 4
