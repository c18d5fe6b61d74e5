package pdf

import "fortnight/digest"

// The height of lines and what stands between blocks, px.
const (
	aboveChapter = 38.0
	abovePicture = 22.0
)

// summary collects what stands before the sections: banner, headline, period contract, findings, the list of a catch-up.
func (d *document) summary() {
	l := d.letter
	d.heading(0, 8, func() { d.here("summary", orElse(l.ContentsTitle, l.Kind), 0) })
	if b := l.Banner; b != nil {
		d.banner(*b)
	}
	for i, s := range l.Headline {
		text := []run{{text: s, weight: 700, colour: ink}}
		gap := 0.0
		if i == 0 {
			gap = 14
		}
		d.heading(gap, d.tall(d.room(), text, 40, 46), func() { d.paragraph(side, d.y, d.room(), text, 40, 46) })
	}
	dates, contract := plain(l.Dates, ink2), runs(l.Contract, ink3, ink2, 600)
	datesH := d.tall(d.room(), dates, 13.5, 20)
	d.whole(12, datesH+d.tall(d.room(), contract, type10, 15), func() {
		d.paragraph(side, d.y, d.room(), dates, 13.5, 20)
		d.paragraph(side, d.y+datesH, d.room(), contract, type10, 15)
	})
	for i, f := range l.Findings {
		gap := 0.0
		if i == 0 {
			gap = 24
		}
		d.finding(gap, f)
	}
	if l.Catching != nil {
		d.sheet(26, *l.Catching)
	}
}

func (d *document) banner(b digest.Banner) {
	edge, ground := ink3, digest.Colour(0xF3F4F6FF)
	switch b.Kind {
	case "failed":
		edge, ground = worse, 0xFCF0F0FF
	case "late", "catchup":
		edge, ground = d.accent, over(d.accent&^0xFF|0x15, 0xFFFFFFFF)
	}
	w := d.room() - 36
	title, text := strong(b.Title), plain(b.Text, ink2)
	titleH := d.tall(w, title, type14, 20)
	h := titleH + d.tall(w, text, 13, 19) + 24
	d.whole(6, h, func() {
		d.rule(side, d.y, d.room(), h, ground)
		d.rule(d.mirrored(side, 3), d.y, 3, h, edge)
		x := d.mirrored(side+18, w)
		d.paragraph(x, d.y+12, w, title, type14, 20)
		d.paragraph(x, d.y+12+titleH, w, text, 13, 19)
	})
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

// finding sets a sentence under a line, its meaning as a word in front; the sentence leads to its chart.
func (d *document) finding(gap float64, f digest.Finding) {
	word := []run{{text: f.Word, weight: 600, colour: toneColour(f.Tone, ink3)}}
	const tag = 84.0
	w := d.room() - tag
	text := runs(f.Text, ink, ink, 700)
	if f.Anchor != "" {
		for i := range text {
			text[i].link = d.target(f.Anchor)
		}
	}
	h := max(d.tall(w, text, type15, 21), d.tall(tag-10, word, type12, 21)) + 21
	d.whole(gap, h, func() {
		d.rule(side, d.y, d.room(), 1, hairline)
		d.paragraph(d.mirrored(side, tag-10), d.y+10, tag-10, word, type12, 21)
		d.paragraph(d.mirrored(side+tag, w), d.y+10, w, text, type15, 21)
	})
}

// chapter collects a section. Its title, cards and balance stay together with each other.
func (d *document) chapter(c digest.Chapter) {
	d.running = c.Title
	title := []run{{text: c.Title, weight: 700, colour: ink}}
	titleH := d.tall(d.room(), title, 27, 32)
	statusColour := ink3
	if c.Failed {
		statusColour = worse
	}
	status := plain(c.Status, statusColour)
	d.whole(aboveChapter, titleH+3+d.tall(d.room(), status, type10, 15), func() {
		d.here(orElse(c.Anchor, c.Key), c.Title, 0)
		d.paragraph(side, d.y, d.room(), title, 27, 32)
		d.paragraph(side, d.y+titleH+3, d.room(), status, type10, 15)
	})
	if len(c.Cards) > 0 || c.Balance != nil || len(c.Message) > 0 || len(c.Pictures) > 0 || len(c.Sheets) > 0 {
		d.keep()
	}
	if len(c.Cards) > 0 {
		d.cards(c.Cards)
	}
	if c.Balance != nil {
		d.keep()
		d.balance(*c.Balance)
	}
	if len(c.Message) > 0 {
		text := runs(c.Message, ink2, ink, 600)
		d.whole(12, d.tall(d.room(), text, 13.5, 20), func() { d.paragraph(side, d.y, d.room(), text, 13.5, 20) })
	}
	d.pictures(c.Pictures)
	for _, s := range c.Sheets {
		if s.Page {
			continue
		}
		d.sheet(abovePicture+4, s)
	}
}

// balance collects the reconciliation: a bar of shares, the sum in words, its small print.
func (d *document) balance(b digest.Balance) {
	line, text := runs(b.Line, ink, ink, 700), plain(b.Text, ink3)
	bar := 0.0
	if len(b.Bars) > 0 {
		bar = 16
	}
	lineH := d.tall(d.room(), line, type14, 20)
	d.whole(18, bar+lineH+2+d.tall(d.room(), text, type10, 15), func() {
		d.shares(b.Bars)
		d.paragraph(side, d.y+bar, d.room(), line, type14, 20)
		d.paragraph(side, d.y+bar+lineH+2, d.room(), text, type10, 15)
	})
}

// shares sets the bar; a part that there is can be seen.
func (d *document) shares(bars []digest.BalanceBar) {
	const gap, least = 3.0, 4.0
	colours := map[string]digest.Colour{"handled": d.accent, "missed": worse, "waiting": waiting}
	free, sum := d.room()-gap*float64(len(bars)-1)-least*float64(len(bars)), 0.0
	for _, bar := range bars {
		sum += bar.Share
	}
	x := side
	for _, bar := range bars {
		w := least + free*bar.Share/max(sum, 1)
		d.brush(colours[bar.Key])
		d.f.RoundedRect(d.mirrored(x, w)*pt, d.y*pt, w*pt, 9*pt, min(4.5, w/2)*pt, "1234", "F")
		x += w + gap
	}
	d.opaque()
}
