package charts

import (
	"fmt"
	"math"
	"sync"

	"fortnight/digest"

	"github.com/wcharczuk/go-chart/v2"
)

// Charts draws charts. It is safe for concurrent use and keeps what it has learnt about texts and glyphs.
type Charts struct {
	set   *setter
	easel easel
}

var _ digest.Drawer = (*Charts)(nil)

// New loads the embedded fonts. More TTF, OTF or TTC files may be handed in for scripts beyond Latin, Cyrillic, Greek
// and Arabic; after those, fonts that are installed on the machine are tried, and a character that none of them has is
// drawn as a box. An error is that of a file which is no font.
func New(more ...[]byte) (*Charts, error) {
	s := &setter{}
	var err error
	if s.inter, err = loadFamily("Inter"); err != nil {
		return nil, fmt.Errorf("load fonts: %w", err)
	}
	s.arabic = sync.OnceValue(func() family { // most digests never need it
		f, _ := loadFamily("NotoSansArabic") // an embedded file, which the tests have read
		return f
	})
	for i, file := range more {
		fonts, err := parseFonts(file)
		if err != nil {
			return nil, fmt.Errorf("load font %d of those handed in: %w", i+1, err)
		}
		s.more = append(s.more, fonts...)
	}
	s.disk = (&disk{}).find
	return &Charts{set: s}, nil
}

// Fonts gives Inter in the weights 400, 600 and 700, whose advances are those of Label.Width but for kerning.
func (c *Charts) Fonts() []Font {
	var out []Font
	for i, w := range weights {
		out = append(out, Font{"Inter", w, c.set.inter.files[i]})
	}
	return out
}

// Draw makes a picture of p.Chart: its series, points, nodes and links as they are, in p.Legend's words and w's
// numbers. Values that are absent, infinite or not a number are gaps; a chart without values is its empty ground. The
// only error is that of an unknown kind.
func (c *Charts) Draw(p digest.Picture, f digest.Frame, w digest.Words) (digest.Drawing, error) {
	return c.drawn(p, f, w, nil)
}

// drawn draws in the frame's theme, or in one of another's own.
func (c *Charts) drawn(p digest.Picture, f digest.Frame, w digest.Words, own *theme) (digest.Drawing, error) {
	r := newRecorder(c.set)
	b := newBoard(c.set, r, p, f, w)
	if own != nil {
		b.theme, b.named, b.light = *own, true, true
	}
	if err := b.draw(); err != nil {
		return digest.Drawing{}, err
	}
	r.drawing.Width, r.drawing.Height, r.drawing.Ground, r.drawing.Areas = b.width, b.height, b.ground, b.areas
	return r.drawing, nil
}

// board is one picture in the making. Lengths that follow the type are written for type of 16 px and scaled by k.
type board struct {
	*pen
	theme
	words  digest.Words
	legend digest.Legend
	chart  *digest.Chart

	width, height float64 // height 0: the kind chooses
	half          bool    // half a column: short labels
	named         bool    // in colours by name, for a page
	areas         []digest.Area
	size, k       float64 // of the type; size/16
	left, right   float64 // edges of the plot, at the start and the end of a line
	above, below  float64 // padding
}

// The measures of a board.
const (
	fullWidth  = 600
	fullHeight = 280
	halfBelow  = 480 // a frame narrower than this is half a column
)

func newBoard(s *setter, r chart.Renderer, p digest.Picture, f digest.Frame, w digest.Words) *board {
	b := &board{pen: newPen(r, s), theme: themed(f), words: w, legend: p.Legend, chart: &p.Chart, width: f.Width, height: f.Height}
	if b.width <= 0 {
		b.width = fullWidth
	}
	b.half = b.width < halfBelow
	switch {
	case f.Type > 0:
		b.size = f.Type
	case f.Bare && b.half:
		b.size = b.width / 28.5
	case f.Bare:
		b.size = b.width / 52.6
	case b.half:
		b.size = 13
	default:
		b.size = 16
	}
	b.k = b.size / 16
	padding := 0.0
	if !f.Bare {
		padding, b.above, b.below = 24*b.k, 14*b.k, 12*b.k
	}
	b.left, b.right = padding, b.width-padding
	if w.Dir() == "rtl" {
		b.mirror = b.width
	}
	return b
}

func (b *board) draw() error {
	switch b.chart.Kind {
	case digest.Line:
		b.drawLine()
	case digest.Curve:
		b.drawCurves()
	case digest.Bar:
		b.drawBars()
	case digest.StackedBar:
		if ofNames(b.chart.Series) {
			b.drawSteps()
		} else {
			b.drawStacks()
		}
	case digest.Ranking:
		b.drawRanking()
	case digest.Donut:
		b.drawDonut()
	case digest.Flow:
		if b.isJourney() {
			b.drawJourney()
		} else {
			b.drawFlow()
		}
	case digest.Heatmap:
		b.drawHeatmap()
	case digest.Histogram:
		b.drawHistogram()
	case digest.Funnel:
		b.drawFunnel()
	default:
		return fmt.Errorf("chart %q has the kind %q, which nobody can draw", b.chart.Key, b.chart.Kind)
	}
	return nil
}

// tall sets the height that a kind wants where the frame leaves it open, and the least that it can be read at where the
// frame leaves it less. It gives the height inside the padding.
func (b *board) tall(wanted, least float64) float64 {
	if b.height <= 0 {
		b.height = math.Ceil(wanted + b.above + b.below)
	}
	b.height = max(b.height, math.Ceil(least+b.above+b.below))
	return b.height - b.above - b.below
}

// plotTall is the height inside the padding of kinds that stand on an axis.
func (b *board) plotTall() float64 {
	h := fullHeight * b.k
	if b.half {
		h = .46 * b.width
	} else if b.width > 700 || b.left == 0 {
		h = .34 * b.width
	}
	return b.tall(h-b.above-b.below, 8*b.size)
}

// rowTall is the height of one of n rows where fixed px are taken by other things.
func (b *board) rowTall(n int, row, fixed float64) float64 {
	rows := float64(max(n, 1))
	return (b.tall(rows*row+fixed, rows*1.4*b.size+fixed) - fixed) / rows
}

// value is a point's number; ok is false for a gap.
func value(p digest.Point) (v float64, ok bool) {
	if p.Value == nil || math.IsNaN(*p.Value) || math.IsInf(*p.Value, 0) {
		return 0, false
	}
	return *p.Value, true
}

// number prints a value in the chart's unit, as exactly as its unit is read.
func (b *board) number(v float64) string {
	switch b.chart.Unit {
	case digest.Duration:
		return b.words.Hours(v)
	case digest.Percent:
		return b.words.Percent(v)
	}
	if v == math.Trunc(v) {
		return b.words.Count(v)
	}
	return b.words.Decimal(v, places(v))
}

// places is how many decimals a number is printed with that is no whole one: one, or below 1 as many as its first two
// figures need.
func places(v float64) int {
	v = math.Abs(v)
	n := 1
	for ; n < mostPlaces; n++ {
		p := math.Pow(10, float64(n))
		if v*p >= 9.5 || math.Abs(math.Round(v*p)-v*p) < 1e-9*v*p {
			break
		}
	}
	return n
}

// share prints a part of a whole in whole percents; what is more than nothing or less than all never reads 0 or 100.
func (b *board) share(part, whole float64) string {
	p := 100 * part / whole
	r := math.Round(p)
	switch {
	case r == 0 && p > 0 && p < .05:
		return "<\u2009" + b.words.Percent(.1)
	case r == 0 && p > 0:
		return b.words.Percent(p)
	case r == 100 && p < 100:
		r = 99
	}
	return b.words.Percent(r)
}

// sum prints what the points of a series add up to: a dash where there is none, nothing where a sum of the chart's unit
// has no meaning.
func (b *board) sum(s digest.Series) string {
	if b.chart.Unit != digest.Count && b.chart.Unit != digest.Duration {
		return ""
	}
	total, some := 0.0, false
	for _, p := range s.Points {
		if v, has := value(p); has {
			total, some = total+v, true
		}
	}
	if !some {
		return "–"
	}
	return b.number(total)
}

// series gives the chart's only series, or an empty one.
func (b *board) series() digest.Series {
	if s := b.chart.Find("current"); s != nil {
		return *s
	}
	if len(b.chart.Series) > 0 {
		return b.chart.Series[0]
	}
	return digest.Series{}
}

// small, medium and bold are the letterings of axes, labels and values.
func (b *board) small(c digest.Colour) lettering {
	return lettering{size: b.size - 2*b.k, colour: c}
}

func (b *board) medium(c digest.Colour) lettering { return lettering{size: b.size, colour: c} }

func (b *board) bold() lettering { return lettering{size: b.size, weight: 700, colour: b.ink} }

func (l lettering) at(a digest.Anchor) lettering {
	l.anchor = a
	return l
}
