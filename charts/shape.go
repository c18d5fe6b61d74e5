package charts

import "fortnight/digest"

// Shape gives the glyphs of a text at a size in px as a path from the left end of its baseline at (0, 0), y down, and
// its advance in px. needed is false where setting the characters of Inter one after the other is all there is to it;
// the path is then nil. It is for back ends that set text themselves but cannot shape it.
func (c *Charts) Shape(text string, size float64, weight int) (outline []digest.Segment, width float64, needed bool) {
	if text == "" || c.set.line(text, weight).plain {
		return nil, 0, false
	}
	return c.set.outline(text, weight, size, 0, 0), c.set.width(text, size, weight), true
}
