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
	type12 = 12.5
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

// measure gives the advance of a text in px.
func (d *document) measure(text string, size float64, weight int) float64 {
	if text == "" {
		return 0
	}
	if _, w, needed := d.shape(text, size, weight); needed {
		return w
	}
	d.f.SetFont(family(weight), "", size*pt)
	return float64(d.f.GetStringSymbolWidth(text))/1000*size + d.tracking(size)*float64(len([]rune(text)))
}

// tracking is the space added between letters: large type is set tighter.
func (d *document) tracking(size float64) float64 {
	switch {
	case size >= 34:
		return -1.1
	case size >= 26:
		return -0.6
	default:
		return 0
	}
}

// say sets a text with its left end at x on the baseline y and gives its advance.
func (d *document) say(x, y float64, text string, size float64, weight int, c digest.Colour) float64 {
	if text == "" {
		return 0
	}
	if outline, w, needed := d.shape(text, size, weight); needed {
		d.fill(outline, func(s digest.Spot) digest.Spot { return digest.Spot{X: x + s.X, Y: y + s.Y} }, c)
		return w
	}
	w := d.measure(text, size, weight)
	r, g, b, _ := c.RGBA()
	d.f.SetTextColor(int(r), int(g), int(b))
	if t := d.tracking(size); t != 0 {
		d.f.RawWriteStr(ftoa(t*pt) + " Tc\n")
		defer d.f.RawWriteStr("0 Tc\n")
	}
	d.f.Text(x*pt, y*pt, text)
	return w
}

// sayEnd sets a text with its right end at x.
func (d *document) sayEnd(x, y float64, text string, size float64, weight int, c digest.Colour) {
	d.say(x-d.measure(text, size, weight), y, text, size, weight, c)
}

// run is a stretch of text in one style.
type run struct {
	text   string
	weight int
	colour digest.Colour
	link   int // 0: none
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

// word is what a line is not broken inside: runs without a space between them.
type word struct {
	parts []run
	width float64
}

// words splits runs at spaces; a non-breaking space does not split.
func (d *document) words(in []run, size float64) []word {
	var out []word
	var w word
	flush := func() {
		if len(w.parts) > 0 {
			out = append(out, w)
			w = word{}
		}
	}
	for _, r := range in {
		for i, piece := range strings.Split(r.text, " ") {
			if i > 0 {
				flush()
			}
			if piece == "" {
				continue
			}
			part := r
			part.text = piece
			w.parts = append(w.parts, part)
			w.width += d.measure(piece, size, r.weight)
		}
	}
	flush()
	return d.cutLong(out, size)
}

// cutLong leaves words as they are unless one is wider than a whole line; such a one is cut between letters.
func (d *document) cutLong(in []word, size float64) []word {
	var out []word
	for _, w := range in {
		if w.width <= d.room()/2 || len(w.parts) != 1 {
			out = append(out, w)
			continue
		}
		r := w.parts[0]
		var piece []rune
		for _, c := range r.text {
			if d.measure(string(append(piece, c)), size, r.weight) > d.room()/2 {
				out = append(out, d.oneWord(r, string(piece), size))
				piece = nil
			}
			piece = append(piece, c)
		}
		out = append(out, d.oneWord(r, string(piece), size))
	}
	return out
}

func (d *document) oneWord(r run, text string, size float64) word {
	r.text = text
	return word{[]run{r}, d.measure(text, size, r.weight)}
}

// lines breaks runs into lines of at most w px.
func (d *document) lines(in []run, size, w float64) [][]word {
	space := d.measure(" ", size, 400)
	var out [][]word
	var line []word
	used := 0.0
	for _, x := range d.words(in, size) {
		if len(line) > 0 && used+space+x.width > w {
			out, line, used = append(out, line), nil, 0
		}
		if len(line) > 0 {
			used += space
		}
		line, used = append(line, x), used+x.width
	}
	if len(line) > 0 {
		out = append(out, line)
	}
	return out
}

// paragraph sets runs into a column from the top edge y down and gives the height used.
func (d *document) paragraph(x, y, w float64, in []run, size, leading float64) float64 {
	space := d.measure(" ", size, 400)
	set := d.lines(in, size, w)
	for i, line := range set {
		base := y + float64(i)*leading + (leading+size*0.72)/2
		at := x
		if d.rtl() {
			at = x + w
		}
		for _, wd := range line {
			if d.rtl() {
				at -= wd.width
			}
			d.setWord(at, base, wd, size)
			if d.rtl() {
				at -= space
			} else {
				at += wd.width + space
			}
		}
	}
	return float64(len(set)) * leading
}

func (d *document) setWord(x, y float64, w word, size float64) {
	parts := w.parts
	if d.rtl() {
		parts = nil
		for i := len(w.parts) - 1; i >= 0; i-- {
			parts = append(parts, w.parts[i])
		}
	}
	for _, r := range parts {
		adv := d.say(x, y, r.text, size, r.weight, r.colour)
		if r.link != 0 {
			d.f.Link(x*pt, (y-size)*pt, adv*pt, size*1.3*pt, r.link)
		}
		x += adv
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
