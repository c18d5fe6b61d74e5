package charts

import (
	"strings"
	"sync"
	"unicode"

	"fortnight/digest"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
)

// setter shapes lines of text. What it has shaped it keeps, since a report says the same words many times. Safe for
// concurrent use: faces and shapers are not, so each goroutine borrows its own.
type setter struct {
	inter   family
	arabic  func() family
	more    []*font.Font                     // handed in by the operator
	disk    func(r rune, cut int) *font.Font // nil: none
	shapers sync.Pool

	mu     sync.RWMutex
	lines  map[lineKey]*line
	glyphs map[glyphKey][]digest.Segment
	stamps map[stampKey]stamp
}

type lineKey struct {
	text string
	cut  int
}

type glyphKey struct {
	font *font.Font
	id   font.GID
}

// line is a shaped line at size 1: glyphs from left to right, y down, the baseline at 0.
type line struct {
	advance float64
	plain   bool // every character is in Inter, and one after the other is all there is to setting it
	glyphs  []placed
}

type placed struct {
	x, y    float64
	outline []digest.Segment // shared, size 1
}

// keep bounds the lines remembered; a report needs some 300.
const keep = 8192

// unit is the size that text is shaped at before it is scaled to 1: large enough that nothing is lost to 26.6.
const unit = 2048

func (s *setter) line(text string, weight int) *line {
	key := lineKey{text, cut(weight)}
	s.mu.RLock()
	l := s.lines[key]
	s.mu.RUnlock()
	if l != nil {
		return l
	}
	l = s.shape(text, key.cut)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.lines) >= keep || s.lines == nil {
		s.lines = map[lineKey]*line{}
	}
	s.lines[key] = l
	return l
}

// width is the advance of a text in px.
func (s *setter) width(text string, size float64, weight int) float64 {
	return s.line(text, weight).advance * size
}

// outline gives the glyphs of a text as a path whose baseline begins at x, y.
func (s *setter) outline(text string, weight int, size, x, y float64) []digest.Segment {
	l := s.line(text, weight)
	n := 0
	for _, g := range l.glyphs {
		n += len(g.outline)
	}
	out := make([]digest.Segment, 0, n)
	for _, g := range l.glyphs {
		for _, seg := range g.outline {
			for i := range seg.P {
				seg.P[i] = digest.Spot{X: x + (g.x+seg.P[i].X)*size, Y: y + (g.y+seg.P[i].Y)*size}
			}
			out = append(out, seg)
		}
	}
	return out
}

// fit cuts a text that is wider than max and ends it with an ellipsis. It cuts between user-perceived characters.
func (s *setter) fit(text string, size float64, weight int, max float64) string {
	if s.width(text, size, weight) <= max {
		return text
	}
	var seg segmenter.Segmenter
	seg.Init([]rune(text))
	var ends []int // rune counts of the prefixes that end between characters
	for it := seg.GraphemeIterator(); it.Next(); {
		g := it.Grapheme()
		ends = append(ends, g.Offset+len(g.Text))
	}
	runes := []rune(text)
	lo, hi := 0, len(ends) // the longest prefix that fits has lo characters
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if s.shape(shorten(runes[:ends[mid-1]]), cut(weight)).advance*size <= max {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	if lo == 0 {
		return "…"
	}
	return shorten(runes[:ends[lo-1]])
}

func shorten(runes []rune) string {
	return strings.TrimRightFunc(string(runes), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) }) + "…"
}

func (s *setter) shape(text string, cut int) (l *line) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if text == "" {
		return &line{plain: true} // the shaper panics on nothing
	}
	sh, _ := s.shapers.Get().(*shaper)
	if sh == nil {
		sh = &shaper{owner: s, faces: map[*font.Font]*font.Face{}}
	}
	defer s.shapers.Put(sh)
	sh.cut, sh.disk = cut, true
	defer func() {
		if recover() != nil { // some font found on disk is broken: set the text without it
			sh = &shaper{owner: s, faces: map[*font.Font]*font.Face{}, cut: cut}
			l = sh.shape([]rune(text))
		}
	}()
	return sh.shape([]rune(text))
}

// glyph gives a glyph's outline at size 1, y down. A glyph that is no outline (a colour bitmap) is drawn as a box.
func (s *setter) glyph(face *font.Face, g shaping.Glyph) []digest.Segment {
	key := glyphKey{face.Font, g.GlyphID}
	s.mu.RLock()
	path, known := s.glyphs[key]
	s.mu.RUnlock()
	if known {
		return path
	}
	switch d := face.GlyphData(g.GlyphID).(type) {
	case font.GlyphOutline:
		path = outlinePath(d.Segments, float64(face.Upem()))
	case font.GlyphSVG:
		path = outlinePath(d.Outline.Segments, float64(face.Upem()))
	case font.GlyphBitmap:
		path = box(em(g.Advance))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.glyphs == nil || len(s.glyphs) >= keep {
		s.glyphs = map[glyphKey][]digest.Segment{}
	}
	s.glyphs[key] = path
	return path
}

func outlinePath(segments []ot.Segment, upem float64) []digest.Segment {
	var out []digest.Segment
	spot := func(p ot.SegmentPoint) digest.Spot {
		return digest.Spot{X: float64(p.X) / upem, Y: -float64(p.Y) / upem}
	}
	kinds := map[ot.SegmentOp]digest.SegmentKind{
		ot.SegmentOpMoveTo: digest.MoveTo, ot.SegmentOpLineTo: digest.LineTo,
		ot.SegmentOpQuadTo: digest.QuadTo, ot.SegmentOpCubeTo: digest.CubicTo,
	}
	for _, s := range segments {
		if s.Op == ot.SegmentOpMoveTo && len(out) > 0 {
			out = append(out, digest.Segment{Kind: digest.Close})
		}
		seg := digest.Segment{Kind: kinds[s.Op]}
		for i, p := range s.ArgsSlice() {
			seg.P[i] = spot(p)
		}
		out = append(out, seg)
	}
	if len(out) > 0 {
		out = append(out, digest.Segment{Kind: digest.Close})
	}
	return out
}

// box is a frame of a glyph's width.
func box(advance float64) []digest.Segment {
	var out []digest.Segment
	ring := func(left, top, right, bottom float64) {
		for i, p := range [][2]float64{{left, top}, {right, top}, {right, bottom}, {left, bottom}} {
			kind := digest.LineTo
			if i == 0 {
				kind = digest.MoveTo
			}
			out = append(out, digest.Segment{Kind: kind, P: [3]digest.Spot{{X: p[0], Y: p[1]}}})
		}
		out = append(out, digest.Segment{Kind: digest.Close})
	}
	ring(.08*advance, -.72, .92*advance, 0)
	ring(.92*advance-.06, -.66, .08*advance+.06, -.06) // the other way round: a hole
	return out
}
