package pdf

import (
	"strconv"

	"fortnight/digest"
)

func ftoa(v float64) string { return strconv.FormatFloat(v, 'f', 3, 64) }

// tint mixes a colour with white: share 0..1 of the colour remains.
func tint(c digest.Colour, share float64) digest.Colour {
	r, g, b, _ := c.RGBA()
	mix := func(v uint8) digest.Colour { return digest.Colour(255 - (255-float64(v))*share + 0.5) }
	return mix(r)<<24 | mix(g)<<16 | mix(b)<<8 | 0xFF
}

// over gives the opaque colour that c shows on a ground.
func over(c, ground digest.Colour) digest.Colour {
	r, g, b, a := c.RGBA()
	gr, gg, gb, _ := ground.RGBA()
	mix := func(top, below uint8) digest.Colour {
		return digest.Colour((int(top)*int(a) + int(below)*(255-int(a)) + 127) / 255)
	}
	return mix(r, gr)<<24 | mix(g, gg)<<16 | mix(b, gb)<<8 | 0xFF
}

func (d *document) brush(c digest.Colour) {
	r, g, b, a := c.RGBA()
	d.f.SetFillColor(int(r), int(g), int(b))
	d.f.SetAlpha(float64(a)/255, "Normal")
}

func (d *document) opaque() { d.f.SetAlpha(1, "Normal") }

func (d *document) rule(x, y, w, thick float64, c digest.Colour) {
	d.brush(c)
	d.f.Rect(x*pt, y*pt, w*pt, thick*pt, "F")
}

func (d *document) disc(x, y, r float64, c digest.Colour) {
	d.brush(c)
	d.f.Circle(x*pt, y*pt, r*pt, "F")
}

// trace writes a path's construction operators, to a hundredth of a point: the composer's own would write a thousandth of
// that.
func (d *document) trace(path []digest.Segment, at func(digest.Spot) digest.Spot) {
	d.f.RawWriteStr(string(operators(path, func(s digest.Spot) digest.Spot {
		s = at(s)
		return digest.Spot{X: s.X * pt, Y: (d.height - s.Y) * pt}
	}, 2)))
}

func (d *document) fill(path []digest.Segment, at func(digest.Spot) digest.Spot, c digest.Colour) {
	if len(path) == 0 {
		return
	}
	d.brush(c)
	d.trace(path, at)
	d.f.DrawPath("F")
	d.opaque()
}

// replay paints a drawing with its top left at (x, y), k px for each of its own.
func (d *document) replay(g digest.Drawing, x, y, k float64) {
	at := func(s digest.Spot) digest.Spot { return digest.Spot{X: x + s.X*k, Y: y + s.Y*k} }
	for _, m := range g.Marks {
		switch {
		case m.Shape != nil:
			d.paint(*m.Shape, g.Ground, at, k)
		case m.Label != nil:
			d.label(*m.Label, at, k)
		}
	}
	d.opaque()
}

func (d *document) paint(s digest.Shape, ground digest.Colour, at func(digest.Spot) digest.Spot, k float64) {
	if s.Fade != nil {
		d.fade(s, ground, at)
	} else if s.Fill&0xFF != 0 {
		d.brush(s.Fill)
		d.trace(s.Path, at)
		d.f.DrawPath("F")
	}
	if s.Stroke&0xFF == 0 || s.Width == 0 {
		return
	}
	r, g, b, a := s.Stroke.RGBA()
	d.f.SetDrawColor(int(r), int(g), int(b))
	d.f.SetAlpha(float64(a)/255, "Normal")
	d.f.SetLineWidth(s.Width * k * pt)
	d.f.SetLineCapStyle("round")
	d.f.SetLineJoinStyle("round")
	var dash []float64
	for _, v := range s.Dash {
		dash = append(dash, v*k*pt)
	}
	d.f.SetDashPattern(dash, 0)
	d.trace(s.Path, at)
	d.f.DrawPath("D")
	d.f.SetDashPattern(nil, 0)
}

// fade fills a path with a vertical gradient. The colours are laid on the ground and multiplied with what lies below,
// so that the grid shows through as under a transparent fill.
func (d *document) fade(s digest.Shape, ground digest.Colour, at func(digest.Spot) digest.Spot) {
	left, right := at(digest.Spot{X: 0}).X, at(digest.Spot{X: 1}).X
	first := true
	for _, seg := range s.Path {
		if seg.Kind == digest.Close {
			continue
		}
		x := at(seg.P[map[digest.SegmentKind]int{digest.QuadTo: 1, digest.CubicTo: 2}[seg.Kind]]).X
		if first {
			left, right, first = x, x, false
		}
		left, right = min(left, x), max(right, x)
	}
	up, down := at(digest.Spot{Y: s.Fade.From}).Y, at(digest.Spot{Y: s.Fade.To}).Y
	if right <= left || down <= up {
		return
	}
	r1, g1, b1, _ := over(s.Fade.Top, ground).RGBA()
	r2, g2, b2, _ := over(s.Fade.Bottom, ground).RGBA()
	d.f.TransformBegin()
	d.f.SetAlpha(1, "Multiply")
	d.trace(s.Path, at)
	d.f.DrawPath("W n")
	d.f.LinearGradient(left*pt, up*pt, (right-left)*pt, (down-up)*pt, int(r1), int(g1), int(b1), int(r2), int(g2), int(b2), 0, 1, 0, 0)
	d.f.TransformEnd()
	d.opaque()
}

func (d *document) label(l digest.Label, at func(digest.Spot) digest.Spot, k float64) {
	if !l.Plain && d.shapedText(l.Text, l.Weight) == nil {
		d.fill(l.Outline, at, l.Colour) // by the chart's fonts alone
		return
	}
	p, size := at(digest.Spot{X: l.X, Y: l.Y}), l.Size*k
	w := d.measure(l.Text, size, l.Weight)
	switch l.Anchor {
	case digest.AnchorMiddle:
		p.X -= w / 2
	case digest.AnchorRight:
		p.X -= w
	}
	d.opaque()
	if l.Halo&0xFF != 0 {
		// A second text below the first would be copied twice, so the halo is a patch: as wide that those of a name and of the number
		// behind it meet.
		d.brush(l.Halo)
		d.f.Rect((p.X-3.2*k)*pt, (p.Y-0.8*size)*pt, (w+6.4*k)*pt, 0.92*size*pt, "F")
		d.opaque()
	}
	d.say(p.X, p.Y, l.Text, size, l.Weight, l.Colour)
}
