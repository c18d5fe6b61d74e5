package digest

// Colour is 0xRRGGBBAA, not premultiplied.
type Colour uint32

// RGBA gives the channels, 0..255.
func (c Colour) RGBA() (r, g, b, a uint8) {
	return uint8(c >> 24), uint8(c >> 16), uint8(c >> 8), uint8(c)
}

// Drawing is a chart as paths, fills and positioned text in paint order, ready for any back end. Units are CSS pixels,
// origin top left, y down.
type Drawing struct {
	Width, Height float64
	Ground        Colour
	Marks         []Mark
	Areas         []Area // what can be pointed at on a page, in reading order
}

// Area is a rectangle that a page's reader can point at, and what is said of it: "Wed 25 Mar: this week 74, week before 38".
type Area struct {
	X, Y, Width, Height float64
	Name                string
	Parts               []string // what is said of equal parts of it, from the start of a line: the hours of a weekday; nil: none
}

// Mark is one thing painted: a Shape or a Label. Exactly one is set.
type Mark struct {
	Shape *Shape
	Label *Label
}

// Shape is a path with a fill, a stroke, or both; the fill comes first. Fills follow the non-zero winding rule.
type Shape struct {
	Path   []Segment
	Fill   Colour // alpha 0: none
	Fade   *Fade  // a vertical fade in place of Fill
	Stroke Colour // alpha 0: none
	Width  float64
	Dash   []float64 // lengths on, off, …; nil: solid. Caps and joins are round.
}

// Fade runs from Top's colour at y=From to Bottom's at y=To.
type Fade struct {
	From, To    float64
	Top, Bottom Colour
}

// SegmentKind is what one step of a path does.
type SegmentKind uint8

// The steps of a path, with the points they use.
const (
	MoveTo  SegmentKind = iota // P[0]
	LineTo                     // P[0]
	QuadTo                     // control P[0], end P[1]
	CubicTo                    // controls P[0] P[1], end P[2]
	Close                      // none
)

// Spot is a point of a drawing.
type Spot struct{ X, Y float64 }

// Segment is one step of a path.
type Segment struct {
	Kind SegmentKind
	P    [3]Spot
}

// Anchor says which point of a text stands at its position.
type Anchor uint8

// Start is left in left-to-right text; positions are always of the visual left, middle or right.
const (
	AnchorLeft Anchor = iota
	AnchorMiddle
	AnchorRight
)

// Label is one line of text. X, Y is its anchor on the baseline.
type Label struct {
	Text   string
	X, Y   float64
	Size   float64 // px
	Weight int     // 400, 600 or 700
	Colour Colour
	Anchor Anchor
	Width  float64 // advance in px, as the chart's fonts measure it
	Halo   Colour  // a 4 px outline of the ground's colour below the text; alpha 0: none
	// Outline is the shaped glyphs as a path in drawing coordinates. Back ends with the font set Text themselves where
	// Plain is true; text in a script that needs shaping (Arabic …) is always painted from the outline.
	Outline []Segment
	Plain   bool
}

// Theme is the ground that a picture stands on.
type Theme string

// The two themes. Mail and PDF use light drawings; dark ones are for the web.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Frame is the room and style a chart is drawn for. Height 0 lets the chart choose: line, bar and stacked bar take
// 280 of 600; ranking, donut, curve and flow follow their rows.
type Frame struct {
	Width  float64 // 0 means 600
	Height float64
	Theme  Theme
	Accent Colour // the project's brand; 0 means Fortnight's own
	// Bare leaves out the padding around (24 at the sides, 14 above, 12 below at width 600), so that the plot's edge is
	// the frame's: for paper, where the column has margins of its own. Type is then smaller by the measure of pages.
	Bare bool
	Type float64 // px of the type; 0: what suits the width
}
