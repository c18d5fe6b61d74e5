package charts

import (
	"strings"

	"fortnight/digest"
)

// ofNames tells a chart of several series whose points are named things, not days.
func ofNames(rows []digest.Series) bool {
	for _, r := range rows {
		for _, p := range r.Points {
			return p.At.IsZero()
		}
	}
	return false
}

// drawSteps draws several series as parts of one bar a row, for points that have names: the steps of a flow. What went wrong is written
// behind the bar where the legend has words for it, the first series' value inside it, the sum at the end of the line.
func (b *board) drawSteps() {
	rows := b.chart.Series
	var points []digest.Point // those that name the rows
	for _, r := range rows {
		if len(r.Points) > len(points) {
			points = r.Points
		}
	}
	key := make([]entry, 0, len(rows))
	for i, r := range rows {
		key = append(key, b.keyed(b.seriesName(r), b.stackColour(r, i)))
	}
	head := 0.0
	if lines := b.legendRows(key, 0, false); lines > 0 {
		head = float64(lines)*b.legendLine() + .4*b.size
	}
	label, bold := b.medium(b.ink), b.bold().at(digest.AnchorRight)
	names, sums, most := 0.0, 24*b.k, 0.0
	for i, p := range points {
		names = max(names, b.faced(p.Label, label))
		sum, has := stackSum(rows, i)
		sums = max(sums, b.faced(b.stackValue(sum, has), bold))
		most = max(most, sum)
	}
	room := b.right - b.left
	height := 38 * b.k
	if names+14*b.k > .36*room { // some take two lines
		height = 43 * b.k
	}
	height = b.rowTall(len(points), height, head)
	names = min(max(names+14*b.k, 7*b.size), .36*room)
	start, end := b.left+names, b.right-sums-14*b.k
	end = max(end, start+2*b.size)
	written, scale := b.behind(rows, len(points), end-start, most)
	thick := min(22*b.k, .62*height)
	for i, p := range points {
		mid := b.above + head + (float64(i)+.5)*height
		style := label
		if _, special := b.of(p.Role); special {
			style.colour = b.ink3
		}
		b.rowName(b.left, mid, p.Label, names-12*b.k, height, style)
		x := b.stackRow(rows, i, start, mid, thick, scale)
		if written != nil {
			for r, row := range rows {
				if i >= len(row.Points) || written[r] == nil || value0(row.Points[i]) <= 0 {
					continue
				}
				note := b.noteStyle(row, b.size-2*b.k)
				note.anchor, note.halo = digest.AnchorLeft, 0
				text := written[r](value0(row.Points[i]))
				x += 7 * b.k
				b.text(x, mid+.36*note.size, text, note)
				x += b.faced(text, note)
			}
		}
		sum, has := stackSum(rows, i)
		b.text(b.right, mid+.35*b.size, b.stackValue(sum, has), bold)
		told := []string{b.stackValue(sum, has)}
		for _, row := range rows {
			if i < len(row.Points) {
				if v, ok := value(row.Points[i]); ok && (v != 0 || len(rows) <= 3) {
					told = append(told, tell(b.seriesName(row), b.number(v)))
				}
			}
		}
		b.felt(b.left, mid-height/2, room, height, p.Label, told...)
	}
	b.legendRows(key, b.above+b.size-b.k, true)
}

// stackSum adds up one row; has is false where no series has a value there. What is below zero cannot be a part of a bar.
func stackSum(rows []digest.Series, i int) (sum float64, has bool) {
	for _, r := range rows {
		if i < len(r.Points) {
			if v, ok := value(r.Points[i]); ok {
				sum, has = sum+max(v, 0), true
			}
		}
	}
	return sum, has
}

func (b *board) stackValue(sum float64, has bool) string {
	if !has {
		return "–"
	}
	return b.number(sum)
}

// behind finds how the values of all but the first series are written behind the bars: in the legend's phrases, or where bars would become
// too short as numbers alone, or not at all. It gives the px of one unit too.
func (b *board) behind(rows []digest.Series, n int, room, most float64) (written []func(float64) string, scale float64) {
	if most <= 0 {
		return nil, 0
	}
	for _, short := range []bool{false, true} {
		written := make([]func(float64) string, len(rows))
		some := false
		for r, row := range rows {
			phrase, has := b.legend.Above[row.Key]
			if !has || r == 0 {
				continue
			}
			some = true
			written[r] = func(v float64) string {
				if short {
					return b.number(v)
				}
				return filled(phrase, b.number(v))
			}
		}
		if !some {
			break
		}
		scale := room / most
		for i := range n {
			sum, _ := stackSum(rows, i)
			text := 0.0
			for r, row := range rows {
				if i < len(row.Points) && written[r] != nil && value0(row.Points[i]) > 0 {
					text += 7*b.k + b.faced(written[r](value0(row.Points[i])), b.noteStyle(row, b.size-2*b.k))
				}
			}
			if sum > 0 {
				scale = min(scale, (room-text)/sum)
			}
		}
		if scale*most >= .6*room {
			return written, scale
		}
	}
	return nil, room / most
}

// filled puts a number into the slot that a phrase of the legend has for it.
func filled(phrase, number string) string { return strings.ReplaceAll(phrase, "{n}", number) }

// stackRow draws one row's bar and gives where it ends.
func (b *board) stackRow(rows []digest.Series, i int, start, mid, thick, scale float64) float64 {
	x, begun := start, false
	last := -1
	for r, row := range rows {
		if i < len(row.Points) && value0(row.Points[i]) > 0 {
			last = r
		}
	}
	for r, row := range rows {
		if i >= len(row.Points) {
			continue
		}
		v := value0(row.Points[i])
		if v <= 0 {
			continue
		}
		w := v * scale
		gap := 0.0
		if begun {
			gap = min(2*b.k, w/3)
		}
		least := max(w-gap, min(1.5*b.k, max(w, .9)))
		b.rect(x+gap, mid-thick/2, least, thick, b.stackColour(row, r))
		if style := (lettering{size: b.size - 2*b.k, weight: 600, colour: b.onAccent}); r == 0 {
			if text := b.number(v); b.wide(text, style)+12*b.k <= w && 1.15*style.size <= thick {
				b.text(x+6*b.k, mid+.36*style.size, text, style)
			}
		}
		x, begun = x+w, true
	}
	if last < 0 {
		b.rect(start, mid-thick/2, 1.5*b.k, thick, b.zero)
	}
	return x
}
