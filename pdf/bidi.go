package pdf

import (
	"slices"
	"unicode"
)

// stretch of a word that runs one way.
type stretch struct {
	text string
	rtl  bool
}

// directed splits a text where its direction changes. Letters have one of their own; what stands between two of the other
// direction belongs to them, all else to the paragraph: numbers after a name are read in the paragraph's order.
func directed(text string, rtl bool) []stretch {
	plain := true
	for _, r := range text {
		if way := directionOf(r); way != neutral && (way == rightwardsToLeft) != rtl {
			plain = false
		}
	}
	if text == "" {
		return nil
	}
	if plain {
		return []stretch{{text, rtl}}
	}
	var out []stretch
	var now, pending []rune
	way := rtl
	flush := func() {
		if len(now) > 0 {
			out = append(out, stretch{string(now), way})
			now = nil
		}
	}
	for _, r := range text {
		d := directionOf(r)
		if d == neutral {
			if way == rtl {
				now = append(now, r)
			} else {
				pending = append(pending, r)
			}
			continue
		}
		if next := d == rightwardsToLeft; next != way {
			flush()
			if len(pending) > 0 { // between the other direction and the paragraph's own
				now = append(pending, now...)
				pending = nil
			}
			way = next
		} else {
			now = append(now, pending...)
			pending = nil
		}
		now = append(now, r)
	}
	flush()
	if len(pending) > 0 {
		out = append(out, stretch{string(pending), rtl})
	}
	return out
}

type direction uint8

const (
	neutral direction = iota
	leftToRight
	rightwardsToLeft
)

func directionOf(r rune) direction {
	switch {
	case unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko) && unicode.IsLetter(r):
		return rightwardsToLeft
	case unicode.IsLetter(r):
		return leftToRight
	default:
		return neutral
	}
}

// visual orders the pieces of a line from left to right: stretches against the paragraph's direction are turned round. A
// space stands before a piece where reading has one on that side.
func visual(pieces []piece, rtl bool) []piece {
	out := slices.Clone(pieces)
	turn := func(s []piece) {
		// In a turned stretch the space that was read before a piece is seen behind it: before the one that follows.
		gaps := make([]bool, len(s)+1)
		for i, p := range s {
			gaps[i] = p.spaced
		}
		slices.Reverse(s)
		for i := range s {
			s[i].spaced = i > 0 && gaps[len(s)-i]
		}
	}
	first := func(s []piece) bool { return len(s) > 0 && s[0].spaced }
	if rtl {
		turn(out) // all of it, then the left-to-right stretches back
	}
	for i := 0; i < len(out); {
		n := 1
		for i+n < len(out) && out[i+n].rtl == out[i].rtl {
			n++
		}
		if out[i].rtl != rtl {
			before := first(out[i : i+n])
			turn(out[i : i+n])
			out[i].spaced = before
		}
		i += n
	}
	return out
}
