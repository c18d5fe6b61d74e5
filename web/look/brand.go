package look

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"fortnight/digest"
)

// Tile draws the first letter of a project's name on its colour, in an ink that can be read there. Colour 0 is Fortnight's own.
func Tile(name string, c digest.Colour) template.HTML {
	ground, ink := "var(--accent)", "var(--on-accent)"
	if c != 0 {
		ground, ink = Readable(c)
	}
	return template.HTML(`<svg class="tile" viewBox="0 0 28 28" aria-hidden="true"><rect width="28" height="28" rx="7" fill="` + ground +
		`"/><text x="14" y="19" text-anchor="middle" fill="` + ink + `">` + template.HTMLEscapeString(Initials(name, 1)) + `</text></svg>`)
}

// Mark draws Fortnight's mark: two rows of seven days, today in the accent.
func Mark() template.HTML {
	var weekdays, weekend strings.Builder // dots are lines of no length with round ends
	for row := range 2 {
		for day := range 7 {
			dot := fmt.Sprintf("M%g %gh0", 2+4.5*float64(day), 2.2+4.6*float64(row))
			switch {
			case row == 1 && day == 6: // drawn below
			case day > 4:
				weekend.WriteString(dot)
			default:
				weekdays.WriteString(dot)
			}
		}
	}
	return template.HTML(`<svg class="mark" viewBox="0 0 31 9" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="3.2" stroke-linecap="round"><path opacity=".85" d="` +
		weekdays.String() + `"/><path opacity=".3" d="` + weekend.String() + `"/><path stroke="var(--accent)" d="M29 6.8h0"/></svg>`)
}

// Initials takes the first letters of the first and the last word, n of them: 1 or 2.
func Initials(name string, n int) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.M, r) })
	if len(words) == 0 {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	out := string(unicode.ToUpper(first))
	if n > 1 && len(words) > 1 {
		last, _ := utf8.DecodeRuneInString(words[len(words)-1])
		out += string(unicode.ToUpper(last))
	}
	return out
}

// Masked leaves an address recognisable to its owner only: m••••z@lindenhof.example.
func Masked(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return "••••"
	}
	local := []rune(address[:at])
	if len(local) < 3 {
		return string(local[0]) + "••••" + address[at:]
	}
	return string(local[0]) + "••••" + string(local[len(local)-1]) + address[at:]
}

// Readable gives a colour as #rrggbb, and the ink, black or white, that is read best on it (4.5:1 or better).
func Readable(c digest.Colour) (ground, ink string) {
	r, g, b, _ := c.RGBA()
	ground = fmt.Sprintf("#%02x%02x%02x", r, g, b)
	if luminance(c) > .179 { // where white and black are equally far
		return ground, "#000000"
	}
	return ground, "#ffffff"
}

// Contrast is WCAG's ratio of two colours, 1 to 21.
func Contrast(a, b digest.Colour) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + .05) / (min(la, lb) + .05)
}

// luminance is WCAG's, 0 to 1.
func luminance(c digest.Colour) float64 {
	part := func(c uint8) float64 {
		v := float64(c) / 255
		if v <= .04045 {
			return v / 12.92
		}
		return math.Pow((v+.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return .2126*part(r) + .7152*part(g) + .0722*part(b)
}

// Count prints a number of things in English, with thousands apart: "1 digest", "2,000 digests". An empty plural is singular + "s".
func Count(n int, singular, plural string) string {
	if plural == "" {
		plural = singular + "s"
	}
	if n == 1 {
		return "1 " + singular
	}
	return Thousands(n) + " " + plural
}

// Thousands prints a number as English does: 12,345.
func Thousands(n int) string {
	if n < 0 {
		return "−" + Thousands(-n)
	}
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
