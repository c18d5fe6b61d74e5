package templates

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	texttemplate "text/template"
	"unicode/utf8"

	"github.com/preslavrachev/gomjml/mjml"

	"fortnight/digest"
)

//go:embed mail.mjml
var mailSource string

//go:embed mail.txt
var textSource string

// fontStack is the reader's own system font: nothing is fetched.
const fontStack = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

// Layout sets a letter as the HTML and the plain text of a mail. It implements digest.Layout and may be used by many
// goroutines.
type Layout struct {
	html *template.Template
	text *texttemplate.Template
}

var _ digest.Layout = (*Layout)(nil)

// New parses the templates.
func New() (*Layout, error) {
	h, err := template.New("mail.mjml").Option("missingkey=error").Funcs(template.FuncMap{
		"nbsp": func() string { return nbsp },
		"mso":  mso,
		"mark": superscript,
		"tone": toneClass,
		"glue": glue,
	}).Parse(mailSource)
	if err != nil {
		return nil, fmt.Errorf("parse the mail's layout: %w", err)
	}
	t, err := texttemplate.New("mail.txt").Option("missingkey=error").Funcs(textFuncs()).Parse(textSource)
	if err != nil {
		return nil, fmt.Errorf("parse the plain text's layout: %w", err)
	}
	return &Layout{h, t}, nil
}

// Mail lays a letter out. art places the mark and every drawn picture; one that is missing is an error. The addresses
// in links stand in both parts as they are given (in the HTML escaped as html.EscapeString does), and nothing else
// depends on them, so that replacing digest.Placeholders in both gives what the real addresses would have given. An
// empty address drops its link.
func (l *Layout) Mail(letter digest.Letter, art digest.Art, links digest.Links) (html, text []byte, err error) {
	p, err := newPage(letter, art, links)
	if err != nil {
		return nil, nil, err
	}
	var source bytes.Buffer
	if err := l.html.Execute(&source, p); err != nil {
		return nil, nil, fmt.Errorf("fill the mail's layout: %w", err)
	}
	if html, err = compile(source.String(), letter.Dir); err != nil {
		return nil, nil, err
	}
	var plain bytes.Buffer
	if err := l.text.Execute(&plain, p); err != nil {
		return nil, nil, fmt.Errorf("fill the plain text's layout: %w", err)
	}
	return html, tidyText(plain.Bytes()), nil
}

// Noncharacters stand for what gomjml must not see (measured, v0.12.0): it unescapes entities before it parses, which
// would turn escaped data back into markup, and fetches a web font for a stack that names Roboto. Data that holds one
// could only become the "&" of an entity, never markup.
var (
	shelter   = strings.NewReplacer("&", "\uFDD0", "Roboto", "\uFDD1")
	unshelter = strings.NewReplacer("\uFDD0", "&", "\uFDD1", "Roboto")
)

// compile turns executed MJML into HTML.
func compile(source, dir string) ([]byte, error) {
	out, err := mjml.Render(shelter.Replace(source))
	if err != nil {
		return nil, fmt.Errorf("compile the mail's layout: %w", err)
	}
	out = unshelter.Replace(out)
	// The compiler leaves the direction of the body to the reader's program, and sets columns to the left: both are known.
	out = strings.Replace(out, `dir="auto"`, `dir="`+dir+`"`, 1)
	return []byte(strings.ReplaceAll(out, "text-align:left;direction:rtl", "text-align:right;direction:rtl")), nil
}

// page is what both layouts are executed with.
type page struct {
	digest.Letter
	theme
	Font       string
	Start, End string // left and right, mirrored where text runs right to left
	Arrow      string
	Joined     bool // letters join: no tracking
	Mark       *shown
	Chapters   []chapter
	Catching   *sheet // shadows the letter's
	Ways       []way
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
	Lines []line
	Many  bool // more columns than fit a phone at full size
}

type line struct {
	Cells []string
	Bold  bool
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
	if placed, ok := art[digest.MarkAnchor]; ok {
		p.Mark = newImage(placed, "")
	}
	if l.Catching != nil {
		s := newSheet(*l.Catching)
		p.Catching = &s
	}
	for _, c := range l.Sections {
		v, err := newChapter(c, art)
		if err != nil {
			return nil, err
		}
		p.Chapters = append(p.Chapters, v)
	}
	for _, w := range []way{
		{l.ViewLabel, template.URL(links.View)},
		{l.PreferencesLabel, template.URL(links.Preferences)},
		{l.UnsubscribeLabel, template.URL(links.Unsubscribe)},
	} {
		if w.URL != "" {
			p.Ways = append(p.Ways, w)
		}
	}
	return p, nil
}

func newImage(p digest.Placed, alt string) *shown {
	return &shown{template.URL(p.Src), p.Width, p.Height, alt}
}

func newChapter(c digest.Chapter, art digest.Art) (chapter, error) {
	v := chapter{Chapter: c, Rows: cardRows(c.Cards), Balance: newBalance(c.Balance)}
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
		v.Sheets = append(v.Sheets, newSheet(s))
	}
	return v, nil
}

// cardRows breaks cards into rows of four columns; a wide one takes two.
func cardRows(cards []digest.Card) [][]card {
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
		rows[last] = append(rows[last], card{c, numberSize(c), provisional(c)})
	}
	return rows
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

func newSheet(s digest.Sheet) sheet {
	v := sheet{Sheet: s, Many: len(s.Head) > 4}
	for i, cells := range s.Rows {
		v.Lines = append(v.Lines, line{cells, i < len(s.Bold) && s.Bold[i]})
	}
	return v
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

// mso wraps markup that only Outlook on Windows reads. Its argument is always the template's own.
func mso(markup string) template.HTML {
	return template.HTML("<!--[if mso]>" + markup + "<![endif]-->")
}

// superscript sets a footnote's mark raised behind its word: "minute ¹". Marks that Unicode cannot raise stand in brackets.
func superscript(mark string) string {
	if mark == "" {
		return ""
	}
	raised := strings.Map(func(r rune) rune {
		if i := strings.IndexRune("0123456789", r); i >= 0 {
			return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[i]
		}
		return -1
	}, mark)
	if utf8.RuneCountInString(raised) != utf8.RuneCountInString(mark) {
		raised = "(" + mark + ")"
	}
	return narrow + raised
}

// glue keeps the words of a short link on one line; a long one may break.
func glue(label string) string {
	if utf8.RuneCountInString(label) > 24 {
		return label
	}
	return strings.ReplaceAll(label, " ", nbsp)
}

// toneClass is the class that colours a tone; plain takes the class given.
func toneClass(t digest.Tone, plain string) string {
	switch t {
	case digest.Better:
		return "gd"
	case digest.Worse:
		return "bd"
	case digest.Warn:
		return "wn"
	}
	return plain
}
