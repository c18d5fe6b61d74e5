package charts

import "fortnight/digest"

// Mark draws the sign at the head of a digest, two weeks of seven days: 50 x 13, the week before in a tint of the
// accent (0: Fortnight's own), this week in the accent.
func (c *Charts) Mark(accent digest.Colour) digest.Drawing {
	t := themed(digest.Frame{Accent: accent})
	r := newRecorder(c.set)
	p := newPen(r, c.set)
	for day := range 7 {
		x := 3 + float64(day)*7.333
		p.disc(x, 3, 2.6, t.soft)
		p.disc(x, 10, 2.6, t.accent)
	}
	r.drawing.Width, r.drawing.Height, r.drawing.Ground = 50, 13, 0 // it stands on light mails and on dark ones
	return r.drawing
}
