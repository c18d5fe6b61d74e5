package pdf

import "fortnight/digest"

// cards collects figures, four to a row.
func (d *document) cards(cards []digest.Card) {
	const gap = 18.0
	type placed struct {
		card digest.Card
		x, w float64
	}
	quarter := (d.room() - 3*gap) / 4
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
		w := quarter*float64(span) + gap*float64(span-1)
		x := d.mirrored(side+float64(col)*(quarter+gap), w)
		rows[len(rows)-1] = append(rows[len(rows)-1], placed{c, x, w})
		col += span
	}
	for i, row := range rows {
		label, change := 0.0, 0.0
		for _, p := range row {
			label = max(label, d.tall(p.w, labelOf(p.card), type11, 16))
			change = max(change, d.tall(p.w, changeOf(p.card), type11, 16))
		}
		above := 14.0
		if i > 0 {
			above = 16
			d.keep()
		}
		d.whole(above, 9+label+36+change, func() {
			for _, p := range row {
				d.card(p.card, p.x, p.w, label)
			}
		})
	}
}

func labelOf(c digest.Card) []run { return plain(c.Label+superscript(c.Mark), ink2) }

// changeOf is the line under a number: the change, or what stands in its place.
func changeOf(c digest.Card) []run {
	var out []run
	if c.Change != "" {
		if c.Dot {
			out = append(out, run{text: "●\u00a0", weight: 400, colour: worse})
		}
		out = append(out, run{text: c.Change, weight: 600, colour: toneColour(c.Colour, ink2)})
		if c.From != "" {
			out = append(out, run{text: " " + c.From, weight: 400, colour: ink3})
		}
	}
	if c.Under != "" {
		text := c.Under
		if len(out) > 0 {
			text = " " + text
		}
		out = append(out, run{text: text, weight: 400, colour: ink3})
	}
	return out
}

// card sets one figure; label is the height of the labels of its row.
func (d *document) card(c digest.Card, x, w, label float64) {
	d.rule(x, d.y, w, 1, hairline)
	d.paragraph(x, d.y+9, w, labelOf(c), type11, 16)
	number := numberOf(c)
	scale := min(1, w/max(1, d.numberWidth(number, 1)))
	at := x
	if d.rtl() {
		at = x + w - d.numberWidth(number, scale)
	}
	for _, p := range number {
		at += p.before*scale + d.say(at+p.before*scale, d.y+9+label+27, p.text, p.size*scale, p.weight, p.colour)
	}
	d.paragraph(x, d.y+9+label+36, w, changeOf(c), type11, 16)
}

// figure is a part of a card's number: digits or a unit.
type figure struct {
	text   string
	size   float64
	weight int
	colour digest.Colour
	before float64
}

func numberOf(c digest.Card) []figure {
	if c.Nil != "" {
		size := 24.0
		if c.Small {
			size = type15
		}
		return []figure{{c.Nil, size, 600, ink3, 0}}
	}
	const apart = 1.5 // with its space: programs that read the text take less for none, beside such large digits
	var out []figure
	for i, p := range c.Parts {
		before := 0.0
		if i > 0 {
			before = 6
		}
		colour := toneColour(c.Tone, ink)
		text := p.Number
		if c.Tone == digest.Warn && i == len(c.Parts)-1 && p.Unit == "" {
			text += "*"
		}
		out = append(out, figure{text, 29, 700, colour, before})
		if p.Unit != "" {
			unit := p.Unit
			if c.Tone == digest.Warn && i == len(c.Parts)-1 {
				unit += "*"
			}
			out = append(out, figure{"\u00a0" + unit, type14, 600, colour, apart})
		}
	}
	return out
}

func (d *document) numberWidth(parts []figure, scale float64) float64 {
	w := 0.0
	for _, p := range parts {
		w += p.before*scale + d.measure(p.text, p.size*scale, p.weight)
	}
	return w
}
