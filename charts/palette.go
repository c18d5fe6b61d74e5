package charts

import (
	"math"

	"fortnight/digest"
)

// palette is the colours of an indexed picture; it grows as colours meet. Pictures in few flat colours keep to 16,
// which take half the room of 256.
type palette struct {
	colours []rgb
	most    int
	apart   float64 // as tellApart; larger where a picture would weigh too much
	blends  map[digest.Colour]*blend
	spare   []*blend // of earlier pictures
}

type rgb struct{ r, g, b uint8 }

// blend is a colour laid over others.
type blend struct {
	r, g, b, a uint8
	solid      int                    // the palette's entry of the colour where it is opaque, else -1
	made       [levels + 1][256]int16 // the entry it makes over another one at a level of coverage; -1: not yet known
}

// levels is how many steps of coverage an edge may have. At two pixels for one more cannot be seen, and every step costs
// bytes. The number is odd: where two areas meet inside a pixel and no blend is worth an entry, one of them has it.
const levels = 7

// tellApart is the difference in a channel below which two steps of an edge are not worth telling apart.
const tellApart = 76

// crowdedApart is the same in a picture full of text.
const crowdedApart = 110

// open begins a picture with the colours that it means exactly.
func (p *palette) open(d digest.Drawing, apart float64) {
	p.colours = p.colours[:0]
	for k, b := range p.blends {
		p.spare = append(p.spare, b)
		delete(p.blends, k)
	}
	p.most, p.apart = 256, apart
	p.exact(d.Ground)
	flat := true
	for _, m := range d.Marks {
		switch {
		case m.Label != nil:
			p.exact(m.Label.Colour)
		case m.Shape != nil:
			p.exact(over(d.Ground, m.Shape.Fill))
			p.exact(over(d.Ground, m.Shape.Stroke))
			flat = flat && m.Shape.Fade == nil
		}
	}
	if flat && len(p.colours) <= 11 {
		p.most = 16
		for _, m := range d.Marks {
			if m.Label != nil { // before overlaps take the room
				r, g, b, _ := mix(d.Ground, m.Label.Colour, .5).RGBA()
				p.entry(rgb{r, g, b}, alike)
			}
		}
	}
}

// over is a colour as it looks on the ground.
func over(ground, c digest.Colour) digest.Colour { return mix(ground, c, float64(c&0xFF)/255) }

// exact gives an opaque colour an entry of its own.
func (p *palette) exact(k digest.Colour) {
	r, g, b, _ := k.RGBA()
	if len(p.colours) >= 128 {
		return
	}
	for _, c := range p.colours {
		if c == (rgb{r, g, b}) {
			return
		}
	}
	p.colours = append(p.colours, rgb{r, g, b})
}

// blend prepares a colour for being laid over others.
func (p *palette) blend(k digest.Colour) *blend {
	if b := p.blends[k]; b != nil {
		return b
	}
	b := &blend{}
	if n := len(p.spare); n > 0 {
		b, p.spare = p.spare[n-1], p.spare[:n-1]
	}
	b.r, b.g, b.b, b.a = k.RGBA()
	b.solid = -1
	for i := range b.made {
		for j := range b.made[i] {
			b.made[i][j] = -1
		}
	}
	if b.a == 0xFF {
		b.solid = p.entry(rgb{b.r, b.g, b.b}, 0)
	}
	if p.blends == nil {
		p.blends = map[digest.Colour]*blend{}
	}
	p.blends[k] = b
	return b
}

// lay colours a run of pixels that are covered by cover/255.
func (p *palette) lay(b *blend, cover uint8, run []uint8) {
	if cover == 255 && b.solid >= 0 {
		run[0] = uint8(b.solid)
		for n := 1; n < len(run); n *= 2 {
			copy(run[n:], run[:n])
		}
		return
	}
	for i := 0; i < len(run); { // what lies below seldom changes
		under, e := run[i], p.over(b, cover, run[i])
		for ; i < len(run) && run[i] == under; i++ {
			run[i] = e
		}
	}
}

// over gives the entry that a colour makes over another one where it covers a pixel by cover/255.
func (p *palette) over(b *blend, cover, under uint8) uint8 {
	level := (int(cover)*levels + 127) / 255
	if e := b.made[level][under]; e >= 0 {
		return uint8(e)
	}
	u := p.colours[under]
	diff := func(x, y uint8) float64 { return math.Abs(float64(x) - float64(y)) }
	apart := max(diff(u.r, b.r), diff(u.g, b.g), diff(u.b, b.b)) * float64(b.a) / 255
	steps := min(max(math.Round(apart/p.apart), 1), levels)
	if b.a < 0xFF {
		steps = max(steps, 2) // such an edge is as coarse as faint
	}
	share := float64(b.a) / 255 * math.Round(float64(level)/levels*steps) / steps
	mixed := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*share)) }
	near := same
	if level < levels {
		near = alike
	}
	e := p.entry(rgb{mixed(u.r, b.r), mixed(u.g, b.g), mixed(u.b, b.b)}, near)
	b.made[level][under] = int16(e)
	return uint8(e)
}

// How far apart (2 dr² + 4 dg² + 3 db²) two colours may be to share an entry: areas by one step in each channel, the
// pixels of an edge by what no eye finds in them.
const (
	same  = 9
	alike = 200
)

// entry finds a colour that is near enough, or adds it. The fuller the palette, the more a colour may differ from the one that stands for
// it; at the end the nearest does.
func (p *palette) entry(k rgb, allowed int) int {
	best, least := 0, math.MaxInt
	for i, c := range p.colours {
		dr, dg, db := int(c.r)-int(k.r), int(c.g)-int(k.g), int(c.b)-int(k.b)
		if d := 2*dr*dr + 4*dg*dg + 3*db*db; d < least {
			best, least = i, d
		}
	}
	n := len(p.colours)
	if n >= p.most {
		return best
	}
	switch {
	case n >= p.most-p.most/8:
		allowed = max(allowed, 400)
	case n >= p.most-p.most*3/8:
		allowed = max(allowed, 60)
	}
	if n > 0 && least <= allowed {
		return best
	}
	p.colours = append(p.colours, k)
	return n
}
