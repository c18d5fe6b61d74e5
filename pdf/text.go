package pdf

import (
	"strings"

	"fortnight/digest"
)

// The three fonts, as fpdf families.
const (
	regular  = "text"
	semibold = "semi"
	bold     = "bold"
)

// Sizes of type, px.
const (
	type9  = 9.5
	type10 = 10.5
	type11 = 11.5
	type12 = 12.0
	type14 = 14.0
	type15 = 15.0
)

func family(weight int) string {
	switch {
	case weight >= 700:
		return bold
	case weight >= 600:
		return semibold
	default:
		return regular
	}
}

// measured is a text whose advance is known.
type measured struct {
	text   string
	size   float64
	weight int
}

// measure gives the advance of a text in px.
func (d *document) measure(text string, size float64, weight int) float64 {
	text = visible(text)
	if text == "" {
		return 0
	}
	key := measured{text, size, weight}
	if w, ok := d.advances[key]; ok {
		return w
	}
	var w float64
	if s := d.shapedText(text, weight); s != nil {
		w = s.width * size / em
	} else {
		for _, r := range text {
			d.strange = d.strange || !d.known(r)
		}
		d.f.SetFont(family(weight), "", size*pt)
		w = float64(d.f.GetStringSymbolWidth(text))/1000*size + tracking(size)*float64(len([]rune(text)))
	}
	d.advances[key] = w
	return w
}

// tracking is the space added between letters: large type is set tighter.
func tracking(size float64) float64 {
	switch {
	case size >= 34:
		return -1.1
	case size >= 26:
		return -0.6
	default:
		return 0
	}
}

// visible leaves out the marks that only say which way text runs.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u200e' || r == '\u200f' || r == '\u061c' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, text)
}

// say sets a text with its left end at x on the baseline y and gives its advance.
func (d *document) say(x, y float64, text string, size float64, weight int, c digest.Colour) float64 {
	text = visible(text)
	w := d.measure(text, size, weight)
	if text == "" {
		return 0
	}
	if s := d.shapedText(text, weight); s != nil {
		d.useShaped(s, x, y, size, c)
		return w
	}
	r, g, b, _ := c.RGBA()
	d.f.SetFont(family(weight), "", size*pt)
	d.f.SetTextColor(int(r), int(g), int(b))
	if t := tracking(size); t != 0 {
		d.f.RawWriteStr(ftoa(t*pt) + " Tc\n")
		defer d.f.RawWriteStr("0 Tc\n")
	}
	d.f.Text(x*pt, y*pt, text)
	return w
}

// ellipsis cuts a text that is wider than w.
func (d *document) ellipsis(text string, w, size float64, weight int) string {
	if d.measure(text, size, weight) <= w {
		return text
	}
	letters := []rune(text)
	for len(letters) > 1 && d.measure(string(letters)+"…", size, weight) > w {
		letters = letters[:len(letters)-1]
	}
	return string(letters) + "…"
}

// run is a stretch of text in one style.
type run struct {
	text   string
	weight int
	colour digest.Colour
	link   int    // into the document; 0: none
	leads  string // to an address outside; "": nowhere
}

// runs turns a sentence into runs: bold spans in ink, the others in c.
func runs(s digest.Spans, c, strong digest.Colour, weight int) []run {
	var out []run
	for _, x := range s {
		r := run{text: x.Text, weight: 400, colour: c}
		if x.Bold {
			r.weight, r.colour = weight, strong
		}
		out = append(out, r)
	}
	return out
}

func plain(text string, c digest.Colour) []run { return []run{{text: text, weight: 400, colour: c}} }

func strong(text string) []run { return []run{{text: text, weight: 600, colour: ink}} }

// piece is a stretch of a word in one style and one direction.
type piece struct {
	run
	width  float64
	rtl    bool
	spaced bool // a space stands before it; set when a line is
}

// word is what a line is not broken inside: pieces without a space between them.
type word struct {
	pieces []piece
	width  float64
}

// words splits runs at spaces; a non-breaking space does not split. A word that is wider than a line is cut between
// letters.
func (d *document) words(in []run, size, w float64) []word {
	var out []word
	var now word
	flush := func() {
		if len(now.pieces) > 0 {
			out = append(out, now)
			now = word{}
		}
	}
	add := func(r run, text string, rtl bool) {
		r.text = text
		p := piece{run: r, width: d.measure(text, size, r.weight), rtl: rtl}
		now.pieces = append(now.pieces, p)
		now.width += p.width
	}
	for _, r := range in {
		for i, text := range strings.Split(r.text, " ") {
			if i > 0 {
				flush()
			}
			for _, part := range directed(text, d.rtl()) {
				if d.measure(part.text, size, r.weight) <= w {
					add(r, part.text, part.rtl)
					continue
				}
				var cut []rune
				for _, c := range part.text {
					if d.measure(string(append(cut, c)), size, r.weight) > w {
						add(r, string(cut), part.rtl)
						flush()
						cut = nil
					}
					cut = append(cut, c)
				}
				add(r, string(cut), part.rtl)
			}
		}
	}
	flush()
	return out
}

// line is words on one line and the room that they take.
type line struct {
	words []word
	width float64
}

// lines breaks runs into lines of at most w px.
func (d *document) lines(in []run, size, w float64) []line {
	space := d.measure(" ", size, 400)
	var out []line
	var now line
	for _, x := range d.words(in, size, w) {
		if len(now.words) > 0 && now.width+space+x.width > w+0.01 {
			out, now = append(out, now), line{}
		}
		if len(now.words) > 0 {
			now.width += space
		}
		now.words, now.width = append(now.words, x), now.width+x.width
	}
	if len(now.words) > 0 {
		out = append(out, now)
	}
	return out
}

// paragraph sets runs into a column from the top edge y down and gives the height used.
func (d *document) paragraph(x, y, w float64, in []run, size, leading float64) float64 {
	return d.justify(x, y, w, in, size, leading, false)
}

// justify is paragraph, with the lines at the column's end where atEnd is set.
func (d *document) justify(x, y, w float64, in []run, size, leading float64, atEnd bool) float64 {
	set := d.lines(in, size, w)
	for i, l := range set {
		at := x
		if d.rtl() != atEnd {
			at = x + w - l.width
		}
		d.setLine(at, y+float64(i)*leading+(leading+size*0.72)/2, l, size)
	}
	return float64(len(set)) * leading
}

// setLine sets the pieces of a line in their visual order.
func (d *document) setLine(x, y float64, l line, size float64) {
	space := d.measure(" ", size, 400)
	var pieces []piece
	for i, w := range l.words {
		for j, p := range w.pieces {
			p.spaced = i > 0 && j == 0
			pieces = append(pieces, p)
		}
	}
	for _, p := range visual(pieces, d.rtl()) {
		if p.spaced {
			x += space
		}
		d.say(x, y, p.text, size, p.weight, p.colour)
		if p.link != 0 {
			d.f.Link(x*pt, (y-size)*pt, p.width*pt, size*1.3*pt, p.link)
		}
		if p.leads != "" {
			d.f.LinkString(x*pt, (y-size)*pt, p.width*pt, size*1.3*pt, p.leads)
		}
		x += p.width
	}
}

// tall is the height that paragraph will use.
func (d *document) tall(w float64, in []run, size, leading float64) float64 {
	return float64(len(d.lines(in, size, w))) * leading
}

// superscript is a footnote's mark as it stands after a word.
func superscript(mark string) string {
	if mark == "" {
		return ""
	}
	return "\u2009" + strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹").Replace(mark)
}
