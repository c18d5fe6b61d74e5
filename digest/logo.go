package digest

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
)

// A logo is shown at most this large, CSS pixels. A mail's picture has two pixels for each, and stands on a light chip: whatever its
// colours, it can be seen in a dark program.
const (
	logoHeight = 32
	logoWidth  = 160
	chipSpace  = 4 // around it, on the chip
	chipRound  = 6 // of the chip's corners
)

// ErrNoPicture is the error of a logo that is not the PNG it is said to be.
var ErrNoPicture = errors.New("the project's logo is no picture")

// Fitted gives the picture scaled down to at most so many pixels, never up, as a PNG of 8 bits a channel that is not interlaced.
func (l Logo) Fitted(width, height int) (Logo, error) {
	picture, err := l.decoded()
	if err != nil {
		return Logo{}, err
	}
	return encoded(scaled(picture, width, height))
}

// Shown is the size of the picture within a width and a height, in whole CSS pixels, its shape kept; a small one is not made larger.
func (l Logo) Shown(width, height int) (w, h int) {
	by := math.Min(1, math.Min(float64(width)/float64(l.Width), float64(height)/float64(l.Height)))
	return max(1, int(math.Round(float64(l.Width)*by))), max(1, int(math.Round(float64(l.Height)*by)))
}

// onChip is the picture as a mail shows it. Width and height are as shown; the PNG has two pixels for each.
func (l Logo) onChip() (chip Logo, err error) {
	picture, err := l.decoded()
	if err != nil {
		return Logo{}, err
	}
	w, h := l.Shown(logoWidth-2*chipSpace, logoHeight-2*chipSpace)
	small := scaled(picture, 2*w, 2*h)
	b := small.Bounds()
	chip = Logo{Width: w + 2*chipSpace, Height: h + 2*chipSpace}
	out := image.NewNRGBA(image.Rect(0, 0, 2*chip.Width, 2*chip.Height))
	for y := range 2 * chip.Height {
		for x := range 2 * chip.Width {
			out.SetNRGBA(x, y, color.NRGBA{255, 255, 255, uint8(255*rounded(x, y, 2*chip.Width, 2*chip.Height, 2*chipRound) + .5)})
		}
	}
	at := image.Pt((2*chip.Width-b.Dx())/2, (2*chip.Height-b.Dy())/2)
	draw.Draw(out, b.Sub(b.Min).Add(at), small, b.Min, draw.Over)
	encodedChip, err := encoded(out)
	chip.PNG = encodedChip.PNG
	return chip, err
}

// rounded is how much of a pixel lies inside a rectangle of rounded corners, 0 to 1.
func rounded(x, y, w, h, r int) float64 {
	dx := float64(max(r-x, x-(w-1-r), 0))
	dy := float64(max(r-y, y-(h-1-r), 0))
	return min(max(float64(r)+.5-math.Hypot(dx, dy), 0), 1)
}

func (l Logo) decoded() (image.Image, error) {
	picture, err := png.Decode(bytes.NewReader(l.PNG))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	return picture, nil
}

func encoded(picture image.Image) (Logo, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return Logo{}, fmt.Errorf("write the project's logo: %w", err)
	}
	return Logo{PNG: b.Bytes(), Width: picture.Bounds().Dx(), Height: picture.Bounds().Dy()}, nil
}

// scaled makes a picture smaller by the mean of the pixels that fall on each of its own; one that fits stays as it is.
func scaled(picture image.Image, width, height int) *image.NRGBA {
	b := picture.Bounds()
	whole := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy())) // colours weighted by their opacity, so that edges mix well
	draw.Draw(whole, whole.Bounds(), picture, b.Min, draw.Src)
	w, h := Logo{Width: b.Dx(), Height: b.Dy()}.Shown(width, height)
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Set(x, y, mean(whole, float64(x)*float64(b.Dx())/float64(w), float64(x+1)*float64(b.Dx())/float64(w),
				float64(y)*float64(b.Dy())/float64(h), float64(y+1)*float64(b.Dy())/float64(h)))
		}
	}
	return out
}

// mean is the colour of the rectangle from left to right and top to bottom, parts of pixels counted by their part.
func mean(p *image.RGBA, left, right, top, bottom float64) color.Color {
	var sum [4]float64
	var area float64
	for y := int(top); float64(y) < bottom && y < p.Rect.Dy(); y++ {
		tall := math.Min(bottom, float64(y+1)) - math.Max(top, float64(y))
		for x := int(left); float64(x) < right && x < p.Rect.Dx(); x++ {
			part := tall * (math.Min(right, float64(x+1)) - math.Max(left, float64(x)))
			at := p.PixOffset(x, y)
			for i := range sum {
				sum[i] += part * float64(p.Pix[at+i])
			}
			area += part
		}
	}
	of := func(i int) uint8 { return uint8(math.Min(sum[i]/area+.5, 255)) }
	return color.RGBA{of(0), of(1), of(2), of(3)}
}
