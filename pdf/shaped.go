package pdf

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"codeberg.org/go-pdf/fpdf"

	"fortnight/digest"
)

// em is the size that shaped texts are kept at, in points: each is written into the document once and then used at any
// size and in any colour, since a name stands in many charts and captions.
const em = 100.0

// Where the baseline's left end stands in a shaped text's box, in its units; marks may stand far above and below.
const (
	shapedLeft  = 50.0
	shapedBelow = 100.0
	shapedTall  = 300.0
)

// shaped is a text as glyph outlines; a form of the document.
type shaped struct {
	fpdf.Template // what a form may have besides: none
	id            string
	path          []byte
	width         float64 // the advance at em
}

// ID names the form by what it draws.
func (s *shaped) ID() string { return s.id }

// Size gives the form's box.
func (s *shaped) Size() (fpdf.PointType, fpdf.SizeType) {
	return fpdf.PointType{}, fpdf.SizeType{Wd: s.width + 2*shapedLeft, Ht: shapedTall}
}

// Bytes gives its content.
func (s *shaped) Bytes() []byte { return s.path }

// Images gives none.
func (s *shaped) Images() map[string]*fpdf.ImageInfoType { return nil }

// Templates gives none.
func (s *shaped) Templates() []fpdf.Template { return nil }

// shapedText gives the outlines of a text that the fonts cannot set by themselves, and nil for any other.
func (d *document) shapedText(text string, weight int) *shaped {
	key := measured{text, em, weight}
	s, known := d.outlines[key]
	if known {
		return s
	}
	if outline, width, needed := d.shape(text, em, weight); needed {
		path := operators(outline, func(p digest.Spot) digest.Spot {
			return digest.Spot{X: shapedLeft + p.X, Y: shapedBelow - p.Y}
		}, 1)
		path = append(path, 'f', '\n')
		sum := sha256.Sum256(path)
		s = &shaped{id: hex.EncodeToString(sum[:8]), path: path, width: width}
	}
	d.outlines[key] = s
	return s
}

// useShaped fills a shaped text with its left end at x on the baseline y.
func (d *document) useShaped(s *shaped, x, y, size float64, c digest.Colour) {
	if s.width == 0 {
		return
	}
	k := size * pt / em
	_, box := s.Size()
	d.brush(c)
	d.f.UseTemplateScaled(s, fpdf.PointType{X: x*pt - shapedLeft*k, Y: y*pt - (shapedTall-shapedBelow)*k},
		fpdf.SizeType{Wd: box.Wd * k, Ht: box.Ht * k})
	d.opaque()
}

// operators writes a path's construction with a number of decimals. PDF has no quadratic curves: they are raised to cubics.
func operators(path []digest.Segment, at func(digest.Spot) digest.Spot, decimals int) (ops []byte) {
	point := func(s digest.Spot) {
		ops = append(strconv.AppendFloat(ops, s.X, 'f', decimals, 64), ' ')
		ops = append(strconv.AppendFloat(ops, s.Y, 'f', decimals, 64), ' ')
	}
	var pen digest.Spot
	for _, s := range path {
		switch s.Kind {
		case digest.MoveTo:
			pen = at(s.P[0])
			point(pen)
			ops = append(ops, "m\n"...)
		case digest.LineTo:
			pen = at(s.P[0])
			point(pen)
			ops = append(ops, "l\n"...)
		case digest.QuadTo:
			c, e := at(s.P[0]), at(s.P[1])
			point(digest.Spot{X: pen.X + 2*(c.X-pen.X)/3, Y: pen.Y + 2*(c.Y-pen.Y)/3})
			point(digest.Spot{X: e.X + 2*(c.X-e.X)/3, Y: e.Y + 2*(c.Y-e.Y)/3})
			point(e)
			pen = e
			ops = append(ops, "c\n"...)
		case digest.CubicTo:
			pen = at(s.P[2])
			for _, p := range s.P {
				point(at(p))
			}
			ops = append(ops, "c\n"...)
		case digest.Close:
			ops = append(ops, "h\n"...)
		}
	}
	return ops
}
