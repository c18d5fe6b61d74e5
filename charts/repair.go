package charts

import (
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype/tables"
)

// repair lists the glyphs of substitutions one by one where a font gives them as ranges. The shaper's filter (go-text
// v0.3.5, its issue 278) loses every range after one of 63 glyphs, and with them half of Arabic's joined forms. To be
// dropped with the release that mends it.
func repair(f *font.Font) {
	for _, lookup := range f.GSUB.Lookups {
		for i, sub := range lookup.Subtables {
			switch s := sub.(type) {
			case tables.MultipleSubs:
				s.Coverage = listed(s.Coverage)
				lookup.Subtables[i] = s
			case tables.AlternateSubs:
				s.Coverage = listed(s.Coverage)
				lookup.Subtables[i] = s
			case tables.LigatureSubs:
				s.Coverage = listed(s.Coverage)
				lookup.Subtables[i] = s
			case tables.SingleSubs:
				switch d := s.Data.(type) {
				case tables.SingleSubstData1:
					d.Coverage = listed(d.Coverage)
					s.Data = d
				case tables.SingleSubstData2:
					d.Coverage = listed(d.Coverage)
					s.Data = d
				}
				lookup.Subtables[i] = s
			}
		}
	}
}

func listed(c tables.Coverage) tables.Coverage {
	ranges, ok := c.(tables.Coverage2)
	if !ok {
		return c
	}
	var list tables.Coverage1
	for _, r := range ranges.Ranges {
		for g := r.StartGlyphID; ; g++ {
			list.Glyphs = append(list.Glyphs, g)
			if g >= r.EndGlyphID {
				break
			}
		}
	}
	return list
}
