package charts

import (
	"fmt"
	"testing"

	"fortnight/digest"

	"pgregory.net/rapid"
)

func both() map[string]theme {
	return map[string]theme{"light": themed(digest.Frame{}), "dark": themed(digest.Frame{Theme: digest.Dark})}
}

func TestTheFormulasGiveKnownValues(t *testing.T) {
	if c := contrast(0x000000FF, 0xFFFFFFFF); c < 20.99 || c > 21.01 {
		t.Errorf("black on white: %v", c) // WCAG 2: 21
	}
	if c := fmt.Sprintf("%.1f", contrast(0x3F45D6FF, 0xFFFFFFFF)); c != "6.9" {
		t.Errorf("the accent on white: %v", c)
	}
	white := oklab(linear(0xFFFFFFFF))
	if white[0] < .9999 || white[0] > 1.0001 || white[1]*white[1]+white[2]*white[2] > 1e-7 {
		t.Errorf("white in OKLab: %v", white) // L 1, a 0, b 0
	}
	if c := fromLinear(fromOklab(oklab(linear(0x3F45D6FF)))); c != 0x3F45D6FF {
		t.Errorf("there and back: %08X", c)
	}
	// The smallest distance among the first six categories and grey, to full colour vision.
	th, least := themed(digest.Frame{}), 100.0
	list := append(append([]digest.Colour{}, th.categories[:6]...), th.other)
	for i, a := range list {
		for _, b := range list[:i] {
			least = min(least, apartUnder(sights()[0], a, b))
		}
	}
	if d := fmt.Sprintf("%.1f", least); d != "13.5" {
		t.Errorf("the closest pair is %s apart", d)
	}
}

func TestNoTwoCategoriesLookAlikeToAnyone(t *testing.T) {
	names := [...]string{"full colour vision", "protanopia", "deuteranopia", "tritanopia"}
	for name, th := range both() {
		list := append(append([]digest.Colour{}, th.categories...), th.other)
		if len(list) != 9 {
			t.Errorf("%s: %d categories", name, len(list))
		}
		for i, a := range list {
			for _, b := range list[:i] {
				for s, m := range sights() {
					if d := apartUnder(m, a, b); d < leastApart {
						t.Errorf("%s, %s: %06X and %06X are %.1f apart", name, names[s], a>>8, b>>8, d)
					}
				}
			}
		}
	}
}

func TestHandledMissedAndWaitingAreFarApart(t *testing.T) {
	for name, th := range both() {
		const least = 21.0
		list := []digest.Colour{th.accent, th.missed, th.waiting}
		for i, a := range list {
			for _, b := range list[:i] {
				if d := apart(a, b); d < least {
					t.Errorf("%s: %06X and %06X are %.1f apart", name, a>>8, b>>8, d)
				}
			}
		}
	}
}

func TestTextAndMarksStandOutFromTheGround(t *testing.T) {
	for name, th := range both() {
		for _, c := range []digest.Colour{th.ink, th.ink2, th.ink3, th.missedInk, th.waitingInk} {
			if r := contrast(c, th.ground); r < 4.5 {
				t.Errorf("%s: text %06X is %.2f:1", name, c>>8, r)
			}
		}
		for _, c := range []digest.Colour{th.accent, th.missed, th.node} {
			if r := contrast(c, th.ground); r < 3 {
				t.Errorf("%s: mark %06X is %.2f:1", name, c>>8, r)
			}
		}
		if r := contrast(th.onAccent, th.accent); r < 4.5 {
			t.Errorf("%s: a number inside a bar is %.2f:1", name, r)
		}
		// A category below 3:1 has a row in the legend and a gap around its slice; every one has both.
	}
}

func TestAnyBrandCanBeSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		brand := digest.Colour(rapid.Uint32Range(0, 0xFFFFFF).Draw(t, "brand"))<<8 | 0xFF
		theme := rapid.SampledFrom([]digest.Theme{digest.Light, digest.Dark}).Draw(t, "theme")
		th := themed(digest.Frame{Theme: theme, Accent: brand})
		if r := contrast(th.accent, th.ground); r < 2.99 {
			t.Fatalf("%06X became %06X, %.2f:1", brand>>8, th.accent>>8, r)
		}
		if contrast(brand, th.ground) >= 3 && th.accent != brand {
			t.Fatalf("%06X can be seen, and became %06X", brand>>8, th.accent>>8)
		}
		if len(th.categories) != 8 || th.categories[0] != th.accent {
			t.Fatalf("categories %06X", th.categories)
		}
		if r := contrast(th.onAccent, th.accent); r < 3 {
			t.Fatalf("a number inside a bar is %.2f:1", r)
		}
	})
}
