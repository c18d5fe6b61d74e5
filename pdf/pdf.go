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
	fonts Fonts
	shape Shape
}

// New makes a press. shape may be nil where only Latin, Cyrillic and Greek text is set.
func New(fonts Fonts, shape Shape) *Press {
	if shape == nil {
		shape = func(string, float64, int) ([]digest.Segment, float64, bool) { return nil, 0, false }
	}
	return &Press{fonts, shape}
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
	d := p.open(l, size)
	d.draw = draw
	d.head()
	for _, s := range l.Sections {
		if err := d.chapter(s); err != nil {
			return nil, err
		}
	}
	d.notes()
	d.values()
	d.feet()
	var out bytes.Buffer
	if err := d.f.Output(&out); err != nil {
		return nil, fmt.Errorf("write the PDF: %w", err)
	}
	return out.Bytes(), nil
}

func (p *Press) open(l digest.Letter, size [2]float64) *document {
	f := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: size[0] * pt, Ht: size[1] * pt}})
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(0, 0, 0)
	f.SetCompression(true)
	f.AddUTF8FontFromBytes(regular, "", p.fonts.Regular)
	f.AddUTF8FontFromBytes(semibold, "", p.fonts.Semibold)
	f.AddUTF8FontFromBytes(bold, "", p.fonts.Bold)
	f.SetTitle(l.Project+", "+l.Range, true)
	f.SetSubject(l.Subject, true)
	f.SetAuthor(l.Project, true)
	f.SetCreator("Fortnight", true)
	f.SetProducer("Fortnight", true)
	f.SetLang(l.Locale)
	f.SetCatalogSort(true)
	f.SetCreationDate(l.ReadAt.UTC())
	f.SetModificationDate(l.ReadAt.UTC())
	d := &document{f: f, shape: p.shape, letter: l, width: size[0], height: size[1], targets: map[string]int{},
		accent: accentOf(l.Brand)}
	d.page("")
	return d
}
