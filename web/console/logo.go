package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif"  // of a moving one the first picture is taken
	_ "image/jpeg" // decoders of what may be handed in
	"image/png"
	"io"
	"math"

	"fortnight/digest"
)

// What a logo may be when it is handed in, and is when it is kept.
const (
	logoBytes  = 512 << 10
	logoLong   = 2000 // pixels
	logoWidth  = 640
	logoHeight = 128
)

// logoFrom reads a picture and makes it a PNG of at most 640 by 128 pixels; why says what is wrong with it, "" where nothing is.
// A picture is drawn anew, so that nothing of the file but its colours is kept.
func logoFrom(file io.Reader, size int64) (logo digest.Logo, why string) {
	const formats = "Use a PNG, JPEG or GIF."
	if size > logoBytes {
		return logo, fmt.Sprintf("The file has %s; 512 kB are the most.", bytesWord(size))
	}
	b, err := io.ReadAll(io.LimitReader(file, logoBytes+1))
	if err != nil || len(b) == 0 {
		return logo, "The file is empty."
	}
	if len(b) > logoBytes {
		return logo, "The file has more than 512 kB."
	}
	head, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		if bytes.Contains(b[:min(len(b), 1000)], []byte("<svg")) {
			return logo, "This is an SVG, which mail programs do not show. " + formats
		}
		return logo, "This is no picture that can be read. " + formats
	}
	if head.Width > logoLong || head.Height > logoLong { // before it is drawn: a small file can hold a vast picture
		return logo, fmt.Sprintf("The picture has %d by %d pixels; %d each way are the most.", head.Width, head.Height, logoLong)
	}
	picture, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return logo, "The picture is damaged: it ends too early or does not fit its head."
	}
	small := shrunk(picture, logoWidth, logoHeight)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small); err != nil {
		return logo, "The picture cannot be made a PNG."
	}
	sum := sha256.Sum256(out.Bytes())
	at := small.Bounds()
	return digest.Logo{Hash: hex.EncodeToString(sum[:]), PNG: out.Bytes(), Width: at.Dx(), Height: at.Dy()}, ""
}

// shrunk draws a picture so that it fits a box, never larger than it is: each pixel is the mean of those it stands for.
func shrunk(from image.Image, width, height int) *image.NRGBA {
	at := from.Bounds()
	src := image.NewRGBA(image.Rect(0, 0, at.Dx(), at.Dy())) // premultiplied: what cannot be seen has no colour to give
	draw.Draw(src, src.Bounds(), from, at.Min, draw.Src)
	scale := min(1, float64(width)/float64(at.Dx()), float64(height)/float64(at.Dy()))
	w, h := max(1, int(math.Round(float64(at.Dx())*scale))), max(1, int(math.Round(float64(at.Dy())*scale)))
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	sx, sy := float64(at.Dx())/float64(w), float64(at.Dy())/float64(h)
	for y := range h {
		top, bottom := float64(y)*sy, float64(y+1)*sy
		for x := range w {
			left, right := float64(x)*sx, float64(x+1)*sx
			var sum [4]float64
			var area float64
			for j := int(top); j < min(at.Dy(), int(math.Ceil(bottom))); j++ {
				tall := min(bottom, float64(j+1)) - max(top, float64(j))
				for i := int(left); i < min(at.Dx(), int(math.Ceil(right))); i++ {
					part := tall * (min(right, float64(i+1)) - max(left, float64(i)))
					p := src.Pix[src.PixOffset(i, j):]
					for k := range sum {
						sum[k] += part * float64(p[k])
					}
					area += part
				}
			}
			mean := func(k int) uint8 { return uint8(math.Round(sum[k] / area)) }
			out.Set(x, y, color.RGBA{mean(0), mean(1), mean(2), mean(3)})
		}
	}
	return out
}
