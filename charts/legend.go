package charts

import (
	"math"
	"strings"

	"fortnight/digest"
)

// entry is one thing that a legend names.
type entry struct {
	name string
	wide float64            // of its mark
	mark func(x, y float64) // draws it from x on; y is the baseline of the name
}

// keyed is an entry with a square of a colour.
func (b *board) keyed(name string, c digest.Colour) entry {
	side := .75 * b.size
	return entry{name, side, func(x, y float64) { b.round(x, y-side, side, side, 3*b.k, 3*b.k, c) }}
}

// legendLine is the height of a line of a legend that has several.
func (b *board) legendLine() float64 { return 1.45 * b.size }

// legendRows lays out entries from the start of the line, in as many lines as they need, the first on the baseline y, and gives the
// number of lines. Without draw it only counts. Entries without a name are left out.
func (b *board) legendRows(all []entry, y float64, draw bool) (lines int) {
	style := lettering{size: b.size - b.k, colour: b.ink2}
	x := b.left
	for _, e := range all {
		if e.name == "" {
			continue
		}
		name := b.fit(e.name, b.right-b.left-e.wide-.35*b.size, style)
		w := e.wide + .35*b.size + b.faced(name, style)
		if lines == 0 {
			lines = 1
		} else if x+w > b.right {
			x, lines = b.left, lines+1
		}
		if draw {
			base := y + float64(lines-1)*b.legendLine()
			e.mark(x, base)
			b.text(x+e.wide+.35*b.size, base, name, style)
		}
		x += w + 24*b.k
	}
	return lines
}

// faced is the advance of a text, with room for the face of a page, which may be wider.
func (b *board) faced(s string, l lettering) float64 {
	if b.named {
		return 1.12 * b.wide(s, l)
	}
	return b.wide(s, l)
}

// twoLines breaks a name that is too long for one line between two words; what is too long for two is cut.
func (b *board) twoLines(s string, room float64, l lettering) []string {
	if b.wide(s, l) <= room {
		return []string{s}
	}
	words := strings.Fields(s)
	n := 0
	for n < len(words) && b.wide(strings.Join(words[:n+1], " "), l) <= room {
		n++
	}
	if n == 0 || n == len(words) {
		return []string{b.fit(s, room, l)}
	}
	return []string{strings.Join(words[:n], " "), b.fit(strings.Join(words[n:], " "), room, l)}
}

// rowName writes the name of a row in one line or two, its middle at mid.
func (b *board) rowName(x, mid float64, name string, room float64, tall float64, l lettering) {
	if b.named {
		room /= 1.12
	}
	lines := []string{b.fit(name, room, l)}
	if tall >= 2.3*l.size {
		lines = b.twoLines(name, room, l)
	}
	leading := 1.15 * l.size
	y := mid + .35*l.size - leading*float64(len(lines)-1)/2
	for _, line := range lines {
		b.text(x, y, line, l)
		y += leading
	}
}

// snap moves a coordinate to a pixel of a picture drawn at twice its size.
func snap(v float64) float64 { return math.Round(2*v) / 2 }
