package digest

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"html"
	"slices"
	"strings"
)

// Links are a delivery's own addresses; an empty one leaves its link out.
type Links struct{ View, Preferences, Unsubscribe, PDF, Definitions string }

// Placeholders stand in a variant where a delivery's links will: a variant is laid out once and personalised by
// replacing these strings. They are addresses of the reserved domain .invalid (RFC 2606).
var Placeholders = Links{
	View:        "https://view.fortnight.invalid/",
	Preferences: "https://preferences.fortnight.invalid/",
	Unsubscribe: "https://unsubscribe.fortnight.invalid/",
	PDF:         "https://pdf.fortnight.invalid/",
	Definitions: "https://definitions.fortnight.invalid/",
}

// Personal puts a delivery's links in the places that a page of a variant has for them. escape suits the page:
// html.EscapeString, or none for plain text. A place without a link is an error.
func Personal(page []byte, l Links, escape func(string) string) ([]byte, error) {
	for _, p := range []struct{ name, place, link string }{
		{"view", Placeholders.View, l.View},
		{"preferences", Placeholders.Preferences, l.Preferences},
		{"unsubscribe", Placeholders.Unsubscribe, l.Unsubscribe},
		{"PDF", Placeholders.PDF, l.PDF},
		{"definitions", Placeholders.Definitions, l.Definitions},
	} {
		if !bytes.Contains(page, []byte(p.place)) {
			continue
		}
		if p.link == "" {
			return nil, fmt.Errorf("the variant has a place for a %s link and the delivery has no such link", p.name)
		}
		page = bytes.ReplaceAll(page, []byte(p.place), []byte(escape(p.link)))
	}
	return page, nil
}

// Image is a picture as a mail carries it.
type Image struct {
	Name          string // "activity-incoming_messages.png"
	ContentID     string // without brackets
	Width, Height int    // as shown, CSS pixels; the PNG has two for each
	PNG           []byte
}

// Art tells a layout where each picture is: by Picture.Anchor, and the project's mark by MarkAnchor.
type Art map[string]Placed

// MarkAnchor is the Art key of the mark at the head of a mail; LogoAnchor that of the project's own picture, which takes its place.
const (
	MarkAnchor = "mark"
	LogoAnchor = "logo"
)

// Placed is a picture's address in a layout (cid:…, data:… or a path) and its shown size in CSS pixels.
type Placed struct {
	Src           string
	Width, Height int
}

// Choice is what makes one variant differ from another of the same edition.
type Choice struct {
	Audience Audience
	Locale   string
	PDF      bool   // set the PDF too
	Paper    string // A4 or Letter
	Sections string // keys of those wanted, joined by commas, in the digest's order; "": all
	Agent    string // of open conversations this agent's alone; "": all
}

// Wanted lists the keys of Sections; none: all are wanted.
func (c Choice) Wanted() []string {
	return slices.DeleteFunc(strings.Split(c.Sections, ","), func(key string) bool { return key == "" })
}

// Variant is an edition rendered for one audience and locale: everything that its subscribers' messages share.
type Variant struct {
	Choice  Choice
	Letter  Letter
	HTML    []byte // with Placeholders
	Text    []byte // with Placeholders
	PDF     []byte // nil where Choice.PDF is false; carries no personal link
	PDFName string
	Images  []Image // in reading order, the mark or logo first
	Files   []File  // what the digest attaches beside the PDF, or links where it is too large
}

// Attached are those of the files that a mail carries: all, or where they are too large none.
func (v Variant) Attached() []File {
	if v.Letter.TooLarge != nil {
		return nil
	}
	return v.Files
}

// Nowhere are the links of a copy that is nobody's: an address that leads to nothing, in each place.
func Nowhere(to string) Links {
	return Links{View: to, Preferences: to, Unsubscribe: to, PDF: to, Definitions: to}
}

// Page is the variant's HTML as a page that stands by itself: with a delivery's links, and its pictures inside.
func (v Variant) Page(l Links) ([]byte, error) {
	page, err := Personal(v.HTML, l, html.EscapeString)
	if err != nil {
		return nil, err
	}
	var pairs []string
	size := len(page)
	for _, i := range v.Images {
		data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(i.PNG)
		size += len(data)
		for _, quote := range []string{`"`, `'`} { // one Content-ID may begin another
			pairs = append(pairs, "cid:"+html.EscapeString(i.ContentID)+quote, data+quote)
		}
	}
	var out bytes.Buffer
	out.Grow(size)
	_, err = strings.NewReplacer(pairs...).WriteString(&out, string(page))
	return out.Bytes(), err
}

// Editor says what the numbers say to one audience.
type Editor interface {
	Edit(s Snapshot, b Brief, w Words) (Letter, error)
}

// Drawer draws a chart once; Paint makes a PNG of a drawing at twice its size.
type Drawer interface {
	Draw(p Picture, f Frame, w Words) (Drawing, error)
	Mark(accent Colour) Drawing
	Paint(d Drawing) ([]byte, error)
}

// Layout sets a letter as HTML and as plain text.
type Layout interface {
	Mail(l Letter, art Art, links Links) (html, text []byte, err error)
}

// Press sets a letter as a PDF. It asks for each drawing in the frame it has room for.
type Press interface {
	Set(l Letter, paper string, draw func(Picture, Frame) (Drawing, error)) ([]byte, error)
}

// Studio is where a snapshot becomes something to read: edit, draw, lay out.
type Studio struct {
	Editor Editor
	Drawer Drawer
	Layout Layout
	Press  Press
	Clerk  Clerk // nil: no files are made
	Words  func(locale string) (Words, error)
	Links  Links // the Placeholders of the links that pages exist for
	Most   int   // octets of files that a mail carries; 0: MostAttached
}

// Variant edits, draws and lays out a snapshot for one choice of audience and locale. Each chart is drawn and painted
// once for the mail; the PDF asks for drawings of its own widths. Of sections that are not among those chosen nothing is said.
func (s Studio) Variant(snap Snapshot, b Brief, c Choice) (Variant, error) {
	words, err := s.Words(c.Locale)
	if err != nil {
		return Variant{}, err
	}
	b.Audience, b.PDF = c.Audience, c.PDF
	if c.Agent != "" {
		if b.Content == "" {
			if b.Content, err = snap.Hash(); err != nil {
				return Variant{}, err
			}
		}
		snap, b.Agent = snap.OfAgent(c.Agent), c.Agent
	}
	if snap, b, err = part(snap, b, c.Wanted()); err != nil {
		return Variant{}, err
	}
	logo := b.Logo
	b.Logo = nil
	letter, err := s.Editor.Edit(snap, b, words)
	if err != nil {
		return Variant{}, fmt.Errorf("edit the %s's letter: %w", c.Audience, err)
	}
	letter.ReadAt, letter.Logo = snap.ReadAt, logo
	v := Variant{Choice: c}
	draw := func(p Picture, f Frame) (Drawing, error) {
		f.Accent = b.Brand.Accent
		d, err := s.Drawer.Draw(p, f, words)
		if err != nil {
			return Drawing{}, fmt.Errorf("draw %s: %w", p.Anchor, err)
		}
		return d, nil
	}
	if c.PDF {
		if v.PDF, err = s.Press.Set(letter, c.Paper, draw); err != nil {
			return Variant{}, fmt.Errorf("set the PDF: %w", err)
		}
		v.PDFName = b.Edition + ".pdf"
	}
	if err := s.file(&v, &letter, b.Attachments); err != nil { // the mail says where they are
		return Variant{}, err
	}
	v.Letter = letter
	if err := s.paint(&v, b, logo, draw); err != nil {
		return Variant{}, err
	}
	art := Art{}
	for _, i := range v.Images {
		art[i.anchor()] = Placed{"cid:" + i.ContentID, i.Width, i.Height}
	}
	if v.HTML, v.Text, err = s.Layout.Mail(letter, art, s.Links); err != nil {
		return Variant{}, fmt.Errorf("lay out the mail: %w", err)
	}
	return v, nil
}

// file makes the files of a letter's book, and has the letter say so where they are too large for a mail, the PDF counted.
func (s Studio) file(v *Variant, l *Letter, a Attachments) (err error) {
	book := l.Book
	l.Book = nil
	if book == nil || s.Clerk == nil || !a.Any() {
		l.TooLarge = nil
		return nil
	}
	if v.Files, err = s.Clerk.Files(*book, a); err != nil {
		return fmt.Errorf("make the files: %w", err)
	}
	size := len(v.PDF)
	for _, f := range v.Files {
		size += len(f.Data)
	}
	if size <= cmp.Or(s.Most, MostAttached) {
		l.TooLarge = nil
	}
	return nil
}

// part gives a snapshot, and what the editor is told besides, of some sections alone; no keys: of all.
func part(s Snapshot, b Brief, keys []string) (Snapshot, Brief, error) {
	if len(keys) == 0 {
		return s, b, nil
	}
	hash, err := s.Hash()
	if err != nil {
		return s, b, err
	}
	if b.Content == "" {
		b.Content = hash
	}
	s = s.only(keys)
	b.Sections = len(s.Sections)
	b.Restated = slices.DeleteFunc(slices.Clone(b.Restated), func(r Restatement) bool { return !slices.Contains(keys, r.Section) })
	b.CatchUp = slices.Clone(b.CatchUp)
	for i := range b.CatchUp {
		b.CatchUp[i] = b.CatchUp[i].only(keys)
	}
	return s, b, nil
}

// only gives the snapshot with some of its sections.
func (s Snapshot) only(keys []string) Snapshot {
	s.Sections = slices.DeleteFunc(slices.Clone(s.Sections), func(section Section) bool { return !slices.Contains(keys, section.Key) })
	return s
}

func (s Studio) paint(v *Variant, b Brief, logo *Logo, draw func(Picture, Frame) (Drawing, error)) error {
	add := func(anchor string, d Drawing) error {
		png, err := s.Drawer.Paint(d)
		if err != nil {
			return fmt.Errorf("paint %s: %w", anchor, err)
		}
		v.Images = append(v.Images, Image{
			Name: anchor + ".png", ContentID: anchor + "@fortnight",
			Width: int(d.Width + .5), Height: int(d.Height + .5), PNG: png,
		})
		return nil
	}
	if logo != nil {
		chip, err := logo.onChip()
		if err != nil {
			return err
		}
		v.Images = append(v.Images, Image{
			Name: LogoAnchor + ".png", ContentID: LogoAnchor + "@fortnight", Width: chip.Width, Height: chip.Height, PNG: chip.PNG,
		})
	} else if err := add(MarkAnchor, s.Drawer.Mark(b.Brand.Accent)); err != nil {
		return err
	}
	for _, chapter := range v.Letter.Sections {
		for _, p := range chapter.Pictures {
			if !p.Drawn {
				continue
			}
			d, err := draw(p, Frame{Theme: Light})
			if err != nil {
				return err
			}
			if err := add(p.Anchor, d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (i Image) anchor() string { return i.Name[:len(i.Name)-len(".png")] }
