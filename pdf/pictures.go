package pdf

import (
	"fmt"
	"math"

	"fortnight/digest"
)

// pictures collects charts: halves two by two, the others over the whole width.
func (d *document) pictures(all []digest.Picture) {
	for i := 0; i < len(all); {
		n := 1
		for all[i].Half && i+n < len(all) && all[i+n].Half {
			n++
		}
		if all[i].Half {
			d.halves(all[i : i+n])
		} else {
			d.wholeWidth(all[i])
		}
		i += n
	}
}

// halves collects charts of half the width in pairs. Where their number is odd one stands beside its words: a donut,
// which is no wider than that, or else the last.
func (d *document) halves(run []digest.Picture) {
	alone := -1
	if len(run)%2 == 1 {
		alone = len(run) - 1
		for i := 0; i < len(run); i += 2 { // pairs stay pairs
			if run[i].Chart.Kind == digest.Donut {
				alone = i
				break
			}
		}
	}
	for i := 0; i < len(run); {
		if i == alone {
			d.beside(run[i])
			i++
			continue
		}
		d.pair(run[i], run[i+1])
		i += 2
	}
}

func title(p digest.Picture) []run { return strong(p.Title) }

func caption(p digest.Picture) []run { return plain(p.Caption+superscript(p.Mark), ink2) }

// wordsTall is the height of a chart's title and caption.
func (d *document) wordsTall(p digest.Picture, w float64) float64 {
	return d.tall(w, title(p), type14, 19) + 2 + d.tall(w, caption(p), type11, 16)
}

func (d *document) setWords(p digest.Picture, x, w float64) {
	d.here(p.Anchor, p.Title, 1)
	h := d.paragraph(x, d.y, w, title(p), type14, 19)
	d.paragraph(x, d.y+h+2, w, caption(p), type11, 16)
}

// onAxis tells the pictures whose height is free: those that stand on an axis. Stacks of named things are rows.
func onAxis(p digest.Picture) bool {
	switch p.Chart.Kind {
	case digest.Line, digest.Bar, digest.Histogram:
		return true
	case digest.StackedBar:
		return !inRows(p)
	default:
		return false
	}
}

func inRows(p digest.Picture) bool {
	for _, s := range p.Chart.Series {
		for _, x := range s.Points {
			return p.Chart.Kind == digest.StackedBar && x.At.IsZero()
		}
	}
	return false
}

// drawn is a picture's drawing at a width: its own height and the heights between which it can be drawn.
type drawn struct {
	picture     digest.Picture
	drawing     digest.Drawing // at its own height; empty where the height is free
	width       float64
	least, most float64
}

// drawn finds out how tall a picture is. What fails fails where it is set.
func (d *document) drawn(p digest.Picture, w float64) drawn {
	g := drawn{picture: p, width: w}
	switch {
	case !p.Drawn:
	case onAxis(p) && w > d.room()/2:
		g.least, g.most = math.Ceil(.21*w), math.Ceil(.37*w)
	case onAxis(p):
		g.least, g.most = math.Ceil(.42*w), math.Ceil(.56*w)
	default:
		g.drawing = d.drawing(p, digest.Frame{Width: w})
		h := g.drawing.Height
		g.least, g.most = h, h
		switch p.Chart.Kind {
		case digest.Flow:
			g.least = math.Ceil(.76 * h)
		case digest.Ranking, digest.Curve, digest.StackedBar, digest.Funnel, digest.Heatmap:
			g.least = math.Ceil(.88 * h)
		}
	}
	return g
}

// drawing asks for a drawing for paper; the first failure ends the document.
func (d *document) drawing(p digest.Picture, f digest.Frame) digest.Drawing {
	f.Theme, f.Bare = digest.Light, true
	g, err := d.draw(p, f)
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("the PDF's %s: %w", p.Anchor, err)
	}
	return g
}

// set replays a picture with its top left at (x, y), h px tall where it can be.
func (d *document) set(g drawn, x, y, h float64) {
	if !g.picture.Drawn {
		return
	}
	h = min(max(h, g.least), g.most)
	if math.Abs(g.drawing.Height-h) > 1 {
		g.drawing = d.drawing(g.picture, digest.Frame{Width: g.width, Height: math.Floor(h)})
	}
	d.replay(g.drawing, x, y, 1)
}

const underWords = 6.0 // between a caption and its picture

func (d *document) wholeWidth(p digest.Picture) {
	g, words := d.drawn(p, d.room()), d.wordsTall(p, d.room())
	b := block{gap: abovePicture, least: words, most: words, set: func(h float64) error {
		d.setWords(p, side, d.room())
		d.set(g, side, d.y+words+underWords, h-words-underWords)
		return d.err
	}}
	if p.Drawn {
		b.least, b.most = b.least+underWords+g.least, b.most+underWords+g.most
	}
	d.flow(b)
}

// pair collects two halves. Their plots begin on one line, and end on one where both can be as tall.
func (d *document) pair(one, two digest.Picture) {
	x1, w := d.column(0, 2, gutter)
	x2, _ := d.column(1, 2, gutter)
	a, b := d.drawn(one, w), d.drawn(two, w)
	for _, g := range []*drawn{&a, &b} { // rows of a ranking beside those of a curve
		other := b
		if g == &b {
			other = a
		}
		if g.picture.Chart.Kind != digest.Donut {
			g.most = min(max(g.most, other.most), 1.3*g.most)
		}
	}
	words := max(d.wordsTall(one, w), d.wordsTall(two, w)) + underWords
	d.flow(block{
		gap: abovePicture, least: words + max(a.least, b.least), most: words + max(a.most, b.most),
		set: func(h float64) error {
			d.setWords(one, x1, w)
			d.setWords(two, x2, w)
			d.set(a, x1, d.y+words, h-words)
			d.set(b, x2, d.y+words, h-words)
			return d.err
		},
	})
}

// beside collects a half whose words stand in the other column.
func (d *document) beside(p digest.Picture) {
	x1, w := d.column(0, 2, gutter)
	x2, _ := d.column(1, 2, gutter)
	g, words := d.drawn(p, w), d.wordsTall(p, w)
	d.flow(block{gap: abovePicture, least: max(words, g.least), most: max(words, g.most), set: func(h float64) error {
		d.setWords(p, x1, w)
		d.set(g, x2, d.y, h)
		return d.err
	}})
}
