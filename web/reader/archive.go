package reader

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fortnight/digest"
)

// The widths that charts are drawn for, in CSS pixels. One drawing serves two charts side by side, where it is shown at 416, and a
// phone, where it is shown at 312: its type is between what the two would have. A wide one is drawn for each, as it has no room to lose.
const (
	width       = 340
	wideWidth   = 880
	narrowWidth = 296
)

// heaviest is the most bytes that the page has, where tables left out can help.
const heaviest = 98_000

// archive is an edition as its page shows it.
type archive struct {
	page
	L              *digest.Letter
	ForWhom        string
	NotesTitle     string
	Earlier, Later *other
	PDF, Workbook  *download
	TablesAt       string
	MailAt         string
	Catching       *table
	Chapters       []chapter
}

// other is a link to another edition.
type other struct{ At, Range string }

// download is a link to a file, with its size in the label where it is known.
type download struct{ At, Label string }

type chapter struct {
	digest.Chapter
	Cards   []card
	Balance *balance
	Figures []figure
	Sheets  []table
}

type card struct {
	digest.Card
	MeansAt string
}

type balance struct {
	digest.Balance
	Bars []bar
}

// bar is a part of a bar 1000 long.
type bar struct {
	X, W   string
	Colour string // a name of the style sheets
}

type figure struct {
	digest.Picture
	Full    bool          // it has a row of its own
	Beside  bool          // its table stands beside it
	Drawing template.HTML // "" where nothing is drawn
	Narrow  template.HTML // for a phone; "" where Drawing serves it too
	Table   *table        // nil: no values
}

// archive shows an edition better than a mail can: with tables to sort, values at the pictures, and files.
func (a *pages) archive(w http.ResponseWriter, r *http.Request) {
	v, ok := a.reading(w, r)
	if !ok {
		return
	}
	page, err := a.edition(r, v)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	pack(w, r, func(w http.ResponseWriter) {
		for {
			body, err := a.p.set("archive", page)
			if err == nil && len(body) > heaviest && page.lighten(len(body)-heaviest) {
				continue
			}
			a.p.give(w, http.StatusOK, "archive", body, err)
			return
		}
	})
}

// lighten leaves tables out that the page can be asked for, the longest first, until about so many bytes are gone. It tells whether
// there was one.
func (a *archive) lighten(over int) (lighter bool) {
	var all []*table
	for i := range a.Chapters {
		for j := range a.Chapters[i].Figures {
			if t := a.Chapters[i].Figures[j].Table; t != nil && !t.Away && !t.Open {
				all = append(all, t)
			}
		}
	}
	slices.SortStableFunc(all, func(p, q *table) int { return q.weighs() - p.weighs() })
	for _, t := range all {
		if over <= 0 {
			break
		}
		t.Away, lighter = true, true
		over -= t.weighs()
	}
	return lighter
}

// edition lays out an edition's page.
func (a *pages) edition(r *http.Request, v Reading) (*archive, error) {
	l := &v.Variant.Letter
	words := a.p.choose(l.Locale, v.Locale)
	self := a.p.base + "/view/" + strconv.FormatInt(v.Edition, 10) + "/" + r.PathValue("token")
	out := &archive{
		page: a.p.about(words, r.PathValue("token"), v.Subscription), L: l,
		NotesTitle: l.NotesTitle, TablesAt: self + "/csv", MailAt: self + "/mail",
		ForWhom: words.Phrase("web.archive.for." + string(l.Audience)).String(),
	}
	if out.NotesTitle == "" {
		out.NotesTitle = words.Phrase("notes.title").String()
	}
	if v.PDF != nil {
		out.PDF = &download{At: self + "/pdf", Label: "PDF"}
		if v.PDF.Size > 0 {
			out.PDF.Label = words.Phrase("web.archive.pdf", digest.S("size", size(words, v.PDF.Size))).String()
		}
	}
	for _, f := range v.Variant.Files {
		if strings.HasSuffix(f.Name, ".xlsx") {
			out.Workbook = &download{At: self + "/file/" + url.PathEscape(f.Name), Label: words.Phrase("web.archive.workbook", digest.S("size", size(words, len(f.Data)))).String()}
		}
	}
	for _, n := range []struct {
		neighbour *Neighbour
		link      **other
	}{{v.Before, &out.Earlier}, {v.After, &out.Later}} {
		if n.neighbour != nil {
			from, to := n.neighbour.Period.First(), n.neighbour.Period.Last()
			*n.link = &other{At: a.p.base + "/view/" + strconv.FormatInt(n.neighbour.Edition, 10) + "/" + r.PathValue("token"), Range: words.Range(from, to)}
		}
	}
	set := tables{words: words, self: self, sorted: sortOf(r)}
	if l.Catching != nil {
		t := set.ofSheet(*l.Catching)
		out.Catching = &t
	}
	for _, c := range l.Sections {
		ch, err := a.chapter(&set, l, c, out.DefinitionsAt)
		if err != nil {
			return nil, err
		}
		out.Chapters = append(out.Chapters, ch)
	}
	return out, nil
}

func (a *pages) chapter(set *tables, l *digest.Letter, c digest.Chapter, definitions string) (chapter, error) {
	out := chapter{Chapter: c}
	for _, k := range c.Cards {
		out.Cards = append(out.Cards, card{k, definitions + "#" + c.Key + "-" + k.Key})
	}
	if c.Balance != nil {
		out.Balance = balanced(*c.Balance)
	}
	for _, p := range c.Pictures {
		f, err := a.figure(set, l, p)
		if err != nil {
			return out, err
		}
		out.Figures = append(out.Figures, f)
	}
	arrange(out.Figures)
	for _, s := range c.Sheets {
		out.Sheets = append(out.Sheets, set.ofSheet(s))
	}
	return out, nil
}

func (a *pages) figure(set *tables, l *digest.Letter, p digest.Picture) (figure, error) {
	f := figure{Picture: p, Full: p.Drawn && wide(&p.Chart)}
	if !p.Drawn {
		return f, nil
	}
	draw := func(into *template.HTML, width float64) error {
		svg, err := a.c.Draw(*l, p, width)
		if err != nil {
			return fmt.Errorf("draw %s: %w", p.Anchor, err)
		}
		*into = template.HTML(svg) // markup of our own: the drawer escapes what it writes
		return nil
	}
	var err error
	if f.Full {
		err = errors.Join(draw(&f.Drawing, wideWidth), draw(&f.Narrow, narrowWidth))
	} else {
		err = draw(&f.Drawing, width)
	}
	if t, ok := set.ofPicture(p); ok {
		f.Table = &t
	}
	return f, err
}

// wide tells charts that half a row is too narrow for: those with as many columns as a day has hours, and those whose rows have long names.
func wide(c *digest.Chart) bool {
	switch c.Kind {
	case digest.Flow, digest.Heatmap:
		return true
	case digest.StackedBar:
		return len(c.Series) > 0 && len(c.Series[0].Points) > 0 && c.Series[0].Points[0].At.IsZero()
	}
	return false
}

// arrange puts what stands in pairs first, then rows of their own, then what is not drawn, so that no place in the grid is empty: the
// last of an odd number has a row with its table beside it.
func arrange(all []figure) {
	kind := func(f figure) int {
		switch {
		case !f.Drawn:
			return 2
		case f.Full:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b figure) int { return kind(a) - kind(b) })
	for i, f := range all {
		first := slices.IndexFunc(all, func(o figure) bool { return kind(o) == kind(f) })
		last := i+1 == len(all) || kind(all[i+1]) != kind(f)
		if f.Full || !last || (i-first)%2 == 1 {
			continue
		}
		all[i].Full = true
		if f.Table != nil {
			all[i].Beside, f.Table.Open = true, true
		}
	}
}

func balanced(b digest.Balance) *balance {
	out := &balance{Balance: b}
	colours := map[string]string{"handled": "--ca", "missed": "--cm", "waiting": "--cw"}
	x := 0.0
	for _, part := range b.Bars {
		w := part.Share * 10
		colour := colours[part.Key]
		if colour == "" {
			colour = "--cx"
		}
		if w > 0 {
			out.Bars = append(out.Bars, bar{strconv.FormatFloat(x, 'f', 1, 64), strconv.FormatFloat(w, 'f', 1, 64), colour})
		}
		x += w
	}
	return out
}

// size prints a file's: "212 kB", "1.4 MB".
func size(w digest.Words, bytes int) string {
	const k = 1000
	if bytes < k*k {
		return w.Count(float64(max(1, (bytes+k/2)/k))) + "\u00a0kB"
	}
	return w.Decimal(float64(bytes)/k/k, 1) + "\u00a0MB"
}

// tone is the class of a meaning.
func tone(t digest.Tone) string {
	switch t {
	case digest.Better:
		return "good"
	case digest.Worse:
		return "bad"
	case digest.Warn:
		return "warn"
	}
	return "mute"
}

// sign is the icon before a finding.
func sign(t digest.Tone) string {
	switch t {
	case digest.Better:
		return "better"
	case digest.Worse:
		return "worse"
	case digest.Warn:
		return "warning"
	}
	return "clock"
}

// file names what is downloaded after its edition: "SD-2020-W13-activity-conversations.csv".
func file(parts ...string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "-"))
	if len(name) > 120 {
		name = name[:120]
	}
	return strings.Trim(name, ".-")
}
