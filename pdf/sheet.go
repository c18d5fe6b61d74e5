package pdf

import "fortnight/digest"

// shortTable is how many rows are kept on one page.
const shortTable = 8

// sheet collects a table: words start-aligned, numbers end-aligned, the head repeated on each page it runs over.
func (d *document) sheet(gap float64, s digest.Sheet) {
	s = s.Narrow()
	words := 0.0
	heading, caption := strong(s.Title), plain(s.Caption, ink2)
	if s.Title != "" {
		words = d.tall(d.room(), heading, type14, 19)
		if s.Caption != "" {
			words += 2 + d.tall(d.room(), caption, type11, 16)
		}
	}
	d.heading(gap, words+6, func() {
		if s.Title == "" {
			return
		}
		d.here(s.Anchor, s.Title, 1)
		h := d.paragraph(side, d.y, d.room(), heading, type14, 19)
		d.paragraph(side, d.y+h+2, d.room(), caption, type11, 16)
	})
	columns, size := d.columns(s)
	d.row(s, s.Head, columns, size, 400, ink3, "", "")
	first := len(d.blocks) - 1
	d.blocks[first].keep = true
	top := d.blocks[first]
	for i, cells := range s.Rows {
		weight := 400
		if i < len(s.Bold) && s.Bold[i] {
			weight = 600
		}
		leads := ""
		if i < len(s.Links) {
			leads = s.Links[i]
		}
		under := ""
		if i < len(s.Under) {
			under = s.Under[i]
		}
		d.row(s, cells, columns, size, weight, ink, leads, under)
		if i > 0 {
			d.blocks[len(d.blocks)-1].again = &top
		}
		// A short table is not divided; of a long one no row stands alone.
		if last := len(s.Rows) - 1; i < last && (len(s.Rows) <= shortTable || i == 0 || i == last-1) {
			d.keep()
		}
	}
}

// span is where a column lies, from the edge at which reading begins.
type span struct{ from, to float64 }

// between is the space between two columns.
const between = 16.0

// columns divides the width. Numbers are never cut nor broken, nor are words, so where they need more room the first column gives way: a name
// takes two lines. size is the type's, smaller where not even that is enough.
func (d *document) columns(s digest.Sheet) (out []span, size float64) {
	n := len(s.Head)
	if n <= 1 {
		return []span{{0, d.room()}}, type12
	}
	least := 0.22 * d.room()
	for size = type12; ; size -= 0.5 {
		need, whole := d.needs(s, size)
		sum := 0.0
		for i := 1; i < n; i++ {
			sum += need[i]
		}
		if sum > d.room()-least && size > 8 {
			continue
		}
		first := min(max(0.3*d.room(), min(whole[0], 0.5*d.room())), d.room()-sum)
		first = max(least, first)
		at := first
		out = append(out, span{0, first})
		for _, w := range shared(d.room()-first, need[1:], whole[1:]) {
			out = append(out, span{at, at + w})
			at += w
		}
		return out, size
	}
}

// needs are how wide each column has to be, and how wide it is without a break.
func (d *document) needs(s digest.Sheet, size float64) (need, whole []float64) {
	need, whole = make([]float64, len(s.Head)), make([]float64, len(s.Head))
	for i, head := range s.Head {
		fit := func(text string, weight int, breaks bool) {
			w := d.measure(text, size, weight) + between
			whole[i] = max(whole[i], w)
			if !breaks {
				need[i] = max(need[i], w)
				return
			}
			for _, word := range d.words(plain(text, ink), size, d.room()) {
				need[i] = max(need[i], min(word.width+between, 0.25*d.room()))
			}
		}
		fit(head, 400, true)
		for _, row := range s.Rows {
			if i < len(row) {
				fit(row[i], 600, i < s.Text)
			}
		}
	}
	return need, whole
}

// shared divides a width: evenly where that breaks nothing; else each column has what it needs, and of the rest as much as it lacks.
func shared(width float64, need, whole []float64) []float64 {
	out := make([]float64, len(need))
	even := width / float64(len(need))
	fits, needed, lacking := true, 0.0, 0.0
	for i := range need {
		fits = fits && whole[i] <= even
		needed += need[i]
		lacking += max(whole[i]-need[i], 0)
	}
	for i := range out {
		switch rest := width - needed; {
		case fits:
			out[i] = even
		case rest <= 0:
			out[i] = need[i] * width / needed
		default:
			given := 0.0
			if lacking > 0 {
				given = min(1, rest/lacking)
			}
			out[i] = need[i] + given*max(whole[i]-need[i], 0) + (rest-given*lacking)/float64(len(need))
		}
	}
	return out
}

// row collects one row; its cells are broken into lines where they are too long. The first leads to an address; "": nowhere. under is a line
// of its own below them; "": none.
func (d *document) row(s digest.Sheet, cells []string, columns []span, size float64, weight int, c digest.Colour, leads, under string) {
	const leading = 16.0
	h := leading
	room := func(i int) float64 {
		w := columns[i].to - columns[i].from
		if i > 0 && i >= s.Text {
			return w - 2 // numbers end at the edge
		}
		return w - between
	}
	style := func(text string) []run { return []run{{text: text, weight: weight, colour: c}} }
	for i, cell := range cells[:min(len(cells), len(columns))] {
		h = max(h, d.tall(room(i), style(cell), size, leading))
	}
	below := 0.0
	if under != "" {
		below = d.tall(d.room(), plain(under, ink3), type11, 15) + 2
	}
	d.whole(0, h+8+below, func() {
		if below > 0 {
			d.paragraph(side, d.y+h+5, d.room(), plain(under, ink3), type11, 15)
		}
		d.rule(side, d.y, d.room(), 1, hairline)
		for i, cell := range cells[:min(len(cells), len(columns))] {
			w, x := room(i), side+columns[i].from
			atEnd := i >= s.Text
			if atEnd {
				x = side + columns[i].to - w
			}
			said := style(cell)
			if i == 0 {
				said[0].leads = leads
			}
			d.justify(d.mirrored(x, w), d.y+4, w, said, size, leading, atEnd)
		}
	})
}
