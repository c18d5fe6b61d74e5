package templates

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"fortnight/digest"
)

// fontStack is the reader's own system font: nothing is fetched.
const fontStack = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

// page is what both layouts are executed with.
type page struct {
	digest.Letter
	theme
	Font       string
	Start, End string // left and right, mirrored where text runs right to left
	Arrow      string
	Joined     bool // letters join: no tracking
	Mark       *shown
	Logo       *shown // shadows the letter's; in place of the mark
	Chapters   []chapter
	Catching   *sheet // shadows the letter's
	Ways       []way
	Files      template.URL // where they are that are too large to be attached
}

type shown struct {
	Src           template.URL
	Width, Height int
	Alt           string
}

type chapter struct {
	digest.Chapter
	Rows     [][]card // cards as they stand four across
	Balance  *balance
	Pictures []picture
	Sheets   []sheet
}

type card struct {
	digest.Card
	Size        string // class of a smaller number, with a space before it
	Provisional bool
	Meaning     template.URL // of the figure; empty: no link
}

// Changed is the card where it has a change line, else nil.
func (c card) Changed() *digest.Card {
	if c.Change == "" {
		return nil
	}
	return &c.Card
}

type balance struct {
	digest.Balance
	Bars []bar
}

type bar struct {
	Key   string
	Width string // "93.9%"
}

type picture struct {
	digest.Picture
	Image *shown // nil where nothing is drawn
}

type sheet struct {
	digest.Sheet
	Lines       []line
	CellPadding string // of all but the first in a row
	Many        bool   // more columns than fit a phone at full size
	Dense       bool   // and more than leave room between them there
}

type line struct {
	Cells []string
	Bold  bool
	Link  string // of the first cell
	Under string // a line below the cells; "": none
}

// way is a link of the closing lines.
type way struct {
	Label string
	URL   template.URL
}

func newPage(l digest.Letter, art digest.Art, links digest.Links) (*page, error) {
	p := &page{Letter: l, theme: newTheme(l.Brand), Font: fontStack, Start: "left", End: "right", Arrow: "›"}
	if l.Dir == "rtl" {
		p.Start, p.End, p.Arrow, p.Joined = "right", "left", "‹", true
	}
	if placed, ok := art[digest.LogoAnchor]; ok {
		p.Logo = newImage(placed, l.Project)
	} else if placed, ok := art[digest.MarkAnchor]; ok {
		p.Mark = newImage(placed, "")
	}
	if l.Catching != nil {
		s := newSheet(*l.Catching, p.Dir)
		p.Catching = &s
	}
	for _, c := range l.Sections {
		v, err := newChapter(c, l.Dir, art, links.Definitions)
		if err != nil {
			return nil, err
		}
		p.Chapters = append(p.Chapters, v)
	}
	if l.TooLarge != nil && links.View != "" {
		p.Files = template.URL(links.View + "#files")
	}
	for _, w := range []way{
		{l.ViewLabel, template.URL(links.View)},
		{l.PDFLabel, template.URL(links.PDF)},
		{l.DefinitionsLabel, template.URL(links.Definitions)},
		{l.PreferencesLabel, template.URL(links.Preferences)},
		{l.UnsubscribeLabel, template.URL(links.Unsubscribe)},
	} {
		if w.URL != "" && w.Label != "" {
			p.Ways = append(p.Ways, w)
		}
	}
	return p, nil
}

func newImage(p digest.Placed, alt string) *shown {
	return &shown{template.URL(p.Src), p.Width, p.Height, alt}
}

// newChapter sees a chapter as it stands in a mail; definitions is the page that says what figures mean, or empty.
func newChapter(c digest.Chapter, dir string, art digest.Art, definitions string) (chapter, error) {
	v := chapter{Chapter: c, Rows: cardRows(c.Cards, definitions), Balance: newBalance(c.Balance)}
	for _, p := range c.Pictures {
		view := picture{Picture: p}
		if p.Drawn {
			placed, ok := art[p.Anchor]
			if !ok {
				return v, fmt.Errorf("no picture is placed for %s", p.Anchor)
			}
			view.Image = newImage(placed, p.Alt)
		}
		v.Pictures = append(v.Pictures, view)
	}
	for _, s := range c.Sheets {
		if s.Page {
			continue
		}
		v.Sheets = append(v.Sheets, newSheet(s, dir))
	}
	return v, nil
}

// cardRows breaks cards into rows of four columns; a wide one takes two.
func cardRows(cards []digest.Card, definitions string) [][]card {
	var rows [][]card
	room := 0
	for _, c := range cards {
		takes := 1
		if c.Wide {
			takes = 2
		}
		if takes > room {
			rows, room = append(rows, nil), 4
		}
		room -= takes
		last := len(rows) - 1
		rows[last] = append(rows[last], card{c, numberSize(c), provisional(c), meaning(c, definitions)})
	}
	return rows
}

// meaning is the address of what a card's figure means; empty where there is none.
func meaning(c digest.Card, definitions string) template.URL {
	if definitions == "" || c.Anchor == "" {
		return ""
	}
	return template.URL(definitions + "#" + url.PathEscape(c.Anchor))
}

// provisional tells whether the layout sets the asterisk; a number that ends with one has it.
func provisional(c digest.Card) bool {
	n := len(c.Parts)
	return c.Tone == digest.Warn && n > 0 && !strings.HasSuffix(c.Parts[n-1].Number, "*")
}

// numberSize chooses a smaller size for a number that a card of 124 px would not hold.
func numberSize(c digest.Card) string {
	var em float64 // digits, units at half the size
	for _, p := range c.Parts {
		em += float64(utf8.RuneCountInString(p.Number)) + float64(utf8.RuneCountInString(p.Unit))*.55 + .5
	}
	if c.Wide {
		em /= 2.1
	}
	switch {
	case em <= 8.2:
		return ""
	case em <= 11:
		return " mid"
	}
	return " little"
}

func newBalance(b *digest.Balance) *balance {
	if b == nil {
		return nil
	}
	v := &balance{Balance: *b}
	for _, x := range b.Bars {
		if x.Share > 0 {
			// Below one percent of the width a part would not be seen.
			v.Bars = append(v.Bars, bar{x.Key, strconv.FormatFloat(max(x.Share, 1), 'f', 1, 64) + "%"})
		}
	}
	return v
}

// newSheet sees a table as it stands in a mail: as many columns as there is room for, and as many rows.
func newSheet(s digest.Sheet, dir string) sheet {
	s = s.Brief()
	v := sheet{Sheet: s, Many: len(s.Head) > 3, Dense: len(s.Head) > 4, CellPadding: "9px 0 9px 14px"}
	if dir == "rtl" {
		v.CellPadding = "9px 14px 9px 0"
	}
	tight := numbersWidth(s) > phoneNumbers
	for i, cells := range s.Rows {
		cells = slices.Clone(cells)
		for j := s.Text; j < len(cells); j++ {
			if utf8.RuneCountInString(cells[j]) <= 8 { // "no data"
				cells[j] = glue(cells[j])
			} else if tight {
				cells[j] = parted(cells[j])
			}
		}
		l := line{Cells: cells, Bold: i < len(s.Bold) && s.Bold[i]}
		if i < len(s.Links) {
			l.Link = s.Links[i]
		}
		if i < len(s.Under) {
			l.Under = s.Under[i]
		}
		v.Lines = append(v.Lines, l)
	}
	return v
}

// phoneNumbers is how much of a phone's 328 px the columns behind the first have before its names are broken inside words.
const phoneNumbers = 244

// numbersWidth is about how many px these columns take on a phone.
func numbersWidth(s digest.Sheet) (px float64) {
	for j := 1; j < len(s.Head); j++ {
		widest := 0.0
		for word := range strings.FieldsSeq(s.Head[j]) {
			widest = max(widest, 6.3*float64(utf8.RuneCountInString(word)))
		}
		for _, cells := range s.Rows {
			if j < len(cells) && j >= s.Text {
				widest = max(widest, 6.6*float64(utf8.RuneCountInString(cells[j])))
			}
		}
		px += widest + 11
	}
	return px
}

// parted lets a long number take two lines where a column is narrow: between the units of a duration, and before a currency.
func parted(cell string) string {
	parts := strings.Split(cell, nbsp)
	switch last := parts[len(parts)-1]; {
	case len(parts) == 4:
		return parts[0] + nbsp + parts[1] + " " + parts[2] + nbsp + last
	case len(parts) == 2 && len(strings.TrimSuffix(last, "*")) == 3 && strings.ToUpper(last) == last:
		return parts[0] + " " + last
	}
	return cell
}

// DarkAt is the dark palette under a selector that goes before every rule.
func (p *page) DarkAt(at string) any {
	return struct {
		palette
		At string
	}{p.Dark, at}
}

// CardsPadding is the end of a padding whose start is the text's edge; cards bring 14 px at their own end.
func (p *page) CardsPadding() string {
	if p.Dir == "rtl" {
		return "24px 0 10px"
	}
	return "10px 0 24px"
}

// CardPadding keeps cards apart: 14 px at the end and 26 below.
func (p *page) CardPadding() string {
	if p.Dir == "rtl" {
		return "0 0 26px 14px"
	}
	return "0 14px 26px 0"
}

// run is a stretch of the edition line.
type run struct {
	Text         string
	Strong, Code bool
}

// EditionRuns sets the edition's name and its hash off from the words around them.
func (p *page) EditionRuns() []run {
	runs := []run{{Text: p.EditionLine}}
	for _, cut := range []run{{Text: p.Edition, Strong: true}, {Text: p.Hash, Code: true}} {
		last := runs[len(runs)-1]
		before, after, ok := strings.Cut(last.Text, cut.Text)
		if cut.Text == "" || !ok {
			continue
		}
		runs = append(runs[:len(runs)-1], run{Text: before}, cut, run{Text: after})
	}
	return slices.DeleteFunc(runs, func(r run) bool { return r.Text == "" })
}
