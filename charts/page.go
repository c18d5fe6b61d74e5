package charts

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"fortnight/digest"
)

// Page draws a chart for a page, as a piece of HTML: the picture as SVG, in colours by name, and over it a focusable part for each
// day, bar, row or node, whose accessible name tells its values and whose label Sheet shows on hover and focus. It needs no script,
// no inline style and no id, and stands in a figure that names it. A flow for a phone has no such parts, nor a heat map its hours,
// as they would weigh more than the picture: its table tells the values. width is in CSS pixels; the picture grows and shrinks with its surroundings. The error is Draw's.
func (c *Charts) Page(p digest.Picture, width float64, w digest.Words) ([]byte, error) {
	f := digest.Frame{Width: width, Bare: true, Type: 13}
	if width < halfBelow {
		f.Type = 12
	}
	switch p.Chart.Kind {
	case digest.Line, digest.Bar, digest.StackedBar, digest.Histogram:
		if !ofNames(p.Chart.Series) || p.Chart.Kind != digest.StackedBar {
			f.Height = math.Round(min(max(.53*width, 170), 260))
		}
	}
	names := byName()
	d, err := c.drawn(p, f, w, &names.theme)
	if err != nil {
		return nil, err
	}
	s := sheet{names: names}
	s.w.WriteString(`<div class="plot">`)
	s.picture(d)
	if p.Chart.Kind != digest.Flow || width >= halfBelow {
		for i := range d.Areas {
			if width < halfBelow {
				d.Areas[i].Parts = nil
			}
		}
		s.areas(d)
	}
	s.w.WriteString("</div>")
	return []byte(s.w.String()), nil
}

// names tells the colours of a theme apart by numbers of their own, and calls them as style sheets do.
type names struct {
	theme
	of []string // by number
}

// byName gives a theme whose colours are numbers of names: those that the pages have, and those of Sheet, which begin with --c.
func byName() names {
	var n names
	for _, s := range n.slots() {
		n.of = append(n.of, s.name)
		*s.colour = digest.Colour(len(n.of))<<8 | 0xFF
	}
	return n
}

// slot is one colour of a theme and its name in style sheets.
type slot struct {
	name   string
	colour *digest.Colour
}

func (t *theme) slots() []slot {
	all := []slot{
		{"--card", &t.ground},
		{"--ink", &t.ink},
		{"--mid", &t.ink2},
		{"--mute", &t.ink3},
		{"--line", &t.grid},
		{"--edge", &t.zero},
		{"--fill", &t.track},
		{"--ca", &t.accent},
		{"--cs", &t.soft},
		{"--co", &t.onAccent},
		{"--cb", &t.before},
		{"--cm", &t.missed},
		{"--cms", &t.missedSoft},
		{"--cw", &t.waiting},
		{"--cmi", &t.missedInk},
		{"--cwi", &t.waitingInk},
		{"--cx", &t.other},
		{"--cn", &t.node},
		{"--cr", &t.ribbon},
	}
	if t.categories == nil {
		t.categories = make([]digest.Colour, 8)
		t.fadeTop, t.fadeEnd = .20, .02
	}
	for i := range t.categories {
		all = append(all, slot{"--c" + strconv.Itoa(i), &t.categories[i]})
	}
	return all
}

// call gives a colour's name, as a value of fill or stroke, with its opacity where it is not opaque.
func (n names) call(attribute string, c digest.Colour) string {
	i := int(c>>8) - 1
	if i < 0 || i >= len(n.of) {
		return "" // drawn in no colour of the theme
	}
	out := fmt.Sprintf(` %s="var(%s)"`, attribute, n.of[i])
	if a := c & 0xFF; a != 0xFF {
		out += fmt.Sprintf(` %s-opacity="%s"`, attribute, short(float64(a)/255))
	}
	return out
}

// sheet writes a drawing for a page.
type sheet struct {
	names names
	w     strings.Builder
}

// picture writes the shapes, and over them the texts. What looks alike says so once.
func (s *sheet) picture(d digest.Drawing) {
	fmt.Fprintf(&s.w, `<svg viewBox="0 0 %s %s" aria-hidden="true">`, short(d.Width), short(d.Height))
	var layers []*layer
	var labels []*digest.Label
	for _, m := range d.Marks {
		switch {
		case m.Shape != nil:
			layers = s.laid(layers, m.Shape)
		case m.Label != nil:
			labels = append(labels, m.Label)
		}
	}
	for _, l := range layers {
		l.write(&s.w)
	}
	s.labels(labels)
	s.w.WriteString("</svg>")
}

// look is the attributes of a shape's fill and stroke.
func (s *sheet) look(shape *digest.Shape) string {
	out := ""
	switch {
	case shape.Fade != nil:
		mean := (shape.Fade.Top&0xFF + shape.Fade.Bottom&0xFF) / 2
		out = s.names.call("fill", shape.Fade.Top&^0xFF|mean)
	case shape.Fill&0xFF != 0:
		out = s.names.call("fill", shape.Fill)
	}
	if shape.Stroke&0xFF == 0 || shape.Width <= 0 {
		return out
	}
	out += s.names.call("stroke", shape.Stroke) + fmt.Sprintf(` stroke-width="%s"`, tenth(shape.Width))
	if len(shape.Dash) > 0 {
		var dash []string
		for _, d := range shape.Dash {
			dash = append(dash, tenth(d))
		}
		out += ` stroke-dasharray="` + strings.Join(dash, " ") + `"`
	}
	return out
}

// labels writes texts as text: a browser shapes every script itself, in fonts of its own.
func (s *sheet) labels(all []*digest.Label) {
	var looks []string
	of := map[string][]*digest.Label{}
	for _, l := range all {
		look := s.lettering(l)
		if of[look] == nil {
			looks = append(looks, look)
		}
		of[look] = append(of[look], l)
	}
	for _, look := range looks {
		s.w.WriteString("<g" + look + ">")
		for _, l := range of[look] {
			fmt.Fprintf(&s.w, `<text x="%s" y="%s">%s</text>`, tenth(l.X), tenth(l.Y), escape(l.Text))
		}
		s.w.WriteString("</g>")
	}
}

// lettering is the attributes of a text.
func (s *sheet) lettering(l *digest.Label) string {
	class := [...]string{"", "m", "z"}[min(l.Anchor, digest.AnchorRight)]
	if l.Weight > 400 {
		class += " b"
	}
	if l.Halo&0xFF != 0 {
		class += " h"
	}
	look := fmt.Sprintf(` font-size="%s"%s`, tenth(l.Size), s.names.call("fill", l.Colour))
	if class = strings.TrimSpace(class); class != "" {
		look += ` class="` + class + `"`
	}
	return look
}

// areas lays what can be pointed at over the picture: columns or rows side by side, or each in its place.
func (s *sheet) areas(d digest.Drawing) {
	all := d.Areas
	if len(all) == 0 {
		return
	}
	first, last := all[0], all[len(all)-1]
	left, right := min(first.X, last.X), max(first.X+first.Width, last.X+last.Width)
	top, foot := first.Y, last.Y+last.Height
	columns, rows := true, true
	for i, a := range all {
		columns = columns && a.Y == first.Y && a.Height == first.Height
		rows = rows && a.X == first.X && a.Width == first.Width && (i == 0 || math.Abs(a.Y-all[i-1].Y-a.Height) < 1)
	}
	if !columns && !rows {
		s.stations(d)
		return
	}
	spots := func() {
		for i, a := range all {
			late := ""
			if columns && 2*i >= len(all) {
				late = ` class="e"`
			}
			fmt.Fprintf(&s.w, `<i%s tabindex="0" role="img" aria-label="%s">%s</i>`, late, escape(a.Name), parts(a))
		}
	}
	if columns {
		class := "hits"
		if len(all) > 1 && last.X < first.X {
			class += " back"
		}
		fmt.Fprintf(&s.w, `<div class="%s">`, class)
		if class == "hits" {
			s.gap("width", left, d.Width)
			spots()
			s.gap("width", d.Width-right, d.Width)
		} else { // from right to left
			s.gap("width", d.Width-right, d.Width)
			spots()
			s.gap("width", left, d.Width)
		}
		s.w.WriteString("</div>")
		return
	}
	if first.Parts != nil && left < d.Width-right { // the room for names is at the right: one reads from there
		for _, a := range all {
			slices.Reverse(a.Parts)
		}
	}
	s.w.WriteString(`<div class="hits">`)
	s.gap("width", left, d.Width)
	s.w.WriteString(`<div class="rows">`)
	s.gap("height", top, d.Height)
	spots()
	s.gap("height", d.Height-foot, d.Height)
	s.w.WriteString(`</div>`)
	s.gap("width", d.Width-right, d.Width)
	s.w.WriteString("</div>")
}

// parts are what a row's equal parts say to who points at them. They take no focus: 168 stops for one picture would be in everybody's way,
// and the row's own name tells its values.
func parts(a digest.Area) string {
	var w strings.Builder
	for _, text := range a.Parts {
		if text == "" {
			w.WriteString("<b></b>")
			continue
		}
		w.WriteString(`<b data-v="` + escape(text) + `"></b>`)
	}
	return w.String()
}

// stations lays out areas that stand in columns, each column a stack of areas and of the gaps between them. Columns are as wide as the
// narrowest, so that they need no widths of their own. Heights follow from widths, as those of the picture do: each is held open by an
// empty picture of its shape.
func (s *sheet) stations(d digest.Drawing) {
	var columns [][]digest.Area // in reading order
	wide := d.Width
	for _, a := range d.Areas {
		wide = min(wide, a.Width)
		if n := len(columns); n > 0 && columns[n-1][0].X == a.X {
			columns[n-1] = append(columns[n-1], a)
			continue
		}
		columns = append(columns, []digest.Area{a})
	}
	back := len(columns) > 1 && columns[1][0].X < columns[0][0].X
	begins := func(c int) float64 { // from the side that one reads from
		if a := columns[c][0]; back {
			return d.Width - a.X - a.Width
		}
		return columns[c][0].X
	}
	class := "hits"
	if back {
		class += " back"
	}
	fmt.Fprintf(&s.w, `<div class="%s">`, class)
	at := 0.0
	for c, column := range columns {
		s.gap("width", begins(c)-at, d.Width)
		at = begins(c) + wide
		if class = "rows"; (2*c >= len(columns)) != back {
			class += " late"
		}
		fmt.Fprintf(&s.w, `<div class="%s">`, class)
		shape := func(tall float64) {
			fmt.Fprintf(&s.w, `<svg viewBox="0 0 %s %s"></svg>`, tenth(wide), tenth(tall))
		}
		foot := 0.0
		for _, a := range column {
			if a.Y-foot >= .1 {
				shape(a.Y - foot)
			}
			foot = max(a.Y, foot)
			fmt.Fprintf(&s.w, `<i tabindex="0" role="img" aria-label="%s">`, escape(a.Name))
			shape(max(a.Y+a.Height-foot, 1))
			s.w.WriteString("</i>")
			foot = max(a.Y+a.Height, foot)
		}
		s.w.WriteString("</div>")
	}
	s.gap("width", d.Width-at, d.Width)
	s.w.WriteString("</div>")
}

// gap is empty room beside areas.
func (s *sheet) gap(side string, v, of float64) {
	if share := math.Round(1000*v/of) / 10; share > 0 {
		fmt.Fprintf(&s.w, `<svg %s="%s%%"></svg>`, side, short(share))
	}
}

func tenth(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64) }
