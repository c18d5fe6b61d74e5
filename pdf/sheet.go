package pdf

import "fortnight/digest"

// shortTable is how many rows are kept on one page.
const shortTable = 8

// sheet collects a table: words start-aligned, numbers end-aligned, the head repeated on each page it runs over.
func (d *document) sheet(gap float64, s digest.Sheet) {
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
	d.row(s, s.Head, columns, size, 400, ink3, "")
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
		d.row(s, cells, columns, size, weight, ink, leads)
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

// columns divides the width. Numbers are never cut nor broken, so where they need more room the words give way: a name
// takes two lines. size is the type's, smaller where not even that is enough.
func (d *document) columns(s digest.Sheet) (out []span, size float64) {
	n := len(s.Head)
	if n <= 1 {
		return []span{{0, d.room()}}, type12
	}
	least := 0.22 * d.room()
	for size = type12; ; size -= 0.5 {
		need := make([]float64, n)
		sum := 0.0
		for i := 1; i < n; i++ {
			for _, w := range d.words(plain(s.Head[i], ink3), size, d.room()) {
				need[i] = max(need[i], w.width+between)
			}
			for _, row := range s.Rows {
				if i < len(row) && i >= s.Text {
					need[i] = max(need[i], d.measure(row[i], size, 600)+between)
				}
			}
			sum += need[i]
		}
		if sum > d.room()-least && size > 8 {
			continue
		}
		first := max(least, min(0.3*d.room(), d.room()-sum))
		even := (d.room() - first) / float64(n-1)
		fits := true
		for i := 1; i < n; i++ {
			fits = fits && need[i] <= even
		}
		out = append(out, span{0, first})
		for i := 1; i < n; i++ {
			w := even
			if !fits {
				w = need[i] * (d.room() - first) / sum
			}
			at := out[i-1].to
			out = append(out, span{at, at + w})
		}
		return out, size
	}
}

// row collects one row; its cells are broken into lines where they are too long. The first leads to an address; "": nowhere.
func (d *document) row(s digest.Sheet, cells []string, columns []span, size float64, weight int, c digest.Colour, leads string) {
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
	d.whole(0, h+8, func() {
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
