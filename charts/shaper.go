package charts

import (
	"unicode"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	unicodebidi "golang.org/x/text/unicode/bidi"
)

// shaper is what one goroutine at a time may use.
type shaper struct {
	owner     *setter
	cut       int
	disk      bool
	faces     map[*font.Font]*font.Face
	segments  shaping.Segmenter
	paragraph bidi.Paragraph
	harfbuzz  shaping.HarfbuzzShaper
}

// ResolveFace chooses the face for a character: Inter, Noto Sans Arabic, a font handed in, one found on disk. Where
// none has it, Inter's box stands for it.
func (sh *shaper) ResolveFace(r rune) *font.Face {
	s := sh.owner
	if _, ok := s.inter.shaping[sh.cut].NominalGlyph(r); ok {
		return sh.face(s.inter.shaping[sh.cut])
	}
	for _, f := range append([]*font.Font{s.arabic().shaping[sh.cut]}, s.more...) {
		if _, ok := f.NominalGlyph(r); ok {
			return sh.face(f)
		}
	}
	if sh.disk && s.disk != nil {
		if f := s.disk(r, sh.cut); f != nil {
			return sh.face(f)
		}
	}
	return sh.face(s.inter.shaping[sh.cut])
}

func (sh *shaper) face(f *font.Font) *font.Face {
	face := sh.faces[f]
	if face == nil {
		face = font.NewFace(f)
		sh.faces[f] = face
	}
	return face
}

func (sh *shaper) shape(text []rune) *line {
	l := &line{plain: sh.isPlain(text)}
	base, direction := bidi.LeftToRight, di.DirectionLTR
	if readsLeftwards(text) {
		base, direction = bidi.RightToLeft, di.DirectionRTL
	}
	levels := make([]bidi.Level, len(text))
	runs := sh.paragraph.Segment(text, base)
	for i := range runs.NumRuns() {
		run := runs.Run(i)
		for j := run.Start; j < run.End; j++ {
			levels[j] = run.Level
		}
	}
	var outputs []shaping.Output
	var order []bidi.Level
	for _, in := range sh.segments.Split(shaping.Input{
		Text: text, RunEnd: len(text), Direction: direction,
		Size: fixed.I(unit), Language: "en",
	}, sh) {
		if in.RunStart >= in.RunEnd {
			continue
		}
		outputs = append(outputs, sh.harfbuzz.Shape(in))
		order = append(order, levels[in.RunStart])
	}
	pen := 0.0
	for _, i := range visual(order) {
		for _, g := range outputs[i].Glyphs {
			if path := sh.owner.glyph(outputs[i].Face, g); len(path) > 0 {
				l.glyphs = append(l.glyphs, placed{pen + em(g.XOffset), -em(g.YOffset), path})
			}
			pen += em(g.Advance)
		}
	}
	l.advance = pen
	return l
}

// readsLeftwards tells the direction of a paragraph by its first strong character (UAX 9, P2).
func readsLeftwards(text []rune) bool {
	for _, r := range text {
		switch p, _ := unicodebidi.LookupRune(r); p.Class() {
		case unicodebidi.L:
			return false
		case unicodebidi.R, unicodebidi.AL:
			return true
		}
	}
	return false
}

func em(v fixed.Int26_6) float64 { return float64(v) / 64 / unit }

// isPlain tells whether a program that sets one glyph of Inter after the other sets the text right.
func (sh *shaper) isPlain(text []rune) bool {
	inter := sh.owner.inter.shaping[sh.cut]
	for _, r := range text {
		if _, ok := inter.NominalGlyph(r); !ok || unicode.Is(unicode.M, r) {
			return false
		}
		switch language.LookupScript(r) {
		case language.Latin, language.Cyrillic, language.Greek, language.Common:
		default:
			return false
		}
	}
	return true
}

// visual gives the order, left to right, of runs with these embedding levels: from the highest level down to the lowest
// odd one, every stretch at that level or above is reversed (UAX 9, L2).
func visual(levels []bidi.Level) []int {
	order := make([]int, len(levels))
	highest := bidi.Level(0)
	for i, l := range levels {
		order[i] = i
		highest = max(highest, l)
	}
	for level := highest; level >= 1; level-- {
		for i := 0; i < len(order); i++ {
			j := i
			for j < len(order) && levels[order[j]] >= level {
				j++
			}
			for a, b := i, j-1; a < b; a, b = a+1, b-1 {
				order[a], order[b] = order[b], order[a]
			}
			if j > i {
				i = j
			}
		}
	}
	return order
}
