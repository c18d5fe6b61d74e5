package charts

import (
	"math"

	"fortnight/digest"

	"github.com/golang/freetype/truetype"
	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"
)

// capHeight is the height of Inter's capitals and figures, as a share of the size.
const capHeight = .727

// pen draws in CSS pixels on a go-chart Renderer. Where a locale reads from right to left it mirrors every position, so
// that charts are laid out once, from the start of a line to its end.
type pen struct {
	r      chart.Renderer
	fine   fine // nil: r is some other renderer
	set    *setter
	mirror float64 // the width of the drawing; 0: left to right
	light  bool    // for a page: what a thick line draws as well as an outline is a line, in a fifth of the bytes
}

func newPen(r chart.Renderer, s *setter) *pen {
	p := &pen{r: r, set: s}
	p.fine, _ = r.(fine)
	r.SetDPI(72)
	return p
}

func units(v float64) int { return int(math.Round(v * grain)) }

func (p *pen) x(v float64) int {
	if p.mirror > 0 {
		v = p.mirror - v
	}
	return units(v)
}

func paint(c digest.Colour) drawing.Color {
	r, g, b, a := c.RGBA()
	return drawing.Color{R: r, G: g, B: b, A: a}
}

func (p *pen) move(x, y float64) { p.r.MoveTo(p.x(x), units(y)) }
func (p *pen) line(x, y float64) { p.r.LineTo(p.x(x), units(y)) }

func (p *pen) quad(cx, cy, x, y float64) { p.r.QuadCurveTo(p.x(cx), units(cy), p.x(x), units(y)) }

// cubic goes on from (x0, y0), where the path stands. A renderer without cubics gets two quadratic halves, whose
// controls lie between the ends' heights as the cubic's do.
func (p *pen) cubic(x0, y0, x1, y1, x2, y2, x, y float64) {
	if p.fine != nil {
		p.fine.CubicCurveTo(p.x(x1), units(y1), p.x(x2), units(y2), p.x(x), units(y))
		return
	}
	mx, my := (x0+3*x1+3*x2+x)/8, (y0+3*y1+3*y2+y)/8
	p.quad((x0+3*x1)/4, (y0+3*y1)/4, mx, my)
	p.quad((3*x2+x)/4, (3*y2+y)/4, x, y)
}

func (p *pen) fill(c digest.Colour) {
	p.r.SetFillColor(paint(c))
	p.r.Fill()
}

// fade fills with a colour that thins out from y0 down to y1.
func (p *pen) fade(c digest.Colour, y0, y1, top, bottom float64) {
	p.r.SetFillColor(paint(alpha(c, (top+bottom)/2)))
	if p.fine != nil {
		p.fine.SetFillFade(units(y0), units(y1), paint(alpha(c, top)), paint(alpha(c, bottom)))
	}
	p.r.Fill()
}

func (p *pen) stroke(c digest.Colour, width float64, dash ...float64) {
	p.r.SetStrokeColor(paint(c))
	p.r.SetStrokeWidth(width * grain)
	var scaled []float64
	for _, d := range dash {
		scaled = append(scaled, d*grain)
	}
	p.r.SetStrokeDashArray(scaled)
	p.r.Stroke()
}

// crisp moves a coordinate to the middle of a pixel, where a line of one pixel is sharp at every scale.
func crisp(v float64) float64 { return math.Floor(v) + .5 }

// hair draws a sharp horizontal line of one pixel.
func (p *pen) hair(x0, x1, y float64, c digest.Colour) {
	p.rect(x0, crisp(y)-.5, x1-x0, 1, c)
}

func (p *pen) rect(x, y, w, h float64, c digest.Colour) {
	p.move(x, y)
	p.line(x+w, y)
	p.line(x+w, y+h)
	p.line(x, y+h)
	p.r.Close()
	p.fill(c)
}

// arcs is how far a cubic's controls reach along the sides of a quarter circle.
const arcs = .5522847

// round fills a rectangle with rounded corners; the radii are those above and below.
func (p *pen) round(x, y, w, h, above, below float64, c digest.Colour) {
	above, below = min(above, w/2, h), min(below, w/2, h)
	if above+below > h {
		above, below = h/2, h/2
	}
	p.move(x, y+h-below)
	p.line(x, y+above)
	if above > 0 {
		k := above * (1 - arcs)
		p.cubic(x, y+above, x, y+k, x+k, y, x+above, y)
	}
	p.line(x+w-above, y)
	if above > 0 {
		k := above * (1 - arcs)
		p.cubic(x+w-above, y, x+w-k, y, x+w, y+k, x+w, y+above)
	}
	p.line(x+w, y+h-below)
	if below > 0 {
		k := below * (1 - arcs)
		p.cubic(x+w, y+h-below, x+w, y+h-k, x+w-k, y+h, x+w-below, y+h)
	}
	p.line(x+below, y+h)
	if below > 0 {
		k := below * (1 - arcs)
		p.cubic(x+below, y+h, x+k, y+h, x, y+h-k, x, y+h-below)
	}
	p.r.Close()
	p.fill(c)
}

// pill fills a horizontal bar with round ends.
func (p *pen) pill(x, y, w, h float64, c digest.Colour) {
	if w < h { // narrower than its ends: round as far as it goes
		p.round(x, y, w, h, w/2, w/2, c)
		return
	}
	if p.light {
		p.move(x+h/2, y+h/2)
		p.line(x+w-h/2, y+h/2)
		p.stroke(c, h)
		return
	}
	p.round(x, y, w, h, h/2, h/2, c)
}

func (p *pen) disc(x, y, radius float64, c digest.Colour) {
	if p.light {
		p.move(x, y)
		p.line(x, y)
		p.stroke(c, 2*radius)
		return
	}
	k := radius * arcs
	p.move(x+radius, y)
	p.cubic(x+radius, y, x+radius, y+k, x+k, y+radius, x, y+radius)
	p.cubic(x, y+radius, x-k, y+radius, x-radius, y+k, x-radius, y)
	p.cubic(x-radius, y, x-radius, y-k, x-k, y-radius, x, y-radius)
	p.cubic(x, y-radius, x+k, y-radius, x+radius, y-k, x+radius, y)
	p.r.Close()
	p.fill(c)
}

// lettering is how a text looks and which of its points stands at its position.
type lettering struct {
	size   float64
	weight int // 0: 400
	colour digest.Colour
	anchor digest.Anchor // Left is the start of the line: the right where a locale reads from there
	halo   digest.Colour
}

// text writes one line with its baseline at y.
func (p *pen) text(x, y float64, s string, l lettering) {
	if s == "" {
		return
	}
	if p.mirror > 0 {
		l.anchor = digest.AnchorRight - l.anchor
	}
	p.r.SetFont(p.handle(l.weight))
	p.r.SetFontSize(l.size * grain)
	p.r.SetFontColor(paint(l.colour))
	at := p.x(x)
	if p.fine != nil {
		p.fine.SetTextAnchor(l.anchor)
		p.fine.SetTextHalo(paint(l.halo))
	} else if l.anchor != digest.AnchorLeft {
		w := p.r.MeasureText(s).Width()
		if l.anchor == digest.AnchorMiddle {
			w /= 2
		}
		at -= w
	}
	p.r.Text(s, at, units(y))
}

// wide is the advance of a text in px.
func (p *pen) wide(s string, l lettering) float64 {
	if s == "" {
		return 0
	}
	p.r.SetFont(p.handle(l.weight))
	p.r.SetFontSize(l.size * grain)
	return px(p.r.MeasureText(s).Width())
}

// fit cuts a text to a width, with an ellipsis.
func (p *pen) fit(s string, max float64, l lettering) string {
	return p.set.fit(s, l.size, l.weight, max)
}

func (p *pen) handle(weight int) *truetype.Font { return p.set.inter.handles[cut(weight)] }
