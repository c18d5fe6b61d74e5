package charts

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"io"
	"syscall"
	"testing"
	"time"
)

// BenchmarkChartToPNG draws, paints and encodes one chart of each kind, warm: 600 x 280 (or as tall as its rows) at twice
// the size.
func BenchmarkChartToPNG(b *testing.B) {
	c := newCharts(b)
	for _, name := range []string{"line", "line 60 days", "bar", "stacked", "ranking", "donut", "curve", "flow", "flow ten nodes a column", "flow of the demo", "flow thicket", "heatmap", "heatmap full", "histogram", "funnel", "journey", "steps", "steps by reason"} {
		for _, e := range exhibits() {
			if e.name != name {
				continue
			}
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				size, used := 0, cpu()
				for b.Loop() {
					d, err := c.Draw(e.picture, e.frame, plain{})
					if err != nil {
						b.Fatal(err)
					}
					png, err := c.Paint(d)
					if err != nil {
						b.Fatal(err)
					}
					size = len(png)
				}
				b.ReportMetric(float64(size)/1000, "kB")
				b.ReportMetric(float64(cpu()-used)/float64(b.N)/1e6, "cpu-ms/op")
			})
		}
	}
}

// BenchmarkStandardPNG is the reference that figures of speed are held against: image/png encodes the picture of a line,
// 1200 x 560 in RGBA, at its default level.
func BenchmarkStandardPNG(b *testing.B) {
	c := newCharts(b)
	e := exhibits()[0]
	for _, x := range exhibits() {
		if x.name == "line" {
			e = x
		}
	}
	d, err := c.Draw(e.picture, e.frame, plain{})
	if err != nil {
		b.Fatal(err)
	}
	painted, err := c.Paint(d)
	if err != nil {
		b.Fatal(err)
	}
	source, err := png.Decode(bytes.NewReader(painted))
	if err != nil {
		b.Fatal(err)
	}
	rgba := image.NewRGBA(source.Bounds())
	draw.Draw(rgba, rgba.Bounds(), source, source.Bounds().Min, draw.Src)
	used := cpu()
	for b.Loop() {
		if err := png.Encode(io.Discard, rgba); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cpu()-used)/float64(b.N)/1e6, "cpu-ms/op")
}

// cpu is the processor time of this process so far, which other work on the machine does not lengthen.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
