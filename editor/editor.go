// Package editor says what the numbers of a snapshot say, to one audience in one locale: what may be seen, which figures
// stand where, how they changed, what is worth a sentence, what a picture shows. It gives a digest.Letter of finished
// words and numbers, so that layouts compute nothing. It knows nothing of databases, pixels or mail, and the sentences
// themselves stand in the locale: the editor chooses them by key and fills their slots.
//
// All arithmetic of a letter is done here: changes (change.go), what counts as a finding (findings.go), where the
// numbers lie in time (days.go), shares and sums.
package editor

import (
	"fmt"

	"fortnight/digest"
)

// Editor edits. It has no state, so one serves any number of goroutines.
type Editor struct{}

var _ digest.Editor = Editor{}

// Edit says what s says to b.Audience in the words of w. The snapshot is not changed. An error means an audience or a
// section that the editor does not know; numbers that are missing are said to be missing.
func (Editor) Edit(s digest.Snapshot, b digest.Brief, w digest.Words) (digest.Letter, error) {
	if err := known(s, b.Audience); err != nil {
		return digest.Letter{}, err
	}
	hash, err := hashLine(s, b.Content)
	if err != nil {
		return digest.Letter{}, fmt.Errorf("hash the snapshot: %w", err)
	}
	d := newDesk(forReader(plain(s), b), plain(b), w) // from here on nobody sees what the audience may not
	b = d.b

	l := digest.Letter{
		Locale: w.Locale(), Dir: w.Dir(), Audience: b.Audience, Brand: b.Brand, Footer: b.Brand.Footer,
		Project: b.Project, Edition: b.Edition, Hash: hash, Kind: d.kind(),
		Range: w.LongRange(d.s.Period.First(), d.s.Period.Last()),
	}
	l.Sections = d.chapters() // numbers the footnotes in the order in which a reader meets them
	l.Findings = d.findings(anchorsOf(l.Sections))
	l.Preheader = preheader(l.Findings)
	if l.Catching = d.catching(); l.Catching != nil {
		l.Findings = nil // the list of periods stands in their place
	}
	l.Banner, l.Contract = d.bannerAndContract()
	l.Subject, l.Headline = d.subject(), d.headline()
	l.Dates = d.dates()
	l.NotesTitle, l.Notes, l.Footnotes = d.text("notes.title"), d.notes(), d.foot.list
	if d.away > 0 {
		l.Notes = append(l.Notes, d.say("notes.away", digest.N("n", float64(d.away))))
	}
	d.closing(&l)
	if d.b.Attachments.Any() {
		l.Book = d.book(&l)
		l.TooLarge = &digest.TooLarge{Note: d.text("closing.too_large"), Label: d.text("closing.too_large_link")}
	}
	return l, nil
}

// known refuses what there are no words for.
func known(s digest.Snapshot, a digest.Audience) error {
	switch a {
	case digest.Admin, digest.Manager, digest.Executive:
	default:
		return fmt.Errorf("audience %q: there are admin, manager and executive", a)
	}
	for _, sec := range s.Sections {
		if planOf(sec.Key) == nil {
			return fmt.Errorf("section %q has no plan in the editor", sec.Key)
		}
	}
	return nil
}

// hashLine is the first 8 bytes of the edition's hash (of) in groups of four digits: "9f3c 41d7 b20e 6a58". Empty, it is the snapshot's.
func hashLine(s digest.Snapshot, of string) (string, error) {
	h := of
	if h == "" {
		var err error
		if h, err = s.Hash(); err != nil {
			return "", err
		}
	}
	return h[0:4] + " " + h[4:8] + " " + h[8:12] + " " + h[12:16], nil
}

// anchorsOf lists where links of findings can lead.
func anchorsOf(chapters []digest.Chapter) map[string]bool {
	anchors := map[string]bool{}
	for _, c := range chapters {
		anchors[c.Anchor] = true
		for _, p := range c.Pictures {
			anchors[p.Anchor] = true
		}
	}
	return anchors
}

// closing fills the lines at the end of a mail and of a PDF's pages.
func (d *desk) closing(l *digest.Letter) {
	l.EditionLine = d.text("closing.edition", digest.S("edition", l.Edition), digest.S("hash", l.Hash))
	l.ViewLabel, l.PreferencesLabel = d.text("closing.view"), d.text("closing.preferences")
	l.UnsubscribeLabel, l.DefinitionsLabel = d.text("closing.unsubscribe"), d.text("closing.definitions")
	if !d.b.PDF {
		l.PDFLabel = d.text("closing.pdf_link")
	}
	l.Why = d.text("closing.why", digest.S("project", d.closed(d.b.Project)))
	if d.b.AddedBy != "" {
		l.Why = d.text("closing.why_added", digest.S("who", d.closed(d.b.AddedBy)), digest.S("project", d.closed(d.b.Project)))
	}
	if d.b.PDF {
		key := "closing.pdf"
		if d.b.Agent != "" {
			key = "closing.pdf_agent"
		}
		l.Why += " " + d.text(key)
	}
	l.PDFNote = d.text("pdf.note")
	if d.b.Audience == digest.Executive {
		l.PDFNote = d.text("pdf.note_executive")
	}
	if d.b.Agent != "" {
		l.PDFNote = d.text("pdf.note_agent")
	}
	l.PageOf = d.text("pdf.page", digest.S("page", "{page}"), digest.S("pages", "{pages}"))
	l.ValuesTitle, l.ContentsTitle = d.text("pdf.values"), d.text("pdf.contents")
}
