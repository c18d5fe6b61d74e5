// Package pdf sets a digest.Letter as a document to forward: A4 or Letter, vector charts replayed from drawings, real
// text in embedded fonts, an outline, a language and a title. It knows nothing of databases or mail, adds no words and
// computes no numbers. Documents carry no personal link.
//
// The document is not tagged (no free composer for Go writes tags): what it promises to readers is its language,
// its title, its outline and text that can be searched and copied. Scripts that need shaping are set as outlines.
package pdf

import (
	"bytes"
	"fmt"

	"codeberg.org/go-pdf/fpdf"

	"fortnight/digest"
)

// Fonts are the TrueType files that the text is set in, embedded as subsets.
type Fonts struct{ Regular, Semibold, Bold []byte }

// Shape gives the glyphs of a text as a path from the baseline's left end at (0, 0), y down, and its advance, both in
// px. needed is false where Fonts can set the text by themselves.
type Shape func(text string, size float64, weight int) (outline []digest.Segment, width float64, needed bool)

// Press sets letters. It is safe for concurrent use.
type Press struct {
	whole, cut Fonts
	shape      Shape
}

// New makes a press. shape may be nil where only Latin, Cyrillic and Greek text is set. The fonts are cut once to the
// characters of ordinary text: the composer reads a font anew for each document, which costs more than setting it.
func New(fonts Fonts, shape Shape) *Press {
	if shape == nil {
		shape = func(string, float64, int) ([]digest.Segment, float64, bool) { return nil, 0, false }
	}
	text := ordinaryText()
	return &Press{fonts, Fonts{
		Regular:  fpdf.UTF8CutFont(fonts.Regular, text),
		Semibold: fpdf.UTF8CutFont(fonts.Semibold, text),
		Bold:     fpdf.UTF8CutFont(fonts.Bold, text),
	}, shape}
}

// ordinary are the blocks of characters that the cut fonts have: Latin, Greek, Cyrillic, Vietnamese, punctuation,
// superscripts, currencies and the few signs of a letter.
var ordinary = [][2]rune{
	{0x20, 0x7E},
	{0xA0, 0x24F},
	{0x2B0, 0x2FF},
	{0x370, 0x3FF},
	{0x400, 0x4FF},
	{0x1E00, 0x1EFF},
	{0x2000, 0x206F},
	{0x2070, 0x209F},
	{0x20A0, 0x20BF},
	{0x2122, 0x2122},
	{0x2190, 0x2193},
	{0x2212, 0x2212},
	{0x25CF, 0x25CF},
}

func ordinaryText() string {
	var out []rune
	for _, b := range ordinary {
		for r := b[0]; r <= b[1]; r++ {
			out = append(out, r)
		}
	}
	return string(out)
}

func isOrdinary(r rune) bool {
	for _, b := range ordinary {
		if r >= b[0] && r <= b[1] {
			return true
		}
	}
	return false
}

// Papers that a document can be set on, in CSS pixels (1/96 inch).
var papers = map[string][2]float64{"A4": {793.7, 1122.5}, "Letter": {816, 1056}}

// Set composes the document. paper is "A4" (also for "") or "Letter". draw gives the drawing of a picture in the frame
// that the page has room for. The same letter gives the same bytes.
func (p *Press) Set(l digest.Letter, paper string, draw func(digest.Picture, digest.Frame) (digest.Drawing, error)) ([]byte, error) {
	if paper == "" {
		paper = "A4"
	}
	size, ok := papers[paper]
	if !ok {
		return nil, fmt.Errorf("paper %q is not known: choose A4 or Letter", paper)
	}
	d, err := p.compose(p.cut, isOrdinary, l, size, draw)
	if err == nil && d.strange { // a name with a character that the cut fonts are without
		d, err = p.compose(p.whole, func(rune) bool { return true }, l, size, draw)
	}
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := d.f.Output(&out); err != nil {
		return nil, fmt.Errorf("write the PDF: %w", err)
	}
	return out.Bytes(), nil
}

func (p *Press) compose(fonts Fonts, known func(rune) bool, l digest.Letter, size [2]float64,
	draw func(digest.Picture, digest.Frame) (digest.Drawing, error),
) (*document, error) {
	d := &document{
		f: open(fonts, l, size), shape: p.shape, letter: l, draw: draw, width: size[0], height: size[1],
		accent: accentOf(l.Brand), targets: map[string]int{}, advances: map[measured]float64{},
		outlines: map[measured]*shaped{}, known: known,
	}
	d.summary()
	for _, s := range l.Sections {
		d.chapter(s)
	}
	d.notes()
	d.values()
	if d.err != nil {
		return nil, d.err
	}
	if err := d.compose(); err != nil {
		return nil, err
	}
	d.feet()
	return d, nil
}

func open(fonts Fonts, l digest.Letter, size [2]float64) *fpdf.Fpdf {
	f := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: size[0] * pt, Ht: size[1] * pt}})
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(0, 0, 0)
	f.SetCompression(true)
	f.AddUTF8FontFromBytes(regular, "", fonts.Regular)
	f.AddUTF8FontFromBytes(semibold, "", fonts.Semibold)
	f.AddUTF8FontFromBytes(bold, "", fonts.Bold)
	f.SetTitle(l.Project+", "+l.Range, true)
	f.SetSubject(l.Subject, true)
	f.SetAuthor(l.Project, true)
	f.SetCreator("Fortnight", true)
	f.SetProducer("Fortnight", true)
	f.SetLang(l.Locale)
	f.SetCatalogSort(true)
	f.SetCreationDate(l.ReadAt.UTC())
	f.SetModificationDate(l.ReadAt.UTC())
	return f
}
