package pdf

import (
	"bytes"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"fortnight/digest"
)

// Measures are CSS pixels throughout; pt turns them into PDF points.
const pt = 0.75

// The page: side margins 18 mm, head 17 mm, foot 11 mm.
const (
	side   = 68.0
	top    = 64.0       // the baseline of the running head
	head   = top + 22.0 // where text begins
	foot   = 72.0       // room kept free at the bottom
	gutter = 30.0       // between two columns
)

// The colours of the look's light theme.
const (
	ink      digest.Colour = 0x14171FFF
	ink2     digest.Colour = 0x4B5262FF
	ink3     digest.Colour = 0x697080FF
	better   digest.Colour = 0x0A7350FF
	worse    digest.Colour = 0xBE2F3EFF
	warn     digest.Colour = 0x8A5500FF
	hairline digest.Colour = 0xDDE0E7FF
	accent   digest.Colour = 0x3F45D6FF
	waiting  digest.Colour = 0xE59A2BFF
)

// document is a letter being set: first as blocks in reading order, then block by block down the pages.
type document struct {
	f             *fpdf.Fpdf
	shape         Shape
	letter        digest.Letter
	draw          func(digest.Picture, digest.Frame) (digest.Drawing, error)
	width, height float64
	accent        digest.Colour
	blocks        []block
	running       string // of the blocks that are being collected
	y             float64
	targets       map[string]int // anchor → link id
	advances      map[measured]float64
	outlines      map[measured]*shaped // nil: not needed
	known         func(rune) bool      // characters that the fonts have been cut to
	strange       bool                 // another one was met
	err           error                // the first drawing that failed
}

func accentOf(b digest.Brand) digest.Colour {
	if b.Accent != 0 {
		return b.Accent
	}
	return accent
}

// room is the width of the text.
func (d *document) room() float64 { return d.width - 2*side }

func (d *document) rtl() bool { return d.letter.Dir == "rtl" }

// mirrored gives the left edge of a thing of width w that stands at x where reading begins at the left.
func (d *document) mirrored(x, w float64) float64 {
	if d.rtl() {
		return d.width - x - w
	}
	return x
}

// column gives the left edge of column i of n with the gap between them, counted in reading order.
func (d *document) column(i, n int, gap float64) (x, w float64) {
	w = (d.room() - gap*float64(n-1)) / float64(n)
	return d.mirrored(side+float64(i)*(w+gap), w), w
}

// page begins a new page with its head: mark or logo, project and what it is, and at the end the section that the page begins
// in, or the edition's kind on the first page.
func (d *document) page(running string) {
	d.f.AddPage()
	mark := d.mark()
	l := d.letter
	second := l.Range
	if d.f.PageNo() == 1 {
		second, running, _ = strings.Cut(l.Kind, " · ")
	}
	running = d.ellipsis(running, d.room()/3, type11, 400)
	w := d.measure(running, type11, 400)
	d.say(d.mirrored(d.width-side-w, w), top, running, type11, 400, ink3)

	left := d.room() - mark - w - 24
	second = d.ellipsis(second, left/2, type11, 400)
	project := d.ellipsis(l.Project, left-10-d.measure(second, type11, 400), type11, 600)
	at := side + mark
	for _, s := range []struct {
		text   string
		weight int
		colour digest.Colour
	}{{project, 600, ink}, {second, 400, ink3}} {
		w := d.measure(s.text, type11, s.weight)
		d.say(d.mirrored(at, w), top, s.text, type11, s.weight, s.colour)
		at += w + 10
	}
	d.y = head
}

// A logo in a page's head is at most this large; its middle stands at the middle of the words beside it.
const (
	logoWidth  = 160
	logoHeight = 32
	logoMiddle = top - 4.0
)

// mark sets the project's logo, or the mark in its accent where it has none, and gives the width that it takes.
func (d *document) mark() float64 {
	if logo := d.letter.Logo; logo != nil {
		wide, tall := logo.Shown(logoWidth, logoHeight)
		w, h := float64(wide), float64(tall)
		png := fpdf.ImageOptions{ImageType: "PNG"}
		if d.f.GetImageInfo("logo") == nil {
			d.f.RegisterImageOptionsReader("logo", png, bytes.NewReader(logo.PNG))
		}
		d.f.ImageOptions("logo", d.mirrored(side, w)*pt, (logoMiddle-h/2)*pt, w*pt, h*pt, false, png, 0, "")
		return w + 12
	}
	const wide = 54.0
	x := d.mirrored(side, wide)
	dots := func(c digest.Colour, y float64) {
		for i := range 7 {
			d.disc(x+2.6+float64(i)*6.45, y, 2.2, c)
		}
	}
	dots(tint(d.accent, 0.4), top-7)
	dots(d.accent, top-0.8)
	return wide
}

// feet writes the foot of every page, once their number is known.
func (d *document) feet() {
	pages := d.f.PageCount()
	line := strings.Join(nonEmpty(d.letter.EditionLine, d.letter.PDFNote), " · ")
	for n := 1; n <= pages; n++ {
		d.f.SetPage(n)
		y := d.height - 42
		d.rule(side, y-24, d.room(), 1, hairline)
		of := strings.NewReplacer("{page}", strconv.Itoa(n), "{pages}", strconv.Itoa(pages)).Replace(d.letter.PageOf)
		w := d.measure(of, type9, 400)
		d.say(d.mirrored(d.width-side-w, w), y-6, of, type9, 400, ink3)
		text := d.ellipsis(line, d.room()-w-20, type9, 400)
		d.say(d.mirrored(side, d.measure(text, type9, 400)), y-6, text, type9, 400, ink3)
	}
}

func nonEmpty(items ...string) []string {
	var out []string
	for _, s := range items {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// here marks this place as the target of links to an anchor and enters it into the outline; level 0 is a section.
func (d *document) here(anchor, title string, level int) {
	id := d.target(anchor)
	y := max(0, d.y-20)
	d.f.SetLink(id, y*pt, d.f.PageNo())
	d.f.SetFont(regular, "", type11*pt) // an outline entry is written as UTF-16 only under a UTF-8 font
	d.f.Bookmark(title, level, y*pt)
}

func (d *document) target(anchor string) int {
	id, ok := d.targets[anchor]
	if !ok {
		id = d.f.AddLink()
		d.targets[anchor] = id
	}
	return id
}
