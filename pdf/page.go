package pdf

import (
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
	top    = 64.0
	foot   = 74.0 // room kept free at the bottom
	gutter = 30.0 // between two columns
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

// document is a letter being set: a pen that moves down the pages.
type document struct {
	f             *fpdf.Fpdf
	shape         Shape
	letter        digest.Letter
	draw          func(digest.Picture, digest.Frame) (digest.Drawing, error)
	width, height float64
	accent        digest.Colour
	y             float64        // where the next block begins
	targets       map[string]int // anchor → link id
	running       string         // what the page's head says at the right
}

func accentOf(b digest.Brand) digest.Colour {
	if b.Accent != 0 {
		return b.Accent
	}
	return accent
}

// room is the width of the text.
func (d *document) room() float64 { return d.width - 2*side }

// start is the x where reading begins; end the x where it ends.
func (d *document) rtl() bool { return d.letter.Dir == "rtl" }

// column gives the left edge of column i of n with the gap between them, counted in reading order.
func (d *document) column(i, n int, gap float64) (x, w float64) {
	w = (d.room() - gap*float64(n-1)) / float64(n)
	if d.rtl() {
		i = n - 1 - i
	}
	return side + float64(i)*(w+gap), w
}

// page begins a new page with its head. running is said at the right: the section that the page begins in.
func (d *document) page(running string) {
	d.f.AddPage()
	d.running = running
	x := side
	dots := func(alpha digest.Colour, y float64) {
		for i := range 7 {
			d.disc(x+2.6+float64(i)*6.45, y, 2.2, alpha)
		}
	}
	dots(tint(d.accent, 0.4), top-7)
	dots(d.accent, top-0.8)
	l := d.letter
	second := l.Range
	if d.f.PageNo() == 1 {
		second = l.Kind
	}
	at := x + 54
	at += d.say(at, top, l.Project, type11, 600, ink) + 10
	d.say(at, top, second, type11, 400, ink3)
	d.sayEnd(d.width-side, top, running, type11, 400, ink3)
	d.y = top + 20
}

// fits begins a new page where less than h is left on this one.
func (d *document) fits(h float64) {
	if d.y+h > d.height-foot {
		d.page(d.running)
	}
}

// left is the height still free on this page.
func (d *document) left() float64 { return d.height - foot - d.y }

// feet writes the foot of every page, once their number is known.
func (d *document) feet() {
	pages := d.f.PageCount()
	for n := 1; n <= pages; n++ {
		d.f.SetPage(n)
		y := d.height - 42
		d.rule(side, y-24, d.room(), 1, hairline)
		d.say(side, y-6, strings.Join(nonEmpty(d.letter.EditionLine, d.letter.PDFNote), " · "), type9, 400, ink3)
		of := strings.NewReplacer("{page}", strconv.Itoa(n), "{pages}", strconv.Itoa(pages)).Replace(d.letter.PageOf)
		d.sayEnd(d.width-side, y-6, of, type9, 400, ink3)
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

// here marks this place as the target of links to an anchor and enters it into the outline; level 0 is a section.
func (d *document) here(anchor, title string, level int) {
	id := d.target(anchor)
	d.f.SetLink(id, (d.y-20)*pt, d.f.PageNo())
	d.f.SetFont(regular, "", type11*pt) // an outline entry is written as UTF-16 only under a UTF-8 font
	d.f.Bookmark(title, level, (d.y-20)*pt)
}

func (d *document) target(anchor string) int {
	id, ok := d.targets[anchor]
	if !ok {
		id = d.f.AddLink()
		d.targets[anchor] = id
	}
	return id
}
