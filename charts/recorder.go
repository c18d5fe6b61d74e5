package charts

import (
	"errors"
	"io"
	"math"

	"fortnight/digest"

	"github.com/golang/freetype/truetype"
	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"
)

// grain is how many units of a Renderer's whole-number coordinates make one pixel of a drawing.
const grain = 8

// fine is what a recorder keeps beyond go-chart's Renderer. A pen that draws on another renderer does without.
type fine interface {
	CubicCurveTo(cx1, cy1, cx2, cy2, x, y int)
	SetFillFade(from, to int, top, bottom drawing.Color) // the next fill only
	SetTextAnchor(digest.Anchor)
	SetTextHalo(drawing.Color)
}

// recorder is a chart.Renderer that writes down what is drawn as a digest.Drawing. Its coordinates are eighths of a
// pixel, its DPI 72, so that a font's size is in them too.
type recorder struct {
	set     *setter
	drawing digest.Drawing

	path          []digest.Segment
	fill, stroke  drawing.Color
	width         float64
	dash          []float64
	fade          *digest.Fade
	font          *truetype.Font
	fontColour    drawing.Color
	fontSize, dpi float64
	anchor        digest.Anchor
	halo          drawing.Color
}

var (
	_ chart.Renderer = (*recorder)(nil)
	_ fine           = (*recorder)(nil)
)

func newRecorder(s *setter) *recorder { return &recorder{set: s, dpi: 72} }

func px(v int) float64 { return float64(v) / grain }

func spot(x, y int) digest.Spot { return digest.Spot{X: px(x), Y: px(y)} }

func colourOf(c drawing.Color) digest.Colour {
	return digest.Colour(c.R)<<24 | digest.Colour(c.G)<<16 | digest.Colour(c.B)<<8 | digest.Colour(c.A)
}

// ResetStyle forgets colours, widths and fonts.
func (r *recorder) ResetStyle() {
	*r = recorder{set: r.set, drawing: r.drawing, path: r.path, dpi: r.dpi}
}

// GetDPI gives the dots per inch that font sizes are scaled by.
func (r *recorder) GetDPI() float64 { return r.dpi }

// SetDPI sets them.
func (r *recorder) SetDPI(dpi float64) { r.dpi = dpi }

// SetClassName is for style sheets, which drawings have none of.
func (r *recorder) SetClassName(string) {}

// SetStrokeColor sets the colour of lines.
func (r *recorder) SetStrokeColor(c drawing.Color) { r.stroke = c }

// SetFillColor sets the colour of areas.
func (r *recorder) SetFillColor(c drawing.Color) { r.fill, r.fade = c, nil }

// SetFillFade sets a vertical fade for the next area.
func (r *recorder) SetFillFade(from, to int, top, bottom drawing.Color) {
	r.fade = &digest.Fade{From: px(from), To: px(to), Top: colourOf(top), Bottom: colourOf(bottom)}
}

// SetStrokeWidth sets the width of lines, in eighths.
func (r *recorder) SetStrokeWidth(w float64) { r.width = w / grain }

// SetStrokeDashArray sets lengths on and off, in eighths; nil for solid lines.
func (r *recorder) SetStrokeDashArray(dash []float64) {
	r.dash = nil
	for _, d := range dash {
		r.dash = append(r.dash, d/grain)
	}
}

func (r *recorder) add(kind digest.SegmentKind, p ...digest.Spot) {
	s := digest.Segment{Kind: kind}
	copy(s.P[:], p)
	r.path = append(r.path, s)
}

// MoveTo begins a shape.
func (r *recorder) MoveTo(x, y int) { r.add(digest.MoveTo, spot(x, y)) }

// LineTo begins a shape or goes straight on.
func (r *recorder) LineTo(x, y int) {
	if len(r.path) == 0 {
		r.MoveTo(x, y)
		return
	}
	r.add(digest.LineTo, spot(x, y))
}

// QuadCurveTo goes on along a curve with one control point.
func (r *recorder) QuadCurveTo(cx, cy, x, y int) { r.add(digest.QuadTo, spot(cx, cy), spot(x, y)) }

// CubicCurveTo goes on along a curve with two control points.
func (r *recorder) CubicCurveTo(cx1, cy1, cx2, cy2, x, y int) {
	r.add(digest.CubicTo, spot(cx1, cy1), spot(cx2, cy2), spot(x, y))
}

// ArcTo goes to the arc's beginning, if need be, and along it: angles in radians from the right, clockwise on a page.
func (r *recorder) ArcTo(cx, cy int, rx, ry, start, delta float64) {
	at := func(a float64) digest.Spot {
		return digest.Spot{X: px(cx) + rx/grain*math.Cos(a), Y: px(cy) + ry/grain*math.Sin(a)}
	}
	if first := at(start); len(r.path) == 0 {
		r.add(digest.MoveTo, first)
	} else {
		r.add(digest.LineTo, first)
	}
	n := max(1, int(math.Ceil(math.Abs(delta)/(math.Pi/2)-1e-9)))
	step := delta / float64(n)
	k := 4.0 / 3 * math.Tan(step/4) // of the tangent, so that a cubic follows the arc within 0.03 %
	for i := range n {
		a, b := start+step*float64(i), start+step*float64(i+1)
		p, q := at(a), at(b)
		r.add(digest.CubicTo,
			digest.Spot{X: p.X - k*rx/grain*math.Sin(a), Y: p.Y + k*ry/grain*math.Cos(a)},
			digest.Spot{X: q.X + k*rx/grain*math.Sin(b), Y: q.Y - k*ry/grain*math.Cos(b)}, q)
	}
}

// Close leads a shape back to its beginning.
func (r *recorder) Close() { r.add(digest.Close) }

// Stroke draws the path as a line.
func (r *recorder) Stroke() { r.paint(false, true) }

// Fill draws it as an area.
func (r *recorder) Fill() { r.paint(true, false) }

// FillStroke draws the area, then the line.
func (r *recorder) FillStroke() { r.paint(true, true) }

func (r *recorder) paint(fill, stroke bool) {
	s := &digest.Shape{Path: r.path}
	r.path = nil
	if fill {
		s.Fill, s.Fade = colourOf(r.fill), r.fade
		r.fade = nil
		if s.Fade != nil {
			s.Fill = 0
		}
	}
	if stroke {
		s.Stroke, s.Width, s.Dash = colourOf(r.stroke), r.width, r.dash
	}
	if len(s.Path) > 0 {
		r.drawing.Marks = append(r.drawing.Marks, digest.Mark{Shape: s})
	}
}

// Circle adds a circle to the path.
func (r *recorder) Circle(radius float64, x, y int) {
	r.add(digest.MoveTo, digest.Spot{X: px(x) + radius/grain, Y: px(y)})
	r.ArcTo(x, y, radius, radius, 0, 2*math.Pi)
	r.Close()
}

// SetFont chooses a cut of Inter by its handle; any other font counts as the regular one.
func (r *recorder) SetFont(f *truetype.Font) { r.font = f }

// SetFontColor sets the colour of text.
func (r *recorder) SetFontColor(c drawing.Color) { r.fontColour = c }

// SetFontSize sets the size of text, in eighths at 72 dots per inch.
func (r *recorder) SetFontSize(size float64) { r.fontSize = size }

// SetTextAnchor says which point of the following texts stands at their position.
func (r *recorder) SetTextAnchor(a digest.Anchor) { r.anchor = a }

// SetTextHalo sets the colour around the following texts.
func (r *recorder) SetTextHalo(c drawing.Color) { r.halo = c }

// SetTextRotation is without effect: nothing in a digest stands on its head.
func (r *recorder) SetTextRotation(float64) {}

// ClearTextRotation likewise.
func (r *recorder) ClearTextRotation() {}

func (r *recorder) weight() int {
	for i, h := range r.set.inter.handles {
		if h == r.font {
			return weights[i]
		}
	}
	return weights[0]
}

func (r *recorder) size() float64 { return r.fontSize * r.dpi / 72 / grain }

// MeasureText gives the advance and the height of capitals, in eighths.
func (r *recorder) MeasureText(body string) chart.Box {
	return chart.Box{Right: int(math.Round(r.set.width(body, r.size(), r.weight()) * grain)), Bottom: int(math.Round(r.size() * capHeight * grain))}
}

// Text writes a line whose baseline begins (or is centred, or ends) at x, y.
func (r *recorder) Text(body string, x, y int) {
	if body == "" {
		return
	}
	l := r.set.line(body, r.weight())
	label := &digest.Label{
		Text: body, X: px(x), Y: px(y), Size: r.size(), Weight: r.weight(), Colour: colourOf(r.fontColour),
		Anchor: r.anchor, Width: l.advance * r.size(), Halo: colourOf(r.halo), Plain: l.plain,
	}
	if !l.plain {
		label.Outline = r.set.outline(body, label.Weight, label.Size, label.X-lead(label), label.Y)
	}
	r.drawing.Marks = append(r.drawing.Marks, digest.Mark{Label: label})
}

// lead is how far left of its position a label begins.
func lead(l *digest.Label) float64 {
	switch l.Anchor {
	case digest.AnchorMiddle:
		return l.Width / 2
	case digest.AnchorRight:
		return l.Width
	}
	return 0
}

// Save is part of go-chart's Renderer; a recorder's result is its drawing.
func (r *recorder) Save(io.Writer) error {
	return errors.New("a recorder writes no file: paint its drawing")
}
