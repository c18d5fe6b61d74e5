package charts

import (
	"bytes"
	"embed"
	"encoding/binary"
	"fmt"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"github.com/golang/freetype/truetype"
	"golang.org/x/image/math/fixed"
)

// Inter covers Latin, Cyrillic and Greek, Noto Sans Arabic what its name says. Both are static TrueType files under the
// SIL Open Font License, which stands beside them.
//
//go:embed fonts/*.ttf
var fontFiles embed.FS

// Font is a static TrueType file for setting text elsewhere, in a PDF say.
type Font struct {
	Family string // "Inter"
	Weight int    // 400, 600 or 700
	TTF    []byte // figures are of one width by default, so that columns of numbers stand straight without OpenType features
}

// weights lists the cuts of the embedded families, by their index in a family.
var weights = [...]int{400, 600, 700}

// cut gives the index of the cut that a weight is set in.
func cut(weight int) int {
	switch {
	case weight >= 700:
		return 2
	case weight >= 600:
		return 1
	}
	return 0
}

// family is one face in the three weights.
type family struct {
	files   [len(weights)][]byte
	shaping [len(weights)]*font.Font
	handles [len(weights)]*truetype.Font // what go-chart's SetFont takes
}

// loadFamily reads fonts/NAME-400.ttf and its heavier cuts.
func loadFamily(name string) (family, error) {
	var f family
	for i, w := range weights {
		file := fmt.Sprintf("fonts/%s-%d.ttf", name, w)
		raw, err := fontFiles.ReadFile(file)
		if err != nil {
			return f, err
		}
		face, err := font.ParseTTF(bytes.NewReader(raw))
		if err != nil {
			return f, fmt.Errorf("%s: %w", file, err)
		}
		if swap := tabularGlyphs(face.Font); len(swap) > 0 {
			if raw, err = withTabularFigures(raw, swap); err == nil {
				face, err = font.ParseTTF(bytes.NewReader(raw))
			}
			if err != nil {
				return f, fmt.Errorf("%s: %w", file, err)
			}
		}
		f.files[i] = raw
		repair(face.Font)
		f.shaping[i] = face.Font
		if f.handles[i], err = truetype.Parse(f.files[i]); err != nil {
			return f, fmt.Errorf("%s: %w", file, err)
		}
	}
	return f, nil
}

// withTabularFigures gives a copy of a font whose character map leads from the figures 0 to 9 straight to those that the
// feature "tnum" would choose. The feature itself would widen commas and hyphens too, and programs that set text
// without features (PDF writers) would not know it. Characters beyond the basic plane, of which Inter has none that a
// label needs, are left out of the map.
func withTabularFigures(ttf []byte, swap map[uint16]uint16) ([]byte, error) {
	out := bytes.Clone(ttf)
	loader, err := ot.NewLoader(bytes.NewReader(ttf))
	if err != nil {
		return nil, err
	}
	cmap, err := loader.RawTable(ot.MustNewTag("cmap"))
	if err != nil {
		return nil, err
	}
	base := bytes.Index(out, cmap)
	if base < 0 {
		return nil, fmt.Errorf("no character map")
	}
	mapped := -1
	records := int(binary.BigEndian.Uint16(cmap[2:]))
	for i := range records {
		at := int(binary.BigEndian.Uint32(cmap[8+8*i:]))
		if binary.BigEndian.Uint16(cmap[at:]) == 4 {
			mapFormat4(out[base+at:], swap)
			mapped = at
		}
	}
	for i := range records { // maps of other formats would still lead to the old figures
		if mapped >= 0 {
			binary.BigEndian.PutUint32(out[base+8+8*i:], uint32(mapped))
		}
	}
	return out, nil
}

// tabularGlyphs lists the figures whose glyph "tnum" replaces by one other glyph.
func tabularGlyphs(f *font.Font) map[uint16]uint16 {
	swap := map[uint16]uint16{}
	face := font.NewFace(f)
	var shaper shaping.HarfbuzzShaper
	for _, r := range "0123456789" {
		out := shaper.Shape(shaping.Input{
			Text: []rune{r}, RunEnd: 1, Direction: di.DirectionLTR, Face: face, Size: fixed.I(16),
			FontFeatures: []shaping.FontFeature{{Tag: ot.MustNewTag("tnum"), Value: 1}}, Script: language.Latin, Language: "en",
		})
		if plain, ok := f.NominalGlyph(r); ok && len(out.Glyphs) == 1 && out.Glyphs[0].GlyphID != plain {
			swap[uint16(r)] = uint16(out.Glyphs[0].GlyphID)
		}
	}
	return swap
}

// mapFormat4 writes glyphs into a cmap subtable of format 4, in segments that list their glyphs one by one (OpenType 1.9,
// cmap, "Format 4"). Characters in other segments keep their glyph.
func mapFormat4(t []byte, glyphs map[uint16]uint16) {
	u16 := func(at int) uint16 { return binary.BigEndian.Uint16(t[at:]) }
	segments := int(u16(6)) / 2
	ends, starts := 14, 16+2*segments
	deltas, offsets := starts+2*segments, starts+4*segments
	for r, g := range glyphs {
		for s := range segments {
			if u16(ends+2*s) < r || u16(starts+2*s) > r {
				continue
			}
			if at := offsets + 2*s; u16(at) != 0 {
				entry := at + int(u16(at)) + 2*int(r-u16(starts+2*s))
				binary.BigEndian.PutUint16(t[entry:], g-u16(deltas+2*s))
			}
			break
		}
	}
}
