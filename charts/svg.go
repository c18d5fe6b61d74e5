package charts

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"fortnight/digest"
)

// SVG writes a drawing as a standalone SVG document, its text as text wherever a reader's own fonts can set it and as
// outlines where it had to be shaped. It has no title: what the picture says is beside it (an enclosing page labels it).
func (c *Charts) SVG(d digest.Drawing) []byte {
	var w strings.Builder
	fmt.Fprintf(&w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%[1]s" height="%[2]s" font-family="Inter, system-ui, sans-serif" style="font-variant-numeric:tabular-nums">`,
		short(d.Width), short(d.Height))
	fmt.Fprintf(&w, `<rect width="%s" height="%s"%s/>`, short(d.Width), short(d.Height), paintAttr("fill", d.Ground))
	fades := 0
	for _, m := range d.Marks {
		w.WriteByte('\n')
		switch {
		case m.Shape != nil:
			if f := m.Shape.Fade; f != nil {
				fades++
				fmt.Fprintf(&w, `<linearGradient id="fade%d" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="%s" y2="%s">`, fades, short(f.From), short(f.To))
				fmt.Fprintf(&w, `<stop offset="0"%s/><stop offset="1"%s/></linearGradient>`, paintAttr("stop-color", f.Top), paintAttr("stop-color", f.Bottom))
			}
			svgShape(&w, m.Shape, fades)
		case m.Label != nil:
			svgLabel(&w, m.Label)
		}
	}
	w.WriteString("\n</svg>\n")
	return []byte(w.String())
}

func svgShape(w *strings.Builder, s *digest.Shape, fade int) {
	fmt.Fprintf(w, `<path d="%s"`, pathData(s.Path))
	switch {
	case s.Fade != nil:
		fmt.Fprintf(w, ` fill="url(#fade%d)"`, fade)
	case s.Fill&0xFF != 0:
		w.WriteString(paintAttr("fill", s.Fill))
	default:
		w.WriteString(` fill="none"`)
	}
	if s.Stroke&0xFF != 0 && s.Width > 0 {
		w.WriteString(paintAttr("stroke", s.Stroke))
		fmt.Fprintf(w, ` stroke-width="%s" stroke-linecap="round" stroke-linejoin="round"`, short(s.Width))
		if len(s.Dash) > 0 {
			var dash []string
			for _, d := range s.Dash {
				dash = append(dash, short(d))
			}
			fmt.Fprintf(w, ` stroke-dasharray="%s"`, strings.Join(dash, " "))
		}
	}
	w.WriteString("/>")
}

func svgLabel(w *strings.Builder, l *digest.Label) {
	halo := ""
	if l.Halo&0xFF != 0 {
		halo = paintAttr("stroke", l.Halo) + ` stroke-width="4" stroke-linejoin="round" paint-order="stroke"`
	}
	if !l.Plain {
		fmt.Fprintf(w, `<path d="%s"%s%s><title>%s</title></path>`, pathData(l.Outline), paintAttr("fill", l.Colour), halo, escape(l.Text))
		return
	}
	anchor := [...]string{"start", "middle", "end"}[min(l.Anchor, digest.AnchorRight)]
	fmt.Fprintf(w, `<text x="%s" y="%s" font-size="%s" font-weight="%d" text-anchor="%s" textLength="%s" lengthAdjust="spacingAndGlyphs"%s%s xml:space="preserve">%s</text>`,
		short(l.X), short(l.Y), short(l.Size), l.Weight, anchor, short(l.Width), paintAttr("fill", l.Colour), halo, escape(l.Text))
}

// pathData writes a path in absolute commands.
func pathData(path []digest.Segment) string {
	var w strings.Builder
	for _, s := range path {
		letter, n := 'Z', 0
		switch s.Kind {
		case digest.MoveTo:
			letter, n = 'M', 1
		case digest.LineTo:
			letter, n = 'L', 1
		case digest.QuadTo:
			letter, n = 'Q', 2
		case digest.CubicTo:
			letter, n = 'C', 3
		}
		w.WriteRune(letter)
		for i := range n {
			if i > 0 {
				w.WriteByte(' ')
			}
			w.WriteString(short(s.P[i].X))
			w.WriteByte(',')
			w.WriteString(short(s.P[i].Y))
		}
	}
	return w.String()
}

// short writes a number with at most two decimals.
func short(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100+0, 'f', -1, 64)
}

// paintAttr writes a colour and, where it is not opaque, its opacity.
func paintAttr(name string, c digest.Colour) string {
	out := fmt.Sprintf(` %s="#%06X"`, name, uint32(c)>>8)
	if a := c & 0xFF; a != 0xFF {
		opacity := strings.TrimSuffix(name, "-color") + "-opacity"
		out += fmt.Sprintf(` %s="%s"`, opacity, short(float64(a)/255))
	}
	return out
}

// escape makes a text fit for XML: markup is spelled out, characters that XML forbids are dropped.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r':
			return ' '
		case r < 0x20, r == 0xFFFE, r == 0xFFFF, r == 0xFFFD:
			return -1
		}
		return r
	}, s)
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
