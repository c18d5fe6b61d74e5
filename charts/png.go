package charts

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"sync"

	"fortnight/digest"
)

// easel keeps what painting needs between pictures: a size is used many times in a report.
type easel struct {
	canvases sync.Pool
	fast     sync.Pool // of *zlib.Writer
	dense    sync.Pool
}

// Paint makes a PNG of a drawing at twice its size (a small sign, under 100 px wide, at three times), in at most 256
// colours.
func (c *Charts) Paint(d digest.Drawing) ([]byte, error) {
	if d.Width < 100 {
		return c.PNG(d, 3)
	}
	return c.PNG(d, 2)
}

// PNG makes a PNG of a drawing at a multiple of its size, in at most 256 colours.
func (c *Charts) PNG(d digest.Drawing, scale float64) ([]byte, error) {
	width, height := int(math.Round(d.Width*scale)), int(math.Round(d.Height*scale))
	if width < 1 || height < 1 || width > farthest || height > farthest {
		return nil, fmt.Errorf("a picture of %d x %d pixels cannot be painted", width, height)
	}
	k, _ := c.easel.canvases.Get().(*canvas)
	if k == nil || k.width != width || k.height != height {
		k = newCanvas(c.set, width, height)
	}
	defer c.easel.canvases.Put(k)
	k.paint(d, scale)
	return c.easel.encode(k)
}

// busy is how many changes of colour along the rows make a picture worth the slower, denser compression.
const busy = 9000

// encode writes an indexed PNG. The standard library's encoder packs pictures of 16 colours pixel by pixel and takes
// three times as long.
func (e *easel) encode(k *canvas) ([]byte, error) {
	depth, perByte := byte(8), 1
	if len(k.palette.colours) <= 16 {
		depth, perByte = 4, 2
	}
	rowBytes := (k.width + perByte - 1) / perByte
	rows := make([]byte, 0, k.height*(rowBytes+1))
	changes := 0
	for y := range k.height {
		line := k.pix[y*k.width : (y+1)*k.width]
		last := line[0]
		for _, p := range line {
			if p != last {
				changes++
				last = p
			}
		}
		rows = append(rows, 0) // no filter: neighbours in the palette are no neighbours in colour
		if perByte == 1 {
			rows = append(rows, line...)
			continue
		}
		for x := 0; x+1 < len(line); x += 2 {
			rows = append(rows, line[x]<<4|line[x+1])
		}
		if len(line)%2 == 1 {
			rows = append(rows, line[len(line)-1]<<4)
		}
	}

	out := bytes.NewBuffer(make([]byte, 0, 32<<10))
	out.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, uint32(k.width))
	head = binary.BigEndian.AppendUint32(head, uint32(k.height))
	chunk(out, "IHDR", append(head, depth, 3, 0, 0, 0)) // 3: colours by palette
	var colours []byte
	for _, p := range k.palette.colours {
		colours = append(colours, p.r, p.g, p.b)
	}
	chunk(out, "PLTE", colours)

	pool, level := &e.fast, zlib.BestSpeed
	if changes > busy {
		pool, level = &e.dense, zlib.DefaultCompression
	}
	var data bytes.Buffer
	z, _ := pool.Get().(*zlib.Writer)
	if z == nil {
		var err error
		if z, err = zlib.NewWriterLevel(&data, level); err != nil {
			return nil, fmt.Errorf("encode a picture: %w", err)
		}
	} else {
		z.Reset(&data)
	}
	defer pool.Put(z)
	if _, err := z.Write(rows); err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	chunk(out, "IDAT", data.Bytes())
	chunk(out, "IEND", nil)
	return out.Bytes(), nil
}

// chunk writes a length, a name, the data and their checksum (PNG specification, 5.3).
func chunk(w *bytes.Buffer, name string, data []byte) {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(data)))
	w.Write(n[:])
	w.WriteString(name)
	w.Write(data)
	sum := crc32.NewIEEE()
	sum.Write([]byte(name))
	sum.Write(data)
	binary.BigEndian.PutUint32(n[:], sum.Sum32())
	w.Write(n[:])
}
