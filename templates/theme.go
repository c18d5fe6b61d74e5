package templates

import (
	"fmt"
	"math"

	"fortnight/digest"
)

// palette is the colours of one ground, as CSS writes them. Every text colour has 4.5:1 against Ground.
type palette struct {
	Ground, Ink, Ink2, Ink3    string
	Accent                     string // links
	Better, Worse, Warn        string
	Hairline                   string
	Handled, Missed, Waiting   string // the reconciliation bar
	Strip, StripFail, StripNew string // tints of a banner: grey, red, accent
}

// theme is how a mail is coloured, by the project's brand.
type theme struct{ Light, Dark palette }

// The house colours; their contrasts are measured in the tests.
const (
	houseAccent digest.Colour = 0x3F45D6FF
	lightGround digest.Colour = 0xFFFFFFFF
	darkGround  digest.Colour = 0x111318FF
	textRatio                 = 4.5 // WCAG 2.2 AA for text
	shapeRatio                = 3.0 // and for shapes
)

func newTheme(b digest.Brand) theme {
	accent := b.Accent
	_, _, _, alpha := accent.RGBA()
	if alpha == 0 {
		accent = houseAccent
	}
	t := theme{
		Light: palette{
			Ground: "#FFFFFF", Ink: "#14171F", Ink2: "#4B5262", Ink3: "#697080", Hairline: "#DDE0E7",
			Accent: css(legible(accent, lightGround, textRatio)),
			Better: "#0A7350", Worse: "#BE2F3E", Warn: "#8A5500",
			Handled: css(legible(accent, lightGround, shapeRatio)), Missed: "#BE2F3E", Waiting: "#E59A2B",
			Strip: "#F3F4F6", StripFail: "#FCF0F0", StripNew: css(mix(accent, lightGround, .92)),
		},
		Dark: palette{
			Ground: "#111318", Ink: "#F3F4F7", Ink2: "#BCC2CE", Ink3: "#949CAB", Hairline: "#2B303A",
			Better: "#5CCB9B", Worse: "#FF8F95", Warn: "#F2B65A",
			Handled: css(legible(accent, darkGround, 5)), Missed: "#FF8F95", Waiting: "#F2B65A",
			Accent: css(legible(accent, darkGround, 7.5)),
			Strip:  "#1C1F27", StripFail: "#1C1F27", StripNew: "#1C1F27",
		},
	}
	if accent == houseAccent { // drawn by hand, a shade better than computed
		t.Light.StripNew, t.Dark.Accent, t.Dark.Handled = "#EFF0FC", "#A3A8FF", "#7B80F2"
	}
	return t
}

// legible moves a colour towards black or white until it has the ratio against the ground.
func legible(c, ground digest.Colour, ratio float64) digest.Colour {
	towards := digest.Colour(0x000000FF)
	if luminance(ground) < .2 {
		towards = 0xFFFFFFFF
	}
	for step := 0.0; step <= 1; step += .02 {
		if m := mix(c, towards, step); contrast(m, ground) >= ratio {
			return m
		}
	}
	return towards
}

// mix gives a colour that lies by part (0..1) on the way from a to b; opaque.
func mix(a, b digest.Colour, part float64) digest.Colour {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	at := func(x, y uint8) digest.Colour {
		return digest.Colour(math.Round(float64(x) + (float64(y)-float64(x))*part))
	}
	return at(ar, br)<<24 | at(ag, bg)<<16 | at(ab, bb)<<8 | 0xFF
}

// contrast is the ratio of WCAG 2.2, 1..21.
func contrast(a, b digest.Colour) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + .05) / (math.Min(la, lb) + .05)
}

func luminance(c digest.Colour) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(x uint8) float64 {
		v := float64(x) / 255
		if v <= .04045 {
			return v / 12.92
		}
		return math.Pow((v+.055)/1.055, 2.4)
	}
	return .2126*linear(r) + .7152*linear(g) + .0722*linear(b)
}

func css(c digest.Colour) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02X%02X%02X", r, g, b)
}
