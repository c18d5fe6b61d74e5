package templates

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
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
		"nbsp":    func() string { return nbsp },
		"mso":     mso,
		"msoCell": msoCell,
		"mark":    superscript,
		"tone":    toneClass,
		"glue":    glue,
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
	out = strings.ReplaceAll(out, "text-align:left;direction:rtl", "text-align:right;direction:rtl")
	return []byte(inherited(out)), nil
}

// inherited says once, on the element around the whole mail, what the compiler says in each text: its type, its side, its colour, where words break.
// Together with the figures of one width it is a sixth of a long mail, and some mail programs cut what weighs over 102 kB. Outlook on
// Windows, whose tables inherit nothing, has rules of its own in the head. A space that does not break is two octets by itself, and six as the
// compiler writes it.
func inherited(html string) string {
	html = strings.NewReplacer("&#xA0;", nbsp, "&#43;", "+", `;">`, `">`).Replace(html)
	const around = `class="bg" style="`
	before, after, there := strings.Cut(html, around)
	at := strings.Index(after, "font-family:")
	if !there || at < 0 {
		return html
	}
	said := after[at : at+strings.Index(after[at:], `"`)]                                     // of the first text, as of each but the cards
	fonts := said[:strings.Index(said, ";font-size:")+1]                                      // the stack has semicolons of its own: those of entities
	const cards, outlook = "font-size:0px;line-height:0px;", "line-height:0px;font-size:0px;" // these have a reason to be of no size
	after = strings.NewReplacer(cards, cards, outlook, outlook,
		`<div style="`+said+`">`, "<div>", fonts, "", "font-size:0px;", "", "word-break:break-word;", "", ";word-break:break-word", "").Replace(after)
	return before + around + said + ";word-break:break-word;font-variant-numeric:tabular-nums;" + after
}

// mso wraps markup that only Outlook on Windows reads. Its argument is always the template's own.
func mso(markup string) template.HTML {
	return template.HTML("<!--[if mso]>" + markup + "<![endif]-->")
}

// msoCell begins the cell of a card for Outlook on Windows, the row with the first, and ends the cell before it.
func msoCell(nth int, wide bool) template.HTML {
	before, cell := "</td>", `<td width="141" valign="top" class="c">`
	if nth == 0 {
		before = "<tr>"
	}
	if wide {
		cell = `<td width="283" colspan="2" valign="top" class="c">`
	}
	return mso(before + cell)
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
