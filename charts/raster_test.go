package charts

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"fortnight/digest"

	"pgregory.net/rapid"
)

func square(x, y, side float64, clockwise bool) []digest.Segment {
	p := []digest.Spot{{X: x, Y: y}, {X: x + side, Y: y}, {X: x + side, Y: y + side}, {X: x, Y: y + side}}
	if !clockwise {
		p[1], p[3] = p[3], p[1]
	}
	return []digest.Segment{
		{Kind: digest.MoveTo, P: [3]digest.Spot{p[0]}},
		{Kind: digest.LineTo, P: [3]digest.Spot{p[1]}},
		{Kind: digest.LineTo, P: [3]digest.Spot{p[2]}},
		{Kind: digest.LineTo, P: [3]digest.Spot{p[3]}},
		{Kind: digest.Close},
	}
}

// painted gives a function that reads the pixels of a drawing of shapes at their own size.
func painted(t *testing.T, c *Charts, width, height float64, shapes ...digest.Shape) func(x, y int) digest.Colour {
	t.Helper()
	d := digest.Drawing{Width: width, Height: height, Ground: 0xFFFFFFFF}
	for i := range shapes {
		d.Marks = append(d.Marks, digest.Mark{Shape: &shapes[i]})
	}
	raw, err := c.PNG(d, 1)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return func(x, y int) digest.Colour { return colourAt(img, x, y) }
}

func TestOverlapsAreFilledAndOppositeTurnsAreHoles(t *testing.T) {
	c := newCharts(t)
	over := painted(t, c, 40, 40, digest.Shape{Path: append(square(5, 5, 20, true), square(15, 15, 20, true)...), Fill: 0x3F45D6FF})
	if over(20, 20) != 0x3F45D6FF || over(8, 8) != 0x3F45D6FF || over(33, 33) != 0x3F45D6FF || over(33, 8) != 0xFFFFFFFF {
		t.Errorf("two squares that turn alike: %08X where they overlap", over(20, 20))
	}
	hole := painted(t, c, 40, 40, digest.Shape{Path: append(square(5, 5, 30, true), square(15, 15, 10, false)...), Fill: 0x3F45D6FF})
	if hole(20, 20) != 0xFFFFFFFF || hole(8, 8) != 0x3F45D6FF {
		t.Errorf("a square inside that turns the other way: %08X", hole(20, 20))
	}
}

func TestAShapeBeyondTheEdgeIsCutOff(t *testing.T) {
	c := newCharts(t)
	at := painted(t, c, 30, 30, digest.Shape{Path: square(-1e9, 10, 2e9, true), Fill: 0xBE2F3EFF}, digest.Shape{Path: square(-5, -5, 10, true), Fill: 0x3F45D6FF},
		digest.Shape{Path: square(40, 40, 10, true), Fill: 0x000000FF})
	if at(0, 20) != 0xBE2F3EFF || at(29, 29) != 0xBE2F3EFF || at(15, 9) != 0xFFFFFFFF || at(2, 2) != 0x3F45D6FF || at(6, 6) != 0xFFFFFFFF {
		t.Errorf("%08X %08X %08X %08X %08X", at(0, 20), at(29, 29), at(15, 9), at(2, 2), at(6, 6))
	}
}

func TestAFadeThinsOutDownwards(t *testing.T) {
	c := newCharts(t)
	at := painted(t, c, 20, 100, digest.Shape{Path: square(0, 0, 100, true), Fade: &digest.Fade{From: 0, To: 100, Top: 0x3F45D633, Bottom: 0x3F45D605}})
	last := uint32(0)
	for y := range 100 {
		r := uint32(at(10, y) >> 24)
		if r < last {
			t.Fatalf("row %d is darker than the one above", y)
		}
		last = r
	}
	if top, foot := at(10, 0)>>24, at(10, 99)>>24; top < 0xD8 || top > 0xDC || foot < 0xFA {
		t.Errorf("from %02X to %02X", top, foot) // 20 % and 2 % of 3F over FF: D9 and FB
	}
}

func TestALineHasItsWidthAndItsDashes(t *testing.T) {
	c := newCharts(t)
	line := []digest.Segment{{Kind: digest.MoveTo, P: [3]digest.Spot{{X: 10, Y: 20}}}, {Kind: digest.LineTo, P: [3]digest.Spot{{X: 90, Y: 20}}}}
	solid := painted(t, c, 100, 40, digest.Shape{Path: line, Stroke: 0x000000FF, Width: 4})
	if solid(50, 18) != 0x000000FF || solid(50, 21) != 0x000000FF || solid(50, 17) != 0xFFFFFFFF || solid(50, 22) != 0xFFFFFFFF {
		t.Errorf("rows 17 to 22: %08X %08X %08X %08X", solid(50, 17), solid(50, 18), solid(50, 21), solid(50, 22))
	}
	dashed := painted(t, c, 100, 40, digest.Shape{Path: line, Stroke: 0x000000FF, Width: 2, Dash: []float64{4, 16}})
	on, off := 0, 0
	for x := 10; x < 90; x++ {
		if dashed(x, 19) == 0x000000FF {
			on++
		} else if dashed(x, 19) == 0xFFFFFFFF {
			off++
		}
	}
	if on < 14 || on > 24 || off < 52 {
		t.Errorf("%d pixels on, %d off", on, off) // four dashes of 4, their caps 2 longer; 80 px in all
	}
}

func TestTheEncoderKeepsEveryPixel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := newCanvas(nil, rapid.IntRange(1, 70).Draw(t, "width"), rapid.IntRange(1, 40).Draw(t, "height"))
		n := rapid.IntRange(1, 256).Draw(t, "colours")
		for i := range n {
			k.palette.colours = append(k.palette.colours, rgb{uint8(i), uint8(255 - i), uint8(i * 7)})
		}
		// Rows that repeat the one above with a few changes, so that both filters are used.
		for y := range k.height {
			row := k.pix[y*k.width : (y+1)*k.width]
			if y > 0 {
				copy(row, k.pix[(y-1)*k.width:])
			}
			for range rapid.IntRange(0, 4).Draw(t, "changes") {
				row[rapid.IntRange(0, k.width-1).Draw(t, "x")] = uint8(rapid.IntRange(0, n-1).Draw(t, "colour"))
			}
		}
		raw, err := (&easel{}).encode(k)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		for y := range k.height {
			for x := range k.width {
				if p := k.palette.colours[k.pix[y*k.width+x]]; colourAt(img, x, y) != digest.Colour(p.r)<<24|digest.Colour(p.g)<<16|digest.Colour(p.b)<<8|0xFF {
					t.Fatalf("pixel %d,%d is %08X, not %v", x, y, colourAt(img, x, y), p)
				}
			}
		}
		if img.Bounds() != image.Rect(0, 0, k.width, k.height) {
			t.Fatal(img.Bounds())
		}
	})
}
