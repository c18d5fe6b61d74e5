package pdf

// notes collects restatements, notes, footnotes and the brand's own line.
func (d *document) notes() {
	l := d.letter
	if len(l.Notes) == 0 && len(l.Footnotes) == 0 && l.Footer == "" {
		return
	}
	heading := strong(l.NotesTitle)
	h := 12 + d.tall(d.room(), heading, type14, 19)
	d.heading(32, h, func() {
		d.rule(side, d.y, d.room(), 1.5, ink)
		if l.NotesTitle != "" {
			d.here("notes", l.NotesTitle, 0)
			d.paragraph(side, d.y+10, d.room(), heading, type14, 19)
		}
	})
	say := func(gap float64, text []run) {
		d.whole(gap, d.tall(d.room(), text, type10, 15), func() { d.paragraph(side, d.y, d.room(), text, type10, 15) })
	}
	for _, n := range l.Notes {
		say(3, runs(n, ink2, ink, 600))
	}
	for i, n := range l.Footnotes {
		gap := 0.0
		if i == 0 {
			gap = 4
		}
		say(gap, plain(n.Mark+". "+n.Text, ink3))
	}
	if l.Footer != "" {
		say(8, plain(l.Footer, ink3))
	}
}

// values collects what the mail gives as alternative text: each chart's values, to be searched, copied and read aloud.
func (d *document) values() {
	const column, between = 150.0, 12.0
	const size, leading = type9, 13.5
	d.running = d.letter.ValuesTitle
	rows := 0
	for _, c := range d.letter.Sections {
		for _, p := range c.Pictures {
			if p.Alt == "" {
				continue
			}
			if rows == 0 {
				heading := strong(d.letter.ValuesTitle)
				d.heading(30, d.tall(d.room(), heading, type14, 19)+6, func() {
					d.here("values", d.letter.ValuesTitle, 0)
					d.paragraph(side, d.y, d.room(), heading, type14, 19)
				})
			}
			rows++
			name := strong(p.Title)
			text := plain(p.Alt, ink2)
			w := d.room() - column - between
			d.whole(0, max(d.tall(w, text, size, leading), d.tall(column, name, size, leading))+8, func() {
				d.rule(side, d.y, d.room(), 1, hairline)
				d.paragraph(d.mirrored(side, column), d.y+4, column, name, size, leading)
				d.paragraph(d.mirrored(side+column+between, w), d.y+4, w, text, size, leading)
			})
			if rows <= 2 { // the heading has more below it than a row
				d.keep()
			}
		}
	}
}
