package charts

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"fortnight/digest"
)

// clear makes a PNG of a drawing that has no ground of its own, for a sign that stands on whatever a mail is read on. What
// a pixel lets through is what it shows more of on white than on black.
func (c *Charts) clear(d digest.Drawing, scale float64) ([]byte, error) {
	var on [2]image.Image
	for i, ground := range []digest.Colour{0x000000FF, 0xFFFFFFFF} {
		d.Ground = ground
		raw, err := c.PNG(d, scale)
		if err != nil {
			return nil, err
		}
		if on[i], err = png.Decode(bytes.NewReader(raw)); err != nil {
			return nil, fmt.Errorf("read a sign back: %w", err)
		}
	}
	out := image.NewNRGBA(on[0].Bounds())
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			black, white := color.NRGBAModel.Convert(on[0].At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(on[1].At(x, y)).(color.NRGBA)
			through := max(0, (int(white.R)-int(black.R)+int(white.G)-int(black.G)+int(white.B)-int(black.B)+1)/3)
			alpha := 255 - through
			if alpha <= 0 {
				continue
			}
			of := func(v uint8) uint8 { return uint8(min(255, (int(v)*255+alpha/2)/alpha)) }
			out.SetNRGBA(x, y, color.NRGBA{of(black.R), of(black.G), of(black.B), uint8(alpha)})
		}
	}
	var w bytes.Buffer
	if err := png.Encode(&w, out); err != nil {
		return nil, fmt.Errorf("encode a sign: %w", err)
	}
	return w.Bytes(), nil
}
