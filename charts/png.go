package charts

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"sync"

	"fortnight/digest"
)

// easel keeps what painting needs between pictures: a size is used many times in a report.
type easel struct {
	canvases sync.Pool
	zlib     sync.Pool // of *zlib.Writer
}

// Paint makes a PNG of a drawing at twice its size (a small sign, under 100 px wide, at three times), in at most 256
// colours. A drawing whose ground is not opaque at all gets a transparent one.
func (c *Charts) Paint(d digest.Drawing) ([]byte, error) {
	scale := 2.0
	if d.Width < 100 {
		scale = 3
	}
	if d.Ground&0xFF == 0 {
		return c.clear(d, scale)
	}
	return c.PNG(d, scale)
}

// PNG makes a PNG of a drawing at a multiple of its size, in at most 256 colours.
func (c *Charts) PNG(d digest.Drawing, scale float64) ([]byte, error) {
	width, height := int(math.Round(d.Width*scale)), int(math.Round(d.Height*scale))
	if width < 1 || height < 1 || width > farthest || height > farthest {
		return nil, fmt.Errorf("a picture of %d x %d pixels cannot be painted", width, height)
	}
	k, _ := c.easel.canvases.Get().(*canvas)
	if k == nil {
		k = newCanvas(c.set, width, height)
	}
	k.resize(width, height)
	defer c.easel.canvases.Put(k)
	var out []byte
	for _, apart := range []float64{tellApart, 256} { // the second time without steps
		k.paint(d, scale, apart)
		var err error
		if out, err = c.easel.encode(k); err != nil {
			return nil, fmt.Errorf("encode a picture: %w", err)
		}
		if len(out) <= heaviest || width*height > 1200*1200 {
			break
		}
	}
	return out, nil
}

// heaviest is what a picture may weigh, in bytes: one that weighs more is painted again with hard edges. A picture far
// larger than a mail's is left as it is.
const heaviest = 30_000

// dense is the level of compression: 3 and below leave a fifth more, 5 takes half as long again for a fiftieth less.
const dense = 4

// encode writes an indexed PNG. The standard library's encoder knows two levels of compression, does not filter indexed
// pictures, and packs those of 16 colours pixel by pixel: it takes three times as long.
func (e *easel) encode(k *canvas) ([]byte, error) {
	out := bytes.NewBuffer(make([]byte, 0, heaviest))
	out.WriteString("\x89PNG\r\n\x1a\n")
	depth := byte(8)
	if len(k.palette.colours) <= 16 {
		depth = 4
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(k.width))
	head = binary.BigEndian.AppendUint32(head, uint32(k.height))
	chunk(out, "IHDR", append(head, depth, 3, 0, 0, 0)) // 3: colours by palette
	var colours []byte
	for _, p := range k.palette.colours {
		colours = append(colours, p.r, p.g, p.b)
	}
	chunk(out, "PLTE", colours)

	rows := k.rows(int(8 / depth))
	var data bytes.Buffer
	z, _ := e.zlib.Get().(*zlib.Writer)
	if z == nil {
		var err error
		if z, err = zlib.NewWriterLevel(&data, dense); err != nil {
			return nil, err
		}
	}
	defer e.zlib.Put(z)
	z.Reset(&data)
	if _, err := z.Write(rows); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	chunk(out, "IDAT", data.Bytes())
	chunk(out, "IEND", nil)
	return out.Bytes(), nil
}

// The filters of a PNG's row (PNG specification, 9.2).
const (
	filterNone = 0
	filterUp   = 2
)

// rows packs pixels, each row after its filter. Where much of a picture continues the row above (bars, steep lines), such
// rows are written as differences from it.
func (c *canvas) rows(perByte int) []byte {
	size := (c.width+perByte-1)/perByte + 1
	packed := slices.Grow(c.packed[:0], size*c.height)
	for y := range c.height {
		line := c.pix[y*c.width : (y+1)*c.width]
		packed = append(packed, filterNone)
		if perByte == 1 {
			packed = append(packed, line...)
			continue
		}
		for x := 0; x+1 < len(line); x += 2 {
			packed = append(packed, line[x]<<4|line[x+1])
		}
		if len(line)%2 == 1 {
			packed = append(packed, line[len(line)-1]<<4)
		}
	}
	c.packed = packed
	row := func(y int) []byte { return packed[y*size+1 : (y+1)*size] }
	continues := func(y int) bool { // changes less often as differences from the row above
		along := turns(row(y))
		if along == 0 || bytes.Equal(row(y), row(y-1)) {
			return along > 0
		}
		c.below = differences(c.below[:0], row(y), row(y-1))
		return 10*turns(c.below) < 8*along
	}
	const band = 4 // rows that are filtered as one of them is best
	var steep []int
	for y := band / 2; y < c.height; y += band {
		if continues(y) {
			steep = append(steep, y)
		}
	}
	if len(steep)*band*5 < c.height*2 {
		return packed
	}
	for _, first := range slices.Backward(steep) { // from below, so that what stands above is still whole
		for y := min(first+band, c.height) - 1; y >= first; y-- {
			packed[y*size] = filterUp
			row, above := row(y), row(y-1)
			for x := range row {
				row[x] -= above[x]
			}
		}
	}
	return packed
}

// turns counts the places where neighbours differ.
func turns(row []byte) (n int) {
	x := 1
	for ; x+8 <= len(row); x += 8 {
		if binary.LittleEndian.Uint64(row[x:]) == binary.LittleEndian.Uint64(row[x-1:]) {
			continue
		}
		for i := x; i < x+8; i++ {
			if row[i] != row[i-1] {
				n++
			}
		}
	}
	for ; x < len(row); x++ {
		if row[x] != row[x-1] {
			n++
		}
	}
	return n
}

// differences appends a row less the one above it.
func differences(to, row, above []byte) []byte {
	for x := range row {
		to = append(to, row[x]-above[x])
	}
	return to
}

// chunk writes a length, a name, the data and their checksum (PNG specification, 5.3).
func chunk(w *bytes.Buffer, name string, data []byte) {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(data)))
	w.Write(n[:])
	w.WriteString(name)
	w.Write(data)
	sum := crc32.Update(crc32.ChecksumIEEE([]byte(name)), crc32.IEEETable, data)
	binary.BigEndian.PutUint32(n[:], sum)
	w.Write(n[:])
}
