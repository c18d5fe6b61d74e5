package pdf

import (
	"fmt"

	"fortnight/digest"
)

// head sets the first page down to the findings: banner, headline, period contract, findings, catch-up list.
func (d *document) head() {
	l := d.letter
	d.here("summary", orElse(l.ContentsTitle, l.Kind), 0)
	d.y += 20
	if b := l.Banner; b != nil {
		d.banner(*b)
	} else {
		d.y += 10
	}
	for _, s := range l.Headline {
		d.y += d.paragraph(side, d.y, d.room(), []run{{text: s, weight: 700, colour: ink}}, 41, 47)
	}
	d.y += 14
	d.y += d.paragraph(side, d.y, d.room(), plain(l.Dates, ink2), 13.5, 20)
	d.y += d.paragraph(side, d.y, d.room(), runs(l.Contract, ink3, ink2, 600), type10, 15)
	d.y += 28
	for _, f := range l.Findings {
		d.finding(f)
	}
	d.y += 24
	if l.Catching != nil {
		d.sheet(*l.Catching)
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (d *document) banner(b digest.Banner) {
	edge, ground := ink3, digest.Colour(0xF3F4F6FF)
	switch b.Kind {
	case "failed":
		edge, ground = worse, 0xFCF0F0FF
	case "late", "catchup":
		edge, ground = d.accent, 0xEFF0FCFF
	}
	w := d.room() - 36
	title := []run{{text: b.Title, weight: 600, colour: ink}}
	h := d.tall(w, title, type14, 20) + d.tall(w, plain(b.Text, ink2), 13, 19) + 24
	d.rule(side, d.y, d.room(), h, ground)
	if d.rtl() {
		d.rule(side+d.room()-3, d.y, 3, h, edge)
	} else {
		d.rule(side, d.y, 3, h, edge)
	}
	y := d.y + 12
	y += d.paragraph(side+18, y, w, title, type14, 20)
	d.paragraph(side+18, y, w, plain(b.Text, ink2), 13, 19)
	d.y += h + 26
}

func toneColour(t digest.Tone, otherwise digest.Colour) digest.Colour {
	switch t {
	case digest.Better:
		return better
	case digest.Worse:
		return worse
	case digest.Warn:
		return warn
	}
	return otherwise
}

func (d *document) finding(f digest.Finding) {
	const tag = 74.0
	w := d.room() - tag
	text := runs(f.Text, ink, ink, 700)
	h := d.tall(w, text, 15.5, 22)
	d.fits(h + 24)
	d.rule(side, d.y, d.room(), 1, hairline)
	tagX, textX := side, side+tag
	if d.rtl() {
		tagX, textX = side+w, side
	}
	d.paragraph(tagX, d.y+11, tag, []run{{text: f.Word, weight: 600, colour: toneColour(f.Tone, ink3)}}, 12, 22)
	if f.Anchor != "" {
		for i := range text {
			text[i].link = d.target(f.Anchor)
		}
	}
	d.paragraph(textX, d.y+11, w, text, 15.5, 22)
	d.y += h + 24
}

// chapter sets a section. It begins a page unless much of this one is free.
func (d *document) chapter(c digest.Chapter) error {
	if d.f.PageNo() == 1 && d.letter.Audience == digest.Executive {
		d.running = "" // a brief runs on
	}
	if d.left() < 0.34*d.height {
		d.page(c.Title)
	} else if d.y > top+60 {
		d.y += 18
	}
	d.running = c.Title
	d.y += 6
	d.here(orElse(c.Anchor, c.Key), c.Title, 0)
	d.y += d.paragraph(side, d.y, d.room(), []run{{text: c.Title, weight: 700, colour: ink}}, 27, 32)
	d.y += 4 + d.paragraph(side, d.y+2, d.room(), plain(c.Status, ink3), type10, 15)
	d.y += 14
	d.cards(c.Cards)
	if c.Balance != nil {
		d.balance(*c.Balance)
	}
	if len(c.Message) > 0 {
		d.fits(40)
		d.y += d.paragraph(side, d.y, d.room(), runs(c.Message, ink2, ink, 600), 13.5, 20) + 16
	}
	if err := d.pictures(c.Pictures); err != nil {
		return err
	}
	for _, s := range c.Sheets {
		d.sheet(s)
	}
	return nil
}

// cards sets figures four to a row.
func (d *document) cards(cards []digest.Card) {
	const gap = 18.0
	type placed struct {
		card digest.Card
		col  int
		span int
	}
	var rows [][]placed
	col := 4
	for _, c := range cards {
		span := 1
		if c.Wide {
			span = 2
		}
		if col+span > 4 {
			rows, col = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], placed{c, col, span})
		col += span
	}
	for _, row := range rows {
		h := 0.0
		for _, p := range row {
			_, w := d.column(0, 4, gap)
			w = w*float64(p.span) + gap*float64(p.span-1)
			h = max(h, d.card(p.card, 0, w, true))
		}
		d.fits(h)
		for _, p := range row {
			x, w := d.column(p.col, 4, gap)
			if d.rtl() && p.span == 2 {
				x -= w + gap
			}
			d.card(p.card, x, w*float64(p.span)+gap*float64(p.span-1), false)
		}
		d.y += h
	}
	if len(cards) > 0 {
		d.y += 6
	}
}

// card sets one figure in a column and gives its height; a dry one only measures.
func (d *document) card(c digest.Card, x, w float64, dry bool) float64 {
	label := []run{{text: c.Label + superscript(c.Mark), weight: 400, colour: ink2}}
	var change []run
	if c.Change != "" {
		if c.Dot {
			change = append(change, run{text: "●\u00a0", weight: 400, colour: worse})
		}
		change = append(change, run{text: c.Change, weight: 600, colour: toneColour(c.Colour, ink2)})
		if c.From != "" {
			change = append(change, run{text: " " + c.From, weight: 400, colour: ink3})
		}
	}
	if c.Under != "" {
		if len(change) > 0 {
			change = append(change, run{text: " ", weight: 400, colour: ink3})
		}
		change = append(change, run{text: c.Under, weight: 400, colour: ink3})
	}
	labelH, changeH := d.tall(w, label, type11, 16), d.tall(w, change, type11, 16)
	h := 10 + labelH + 37 + changeH + 18
	if dry {
		return h
	}
	y := d.y
	d.rule(x, y, w, 1, hairline)
	y += 10
	y += d.paragraph(x, y, w, label, type11, 16)
	at := x
	if d.rtl() {
		at = x + w - d.numberWidth(c)
	}
	switch {
	case c.Nil != "":
		size := 24.0
		if c.Small {
			size = type15
		}
		d.say(at, y+26, c.Nil, size, 600, ink3)
	default:
		for i, p := range c.Parts {
			if i > 0 {
				at += 6
			}
			at += d.say(at, y+28, p.Number, 29, 700, toneColour(c.Tone, ink))
			if p.Unit != "" {
				at += d.say(at, y+28, "\u00a0"+p.Unit, type14, 600, toneColour(c.Tone, ink))
			}
		}
	}
	y += 37
	d.paragraph(x, y, w, change, type11, 16)
	return h
}

func (d *document) numberWidth(c digest.Card) float64 {
	if c.Nil != "" {
		size := 24.0
		if c.Small {
			size = type15
		}
		return d.measure(c.Nil, size, 600)
	}
	w := 0.0
	for i, p := range c.Parts {
		if i > 0 {
			w += 6
		}
		w += d.measure(p.Number, 29, 700)
		if p.Unit != "" {
			w += d.measure("\u00a0"+p.Unit, type14, 600)
		}
	}
	return w
}

// balance sets the reconciliation: a bar of shares, the sum in words, its small print.
func (d *document) balance(b digest.Balance) {
	text := plain(b.Text, ink3)
	h := 16 + d.tall(d.room(), runs(b.Line, ink, ink, 700), type14, 20) + d.tall(d.room(), text, type10, 15) + 24
	d.fits(h)
	const gap = 3.0
	shown := 0
	for _, bar := range b.Bars {
		if bar.Share > 0 {
			shown++
		}
	}
	x, free := side, d.room()-gap*float64(max(shown-1, 0))
	colours := map[string]digest.Colour{"handled": d.accent, "missed": worse, "waiting": waiting}
	for _, bar := range b.Bars {
		if bar.Share <= 0 {
			continue
		}
		w := free * bar.Share / 100
		at := x
		if d.rtl() {
			at = 2*side + d.room() - x - w
		}
		d.brush(colours[bar.Key])
		d.f.RoundedRect(at*pt, d.y*pt, w*pt, 9*pt, min(4.5, w/2)*pt, "1234", "F")
		x += w + gap
	}
	if shown > 0 {
		d.y += 16
	}
	d.y += d.paragraph(side, d.y, d.room(), runs(b.Line, ink, ink, 700), type14, 20)
	d.y += 2 + d.paragraph(side, d.y+2, d.room(), text, type10, 15)
	d.y += 24
}

// pictures sets charts: halves side by side, the others over the whole width.
func (d *document) pictures(all []digest.Picture) error {
	for i := 0; i < len(all); {
		n := 1
		if all[i].Half && i+1 < len(all) && all[i+1].Half {
			n = 2
		}
		if err := d.pictureRow(all[i:i+n], all[i].Half); err != nil {
			return err
		}
		i += n
	}
	return nil
}

func (d *document) pictureRow(row []digest.Picture, half bool) error {
	columns := 1
	if half {
		columns = 2
	}
	_, w := d.column(0, columns, gutter)
	drawings := make([]digest.Drawing, len(row))
	words, plot := 0.0, 0.0
	for i, p := range row {
		words = max(words, d.tall(w, d.title(p), type14, 19)+2+d.tall(w, d.caption(p), type11, 16))
		if !p.Drawn {
			continue
		}
		g, err := d.draw(p, digest.Frame{Width: w, Theme: digest.Light, Bare: true})
		if err != nil {
			return fmt.Errorf("the PDF's %s: %w", p.Anchor, err)
		}
		drawings[i] = g
		plot = max(plot, g.Height)
	}
	d.fits(words + plot + 10)
	for i, p := range row {
		x, w := d.column(i, columns, gutter)
		d.here(p.Anchor, p.Title, 1)
		h := d.paragraph(x, d.y, w, d.title(p), type14, 19)
		d.paragraph(x, d.y+h+2, w, d.caption(p), type11, 16)
		if p.Drawn {
			d.replay(drawings[i], x, d.y+words+4, 1)
		}
	}
	d.y += words + plot + 26
	return nil
}

func (d *document) title(p digest.Picture) []run {
	return []run{{text: p.Title, weight: 600, colour: ink}}
}

func (d *document) caption(p digest.Picture) []run {
	return plain(p.Caption+superscript(p.Mark), ink2)
}

// sheet sets a table: words start-aligned, numbers end-aligned, the head repeated on each page it runs over.
func (d *document) sheet(s digest.Sheet) {
	const line = 24.0
	d.fits(60 + 2*line)
	if s.Title != "" {
		d.here(s.Anchor, s.Title, 1)
		d.y += d.paragraph(side, d.y, d.room(), []run{{text: s.Title, weight: 600, colour: ink}}, type14, 19)
		if s.Caption != "" {
			d.y += 2 + d.paragraph(side, d.y+2, d.room(), plain(s.Caption, ink2), type11, 16)
		}
		d.y += 8
	}
	row := func(cells []string, weight int, c digest.Colour) {
		n := len(cells)
		first := 0.3
		if n == 1 {
			first = 1
		}
		d.rule(side, d.y, d.room(), 1, hairline)
		for i, cell := range cells {
			from, to := 0.0, first
			if i > 0 {
				each := (1 - first) / float64(n-1)
				from, to = first+each*float64(i-1), first+each*float64(i)
			}
			cell = d.ellipsis(cell, (to-from)*d.room()-8, 12, weight)
			atEnd := i >= s.Text
			x0, x1 := side+from*d.room(), side+to*d.room()
			if d.rtl() {
				x0, x1 = 2*side+d.room()-x1, 2*side+d.room()-x0
				atEnd = !atEnd
			}
			if atEnd {
				d.sayEnd(x1, d.y+16.5, cell, 12, weight, c)
			} else {
				d.say(x0, d.y+16.5, cell, 12, weight, c)
			}
		}
		d.y += line
	}
	row(s.Head, 400, ink3)
	for i, cells := range s.Rows {
		if d.left() < line {
			d.page(d.running)
			row(s.Head, 400, ink3)
		}
		weight := 400
		if i < len(s.Bold) && s.Bold[i] {
			weight = 600
		}
		row(cells, weight, ink)
	}
	d.y += 26
}

// ellipsis cuts a text that is wider than w.
func (d *document) ellipsis(text string, w, size float64, weight int) string {
	if d.measure(text, size, weight) <= w {
		return text
	}
	letters := []rune(text)
	for len(letters) > 1 && d.measure(string(letters)+"…", size, weight) > w {
		letters = letters[:len(letters)-1]
	}
	return string(letters) + "…"
}

// notes sets restatements, notes and footnotes.
func (d *document) notes() {
	l := d.letter
	if len(l.Notes) == 0 && len(l.Footnotes) == 0 && l.Footer == "" {
		return
	}
	d.fits(70)
	d.y += 4
	d.rule(side, d.y, d.room(), 1.5, ink)
	d.y += 10
	if l.NotesTitle != "" {
		d.here("notes", l.NotesTitle, 0)
		d.y += d.paragraph(side, d.y, d.room(), []run{{text: l.NotesTitle, weight: 600, colour: ink}}, type14, 19) + 4
	}
	for _, n := range l.Notes {
		text := runs(n, ink2, ink, 600)
		d.fits(d.tall(d.room(), text, type10, 15))
		d.y += d.paragraph(side, d.y, d.room(), text, type10, 15) + 3
	}
	for _, n := range l.Footnotes {
		text := plain(n.Mark+". "+n.Text, ink3)
		d.fits(d.tall(d.room(), text, type10, 15))
		d.y += d.paragraph(side, d.y, d.room(), text, type10, 15)
	}
	if l.Footer != "" {
		d.fits(30)
		d.y += 8 + d.paragraph(side, d.y+8, d.room(), plain(l.Footer, ink3), type10, 15)
	}
	d.y += 22
}

// values sets what the mail gives as alternative text: each chart's values, to be searched, copied and read aloud.
func (d *document) values() {
	begun := false
	for _, c := range d.letter.Sections {
		for _, p := range c.Pictures {
			if p.Alt == "" {
				continue
			}
			title := []run{{text: p.Title, weight: 600, colour: ink}}
			w := d.room() - 180
			h := max(d.tall(w, plain(p.Alt, ink2), type10, 15), d.tall(168, title, type10, 15)) + 12
			if !begun {
				begun = true
				if d.left() < 120+h {
					d.page(d.letter.ValuesTitle)
				}
				d.running = d.letter.ValuesTitle
				d.y += 6
				d.here("values", d.letter.ValuesTitle, 0)
				d.y += d.paragraph(side, d.y, d.room(), []run{{text: d.letter.ValuesTitle, weight: 600, colour: ink}}, type14, 19) + 8
			}
			d.fits(h)
			d.rule(side, d.y, d.room(), 1, hairline)
			titleX, textX := side, side+180
			if d.rtl() {
				titleX, textX = side+w+12, side
			}
			d.paragraph(titleX, d.y+5, 168, title, type10, 15)
			d.paragraph(textX, d.y+5, w, plain(p.Alt, ink2), type10, 15)
			d.y += h
		}
	}
}
