package charts

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"sync"

	"fortnight/digest"
)

// pngScale is how many pixels a PNG has for each pixel of the drawing, along an edge.
const pngScale = 2

// easel keeps canvases between pictures: a size is used many times in a report.
type easel struct {
	canvases sync.Pool
	buffers  buffers
}

// buffers lends the encoder its memory.
type buffers struct{ pool sync.Pool }

// Get lends a buffer.
func (b *buffers) Get() *png.EncoderBuffer {
	e, _ := b.pool.Get().(*png.EncoderBuffer)
	return e
}

// Put takes it back.
func (b *buffers) Put(e *png.EncoderBuffer) { b.pool.Put(e) }

// Paint makes a PNG of a drawing at twice its size, in at most 256 colours.
func (c *Charts) Paint(d digest.Drawing) ([]byte, error) {
	return c.PNG(d, pngScale)
}

// PNG makes a PNG of a drawing at a multiple of its size, in at most 256 colours.
func (c *Charts) PNG(d digest.Drawing, scale float64) ([]byte, error) {
	width, height := int(math.Round(d.Width*scale)), int(math.Round(d.Height*scale))
	if width < 1 || height < 1 || width*height > 64<<20 {
		return nil, fmt.Errorf("a picture of %d x %d pixels cannot be painted", width, height)
	}
	k, _ := c.easel.canvases.Get().(*canvas)
	if k == nil || k.width != width || k.height != height {
		k = newCanvas(c.set, width, height)
	}
	defer c.easel.canvases.Put(k)
	k.paint(d, scale)

	img := &image.Paletted{Pix: k.pix, Stride: width, Rect: image.Rect(0, 0, width, height)}
	for _, p := range k.palette {
		img.Palette = append(img.Palette, color.RGBA{p.r, p.g, p.b, 0xFF})
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &c.easel.buffers}
	if err := encoder.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	return out.Bytes(), nil
}
