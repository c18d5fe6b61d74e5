package charts

import (
	"math"
	"strings"

	"fortnight/digest"
)

// widest is how many times a step may exceed another until a share of it says nothing.
const widest = 10

// drawFunnel draws steps in order, each a part of the one before: name, bar, value, its share of the first step and of the step before.
// Bars begin on one line, so that they can be compared; a shade leads from each to the next. A step without a value has no shares, and
// neither has the one after it a share of it.
func (b *board) drawFunnel() {
	points := b.series().Points
	small := b.small(b.ink3).at(digest.AnchorRight)
	head := lettering{size: b.size - 3*b.k, colour: b.ink3, anchor: digest.AnchorRight}
	label, bold := b.medium(b.ink), b.bold().at(digest.AnchorRight)
	room := b.right - b.left

	most := 0.0
	names, values := 0.0, 34*b.k
	type row struct{ first, before string }
	shares := make([]row, len(points))
	widths := [2]float64{}
	for i, p := range points {
		v, ok := value(p)
		most = max(most, v)
		names, values = max(names, b.faced(p.Label, label)), max(values, b.faced(b.rowValue(p), bold))
		if !ok || v < 0 || i == 0 {
			continue
		}
		if first, has := value(points[0]); has && first > 0 && v < widest*first {
			shares[i].first = b.share(v, first)
		}
		if before, has := value(points[i-1]); has && before > 0 && v <= before { // more than the step before are no part of it
			shares[i].before = b.share(v, before)
		}
		widths[0], widths[1] = max(widths[0], b.wide(shares[i].first, small)), max(widths[1], b.wide(shares[i].before, small))
	}
	for c := range widths { // where there is no room for them, the shares give way to the bars
		if values+widths[0]+widths[1] > .5*room {
			widths[1-c] = 0
			for i := range shares {
				if c == 0 {
					shares[i].before = ""
				} else {
					shares[i].first = ""
				}
			}
		}
	}
	var heads [2][]string
	for c, text := range []string{b.legend.OfFirst, b.legend.OfBefore} {
		if widths[c] == 0 {
			continue
		}
		lines := []string{text}
		if b.wide(text, head) > 1.3*widths[c] {
			lines = b.inTwo(text, head)
		}
		for _, line := range lines {
			heads[c] = append(heads[c], b.fit(line, max(widths[c], .22*room), head))
		}
		for _, line := range heads[c] {
			widths[c] = max(widths[c], b.wide(line, head))
		}
		widths[c] += 16 * b.k
	}
	top := 8 * b.k
	height := b.rowTall(len(points), 44*b.k, top)
	rest := room - widths[0] - widths[1] - values - 12*b.k
	names = max(min(max(names+18*b.k, 7*b.size), .32*room, rest-2*b.size), 2*b.size)
	start, end := b.left+names, b.left+max(rest, names+b.size)
	if most <= 0 {
		most = 1
	}
	long := func(p digest.Point) float64 {
		v, _ := value(p)
		if v <= 0 {
			return 0
		}
		return max((end-start)*v/most, 3*b.k)
	}
	thick := min(24*b.k, .6*height)
	for i, p := range points {
		mid := b.above + top + (float64(i)+.5)*height
		base := mid + .35*b.size
		colour, style := b.accent, label
		if c, special := b.of(p.Role); special {
			colour, style.colour = c, b.ink3
		}
		b.rowName(b.left, mid, p.Label, names-12*b.k, height, style)
		w := long(p)
		if i+1 < len(points) {
			if next := long(points[i+1]); w > 0 && next > 0 {
				b.move(start, mid+thick/2)
				b.line(start+w, mid+thick/2)
				b.line(start+next, mid+height-thick/2)
				b.line(start, mid+height-thick/2)
				b.r.Close()
				b.fill(alpha(b.accent, .12))
			}
		}
		switch v, ok := value(p); {
		case w > 0:
			b.round(start, mid-thick/2, w, thick, min(3*b.k, w/2), min(3*b.k, w/2), colour)
		case ok && v <= 0: // nothing came so far
			b.rect(start, mid-thick/2, 1.5*b.k, thick, b.zero)
		}
		b.text(b.right-widths[0]-widths[1], base, b.rowValue(p), bold)
		b.text(b.right-widths[1], base, shares[i].first, small)
		b.text(b.right, base, shares[i].before, small)
		told := []string{b.rowValue(p)}
		for c, share := range []string{shares[i].first, shares[i].before} {
			if share != "" {
				told = append(told, tell(share, [2]string{b.legend.OfFirst, b.legend.OfBefore}[c]))
			}
		}
		if was, has := b.was(p); has {
			told = append(told, tell(b.legend.Previous, was))
		}
		b.felt(b.left, mid-height/2, room, height, p.Label, told...)
	}
	for c, x := range [2]float64{b.right - widths[1], b.right} { // where the first step has no shares
		leading := 1.15 * head.size
		y := b.above + top + height/2 + .35*head.size - leading*float64(len(heads[c])-1)/2
		for _, line := range heads[c] {
			b.text(x, y, line, head)
			y += leading
		}
	}
}

// inTwo breaks words into two lines that are as short as they can be; one word stays alone.
func (b *board) inTwo(s string, l lettering) []string {
	words := strings.Fields(s)
	if len(words) < 2 {
		return words
	}
	best, least := []string{s}, math.Inf(1)
	for n := 1; n < len(words); n++ {
		one, two := strings.Join(words[:n], " "), strings.Join(words[n:], " ")
		if w := max(b.wide(one, l), b.wide(two, l)); w < least {
			best, least = []string{one, two}, w
		}
	}
	return best
}
