package charts

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"fortnight/digest"

	"github.com/wcharczuk/go-chart/v2"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the drawings in testdata")

func mustDraw(t testing.TB, c *Charts, e exhibit) digest.Drawing {
	t.Helper()
	d, err := c.Draw(e.picture, e.frame, plain{e.dir})
	if err != nil {
		t.Fatalf("%s: %v", e.name, err)
	}
	return d
}

// named gives an exhibit of the gallery.
func named(t testing.TB, name string) exhibit {
	t.Helper()
	for _, e := range exhibits() {
		if e.name == name {
			return e
		}
	}
	t.Fatalf("no exhibit %q", name)
	return exhibit{}
}

func labels(d digest.Drawing) []digest.Label {
	var out []digest.Label
	for _, m := range d.Marks {
		if m.Label != nil {
			out = append(out, *m.Label)
		}
	}
	return out
}

func texts(d digest.Drawing) []string {
	var out []string
	for _, l := range labels(d) {
		out = append(out, strings.ReplaceAll(l.Text, "\u00a0", " "))
	}
	return out
}

func has(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

func shapes(d digest.Drawing) []digest.Shape {
	var out []digest.Shape
	for _, m := range d.Marks {
		if m.Shape != nil {
			out = append(out, *m.Shape)
		}
	}
	return out
}

// points is how many points a step of a path has.
func points(k digest.SegmentKind) int {
	return map[digest.SegmentKind]int{digest.MoveTo: 1, digest.LineTo: 1, digest.QuadTo: 2, digest.CubicTo: 3}[k]
}

// extentOf is the smallest rectangle around a path, its curves sampled.
func extentOf(path []digest.Segment) (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	var from digest.Spot
	for _, s := range path {
		n := points(s.Kind)
		if n == 0 {
			continue
		}
		for i := range 9 {
			f := float64(i) / 8
			p := from
			switch u := 1 - f; s.Kind {
			case digest.CubicTo:
				p.X = u*u*u*from.X + 3*u*u*f*s.P[0].X + 3*u*f*f*s.P[1].X + f*f*f*s.P[2].X
				p.Y = u*u*u*from.Y + 3*u*u*f*s.P[0].Y + 3*u*f*f*s.P[1].Y + f*f*f*s.P[2].Y
			case digest.QuadTo:
				p.X = u*u*from.X + 2*u*f*s.P[0].X + f*f*s.P[1].X
				p.Y = u*u*from.Y + 2*u*f*s.P[0].Y + f*f*s.P[1].Y
			default:
				p = s.P[0]
			}
			x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
		}
		from = s.P[n-1]
	}
	return
}

func TestEveryPictureStaysInsideItsFrame(t *testing.T) {
	c := newCharts(t)
	frames := []digest.Frame{{}, {Width: 366}, {Width: 764, Bare: true}, {Width: 366, Bare: true}, {Theme: digest.Dark, Accent: 0xFFFFFFFF}, {Height: 200}, {Width: 300, Height: 120}}
	for _, e := range exhibits() {
		for _, e.frame = range frames {
			for _, e.dir = range []string{"", "rtl"} {
				d := mustDraw(t, c, e)
				if !(d.Width > 0 && d.Height > 0 && d.Width < 2000 && d.Height < 2000) {
					t.Fatalf("%s in %+v is %v x %v", e.name, e.frame, d.Width, d.Height)
				}
				inside := func(what string, x0, y0, x1, y1 float64) {
					if !(x0 >= -1 && y0 >= -1 && x1 <= d.Width+1 && y1 <= d.Height+1) {
						t.Errorf("%s in %+v %s: %s reaches over %v x %v: %.1f,%.1f to %.1f,%.1f", e.name, e.frame, e.dir, what, d.Width, d.Height, x0, y0, x1, y1)
					}
				}
				for _, s := range shapes(d) {
					x0, y0, x1, y1 := extentOf(s.Path)
					inside("a shape", x0, y0, x1, y1)
				}
				for _, l := range labels(d) {
					inside("the label "+l.Text, l.X-lead(&l), l.Y-capHeight*l.Size, l.X-lead(&l)+l.Width, l.Y)
				}
			}
		}
	}
}

func TestValuesOfOneColumnDoNotOverlap(t *testing.T) {
	c := newCharts(t)
	for _, e := range exhibits() {
		all := labels(mustDraw(t, c, e))
		for i, a := range all {
			for _, b := range all[:i] {
				ax, bx := a.X-lead(&a), b.X-lead(&b)
				x := min(ax+a.Width, bx+b.Width) - max(ax, bx)
				y := min(a.Y, b.Y) - max(a.Y-capHeight*a.Size, b.Y-capHeight*b.Size)
				if x > 1 && y > 1 {
					t.Errorf("%s: %q and %q overlap by %.1f x %.1f", e.name, a.Text, b.Text, x, y)
				}
			}
		}
	}
}

func TestPicturesAreSmallFilesOfTwiceTheSize(t *testing.T) {
	c := newCharts(t)
	for _, e := range exhibits() {
		d := mustDraw(t, c, e)
		raw, err := c.Paint(d)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		indexed, ok := img.(*image.Paletted)
		if !ok || len(indexed.Palette) > 256 {
			t.Errorf("%s is not a picture of at most 256 colours: %T", e.name, img)
		}
		if got := img.Bounds().Size(); got != image.Pt(int(2*d.Width), int(2*d.Height)) {
			t.Errorf("%s: %v pixels for a drawing of %v x %v", e.name, got, d.Width, d.Height)
		}
		if most := 30_000 * max(1, d.Height/600); float64(len(raw)) > most { // a list of 24 steps is as long as two pictures
			t.Errorf("%s weighs %d bytes", e.name, len(raw))
		}
		if ground := d.Ground; colourAt(img, 1, 1) != ground {
			t.Errorf("%s: its corner is %08X, its ground %08X", e.name, colourAt(img, 1, 1), ground)
		}
	}
	sixty, _ := c.Paint(mustDraw(t, c, named(t, "line 60 days")))
	if len(sixty) > 22_000 {
		t.Errorf("an area of 60 points weighs %d bytes", len(sixty))
	}
}

func colourAt(img image.Image, x, y int) digest.Colour {
	r, g, b, a := img.At(x, y).RGBA()
	return digest.Colour(r>>8)<<24 | digest.Colour(g>>8)<<16 | digest.Colour(b>>8)<<8 | digest.Colour(a>>8)
}

func TestChartsOnAnAxisAre600By280(t *testing.T) {
	c := newCharts(t)
	for _, name := range []string{"line", "bar", "stacked", "line 60 days", "stacked none", "histogram", "histogram none"} {
		d := mustDraw(t, c, named(t, name))
		if d.Width != 600 || d.Height != 280 {
			t.Errorf("%s is %v x %v", name, d.Width, d.Height)
		}
	}
	if d := mustDraw(t, c, named(t, "ranking")); d.Height != 11*34+14+26 {
		t.Errorf("a ranking of 11 rows is %v high", d.Height)
	}
}

func TestAKindThatNobodyKnowsIsAnError(t *testing.T) {
	_, err := newCharts(t).Draw(digest.Picture{Chart: digest.Chart{Key: "x", Kind: "pie"}}, digest.Frame{}, plain{})
	if err == nil || !strings.Contains(err.Error(), `"pie"`) {
		t.Errorf("got %v", err)
	}
}

func TestALineSaysWhatItsDataSay(t *testing.T) {
	c := newCharts(t)
	accent := themed(digest.Frame{}).accent
	strokes := func(d digest.Drawing) (n int) {
		for _, s := range shapes(d) {
			if s.Stroke == accent && len(s.Path) > 1 && s.Path[1].Kind == digest.CubicTo {
				n++
			}
		}
		return n
	}
	t.Run("only the maximum is labelled, and round steps stand at the left", func(t *testing.T) {
		got := texts(mustDraw(t, c, named(t, "line")))
		want := []string{"10", "20", "30", "29", "Mon 23", "Tue 24", "Wed 25", "Thu 26", "Fri 27", "Sat 28", "Sun 29", "week before", "this week"}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a quiet week draws a flat line at zero", func(t *testing.T) {
		d := mustDraw(t, c, named(t, "line all zero"))
		for _, s := range shapes(d) {
			if s.Stroke == accent && s.Path[len(s.Path)-1].Kind == digest.CubicTo {
				if _, y0, _, y1 := extentOf(s.Path); y0 != y1 {
					t.Errorf("the line is not flat: %v to %v", y0, y1)
				}
				return
			}
		}
		t.Error("no line is drawn")
	})
	t.Run("a gap breaks the line", func(t *testing.T) {
		e := named(t, "line gaps") // 4, -, 7, -, -, 5, 6: one stretch of two, two single values
		if n := strokes(mustDraw(t, c, e)); n != 1 {
			t.Errorf("%d lines", n)
		}
	})
	t.Run("one value is a dot with its number", func(t *testing.T) {
		d := mustDraw(t, c, named(t, "line one"))
		if !has(texts(d), "7") || strokes(d) != 0 {
			t.Errorf("labels %q, %d lines", texts(d), strokes(d))
		}
	})
	t.Run("the week before is a dotted line of its own colour", func(t *testing.T) {
		for _, s := range shapes(mustDraw(t, c, named(t, "line"))) {
			if len(s.Dash) > 0 && s.Stroke == 0x9CA4B4FF && len(s.Path) == 7 {
				return
			}
		}
		t.Error("no dotted line of seven values")
	})
	t.Run("millions are counted in M, exactly", func(t *testing.T) {
		got := texts(mustDraw(t, c, named(t, "line huge")))
		if !has(got, "250,000 M") || !has(got, "1,234,567,890,123") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("durations step in clock units", func(t *testing.T) {
		got := texts(mustDraw(t, c, named(t, "line minutes")))
		for _, want := range []string{"5 min", "10 min", "25 min"} {
			if !has(got, want) {
				t.Errorf("no %q in %q", want, got)
			}
		}
	})
	t.Run("nothing at all leaves the ground", func(t *testing.T) {
		if d := mustDraw(t, c, named(t, "line none")); strokes(d) != 0 || has(texts(d), "0") {
			t.Errorf("labels %q, %d lines", texts(d), strokes(d))
		}
	})
}

func TestALineNeverPassesAboveItsData(t *testing.T) {
	c := newCharts(t)
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 2, 62).Draw(t, "values")
		p := one(digest.Line, digest.Ratio, daily(values...), nil)
		d, err := c.Draw(p, digest.Frame{}, plain{})
		if err != nil {
			t.Fatal(err)
		}
		accent := themed(digest.Frame{}).accent
		for _, s := range shapes(d) {
			if s.Stroke != accent {
				continue
			}
			from := s.Path[0].P[0]
			for _, seg := range s.Path[1:] {
				if seg.Kind != digest.CubicTo {
					t.Fatalf("a step of kind %v", seg.Kind)
				}
				to := seg.P[2]
				for i := range 33 {
					f := float64(i) / 32
					u := 1 - f
					y := u*u*u*from.Y + 3*u*u*f*seg.P[0].Y + 3*u*f*f*seg.P[1].Y + f*f*f*to.Y
					if y < min(from.Y, to.Y)-1e-9 || y > max(from.Y, to.Y)+1e-9 {
						t.Fatalf("between %v and %v the line is at %v", from.Y, to.Y, y)
					}
				}
				from = to
			}
			return
		}
		t.Fatal("no line")
	})
}

func TestAScaleHoldsItsValuesInAtMostFiveSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]digest.Unit{digest.Count, digest.Ratio, digest.Percent, digest.Duration, digest.MessagesPerMinute}).Draw(t, "unit")
		exp := rapid.Float64Range(-6, 13).Draw(t, "exp")
		most := rapid.Float64Range(0, 1).Draw(t, "most") * math.Pow(10, exp)
		least := -rapid.Float64Range(0, 1).Draw(t, "least") * math.Pow(10, rapid.Float64Range(-6, 13).Draw(t, "exp below"))
		s := scaleOf(unit, least, most)
		slack := 1e-6 * (s.Max - s.Min) // less than can be seen
		if s.step <= 0 || s.Min > least+slack || s.Max < most-slack || len(s.ticks()) > 7 {
			t.Fatalf("%v..%v is drawn from %v to %v in steps of %v", least, most, s.Min, s.Max, s.step)
		}
		if unit == digest.Count && s.step != math.Trunc(s.step) {
			t.Fatalf("a count in steps of %v", s.step)
		}
	})
}

func TestTheDaysUnderAPlotStandClearOfEachOther(t *testing.T) {
	c := newCharts(t)
	for _, days := range []int{1, 2, 7, 13, 14, 15, 16, 28, 31, 45, 60, 62} {
		for _, kind := range []digest.Kind{digest.Line, digest.Bar} {
			for _, frame := range []digest.Frame{{}, {Width: 366}, {Width: 366, Bare: true}, {Width: 764, Bare: true}} {
				p := one(kind, digest.Count, dailyFrom(digest.Date{Year: 2020, Month: time.March, Day: 1}, sample(days, 40)...), nil)
				d, err := c.Draw(p, frame, plain{})
				if err != nil {
					t.Fatal(err)
				}
				var under []digest.Label
				for _, l := range labels(d) {
					if l.Y > d.Height-30 && l.Anchor == digest.AnchorMiddle && l.Weight == 400 {
						under = append(under, l)
					}
				}
				if len(under) == 0 || days > 7 && len(under) < 2 {
					t.Errorf("%s of %d days, %+v: %d dates", kind, days, frame, len(under))
				}
				for i := 1; i < len(under); i++ {
					if gap := under[i].X - under[i].Width/2 - under[i-1].X - under[i-1].Width/2; gap < 4 {
						t.Errorf("%s of %d days, %+v: %q and %q are %.1f apart", kind, days, frame, under[i-1].Text, under[i].Text, gap)
					}
				}
			}
		}
	}
}

func TestBarsSayWhatTheirDataSay(t *testing.T) {
	c := newCharts(t)
	soft, accent := themed(digest.Frame{}).soft, themed(digest.Frame{}).accent
	count := func(d digest.Drawing, k digest.Colour) (n int) {
		for _, s := range shapes(d) {
			if s.Fill == k {
				n++
			}
		}
		return n
	}
	d := mustDraw(t, c, named(t, "bar"))
	if count(d, accent) != 1 || count(d, soft) != 6 {
		t.Errorf("%d bars in the accent, %d others", count(d, accent), count(d, soft))
	}
	zero := mustDraw(t, c, named(t, "bar all zero"))
	if n := count(zero, accent) + count(zero, soft); n != 0 || !has(texts(zero), "0") {
		t.Errorf("all zero: %d bars, labels %q", n, texts(zero))
	}
	gaps := mustDraw(t, c, named(t, "bar gaps"))
	if got := texts(gaps); has(got, "0") || !has(got, "7") {
		t.Errorf("a gap is no zero: %q", got)
	}
	stack := texts(mustDraw(t, c, named(t, "stacked")))
	for _, want := range []string{"27", "1 missed", "2 missed", "3 waiting", "handled"} {
		if !has(stack, want) {
			t.Errorf("stacked: no %q in %q", want, stack)
		}
	}
	both := texts(mustDraw(t, c, named(t, "stacked missed and waiting on one day")))
	if !has(both, "12 missed") || !has(both, "13 waiting") {
		t.Errorf("missed and waiting on one day: %q", both)
	}
}

func TestRowsKeepTheirOrderAndTheirWords(t *testing.T) {
	c := newCharts(t)
	got := texts(mustDraw(t, c, named(t, "ranking")))
	if !reflect.DeepEqual(got[:3], []string{"Order status", "74", "26 %"}) || !reflect.DeepEqual(got[len(got)-3:], []string{"Not understood", "23", "8 %"}) {
		t.Errorf("got %q", got)
	}
	if got := texts(mustDraw(t, c, named(t, "ranking durations"))); has(got, "25 %") || !has(got, "61 h") {
		t.Errorf("durations have no share: %q", got)
	}
	tiny := texts(mustDraw(t, c, named(t, "ranking huge")))
	if !has(tiny, "<\u20090.1 %") || !has(tiny, "1,234,567,890,123") {
		t.Errorf("a share that is nearly nothing: %q", tiny)
	}
	donut := texts(mustDraw(t, c, named(t, "donut")))
	if !has(donut, "126") || !has(donut, "active users") || !has(donut, "66 %") {
		t.Errorf("donut: %q", donut)
	}
	negative := texts(mustDraw(t, c, named(t, "donut negative")))
	for _, s := range negative {
		if strings.Contains(s, "%") {
			t.Errorf("a share of a whole with negative parts: %q", negative)
		}
	}
	flow := texts(mustDraw(t, c, named(t, "flow")))
	for _, want := range []string{"Came in by", "Website", "58", "nobody", "8"} {
		if !has(flow, want) {
			t.Errorf("flow: no %q in %q", want, flow)
		}
	}
}

func TestADonutOfTenRowsHasTenLooks(t *testing.T) {
	c := newCharts(t)
	for _, name := range []string{"donut ten rows", "donut ten rows dark", "donut ten rows brand"} {
		e := named(t, name)
		b := newBoard(c.set, newRecorder(c.set), e.picture, e.frame, plain{})
		slices, _, _ := b.slices()
		seen := map[[2]any]bool{}
		for _, s := range slices {
			seen[[2]any{s.colour, s.hollow}] = true
		}
		if len(seen) != 10 {
			t.Errorf("%s: %d looks", name, len(seen))
		}
	}
}

func TestNoRowOfAFlowLosesItsLine(t *testing.T) {
	c := newCharts(t)
	for _, name := range []string{"flow", "flow ten nodes a column", "flow tiny", "flow all zero", "flow half"} {
		e := named(t, name)
		d := mustDraw(t, c, e)
		if n := len(e.picture.Chart.Nodes); len(labels(d)) < 2*n {
			t.Errorf("%s: %d labels for %d nodes", name, len(labels(d)), n)
		}
	}
}

// ribbonsOf counts the translucent shapes that reach from one column to another, and those that are only an end of one.
func ribbonsOf(d digest.Drawing) (whole, ends int) {
	for _, s := range shapes(d) {
		if s.Fill&0xFF == 0xFF || len(s.Path) == 0 {
			continue
		}
		left, right := math.Inf(1), math.Inf(-1)
		for _, seg := range s.Path {
			if seg.Kind == digest.MoveTo || seg.Kind == digest.LineTo {
				left, right = min(left, seg.P[0].X), max(right, seg.P[0].X)
			}
		}
		if right-left > 50 {
			whole++
		} else {
			ends++
		}
	}
	return whole, ends
}

func TestAThicketKeepsItsWidestRibbonsAndTheEndsOfTheRest(t *testing.T) {
	c := newCharts(t)
	for _, row := range []struct {
		name        string
		whole, ends bool // all links; none cut short
	}{{"flow", true, true}, {"flow dark", true, true}, {"flow ten nodes a column", true, true}, {"flow of the demo", false, false}, {"flow thicket", false, false}} {
		e := named(t, row.name)
		whole, ends := ribbonsOf(mustDraw(t, c, e))
		links := len(e.picture.Chart.Links)
		if row.whole != (whole == links) || row.ends != (ends == 0) || whole < 20 {
			t.Errorf("%s: %d of %d links are drawn whole, %d ends of others", row.name, whole, links, ends)
		}
	}
}

func TestOnlyNobodyIsRed(t *testing.T) {
	c := newCharts(t)
	e := named(t, "flow")
	red, want := 0, 0
	for _, l := range e.picture.Chart.Links {
		if l.To == "nobody" {
			want++
		}
	}
	for _, s := range shapes(mustDraw(t, c, e)) {
		if s.Fill>>8 == 0xBE2F3E {
			red++
		}
	}
	if red != want+1 { // the ribbons and their node
		t.Errorf("%d red shapes for %d links", red, want)
	}
}

// TestTheDrawingGoesThroughGoChartsRenderer draws on go-chart's own renderers, which have whole coordinates, no fades
// and no anchors.
func TestTheDrawingGoesThroughGoChartsRenderer(t *testing.T) {
	c := newCharts(t)
	for _, c2 := range []struct {
		name     string
		provider chart.RendererProvider
		kinds    []string
	}{{"svg", chart.SVG, []string{"line", "bar", "stacked", "ranking", "donut", "curve", "flow", "heatmap", "histogram", "funnel", "journey", "steps"}}, {"png", chart.PNG, []string{"line"}}} {
		for _, kind := range c2.kinds {
			e := named(t, kind)
			r, err := c2.provider(600*grain, 760*grain)
			if err != nil {
				t.Fatal(err)
			}
			if err := newBoard(c.set, r, e.picture, e.frame, plain{}).draw(); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := r.Save(&out); err != nil || out.Len() < 2000 {
				t.Errorf("%s on go-chart's %s: %d bytes, %v", kind, c2.name, out.Len(), err)
			}
		}
	}
}

func TestDrawingsAreAsTheyWere(t *testing.T) {
	c := newCharts(t)
	for _, name := range []string{"line", "bar", "stacked", "ranking", "donut", "curve", "flow", "line gaps", "ranking right to left", "bar dark", "heatmap", "heatmap right to left", "histogram", "funnel", "journey", "steps", "donut three rows"} {
		got := c.SVG(mustDraw(t, c, named(t, name)))
		file := filepath.Join("testdata", strings.ReplaceAll(name, " ", "-")+".svg")
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s has changed: look at it with -gallery, then run with -update", file)
		}
	}
}

func TestAnSVGIsWellFormedWhateverTheData(t *testing.T) {
	c := newCharts(t)
	p := one(digest.Ranking, digest.Count, rows(row{`<script>alert("x")</script> & Co`, 3, ""}, row{"tab\tand\x00nul\x0b\xff", 2, ""}, row{"]]>", 1, ""}), nil)
	d, err := c.Draw(p, digest.Frame{}, plain{})
	if err != nil {
		t.Fatal(err)
	}
	for _, svg := range [][]byte{c.SVG(d), c.SVG(mustDraw(t, c, named(t, "ranking all equal")))} {
		if bytes.Contains(svg, []byte("<script")) {
			t.Error("markup in a label is markup in the document")
		}
		for dec := xml.NewDecoder(bytes.NewReader(svg)); ; {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTheSignHasTwoWeeksOfSevenDays(t *testing.T) {
	c := newCharts(t)
	d := c.Mark(0xBE2F3EFF)
	if len(d.Marks) != 14 || d.Width != 50 || d.Height != 13 {
		t.Errorf("%d days on %v x %v", len(d.Marks), d.Width, d.Height)
	}
	raw, err := c.Paint(d)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil || img.Bounds().Dx() != 150 || img.Bounds().Dy() != 39 {
		t.Errorf("%v, %v", img.Bounds(), err)
	}
	if got := colourAt(img, 9, 30); got != 0xBE2F3EFF {
		t.Errorf("this week is %08X", got)
	}
	if _, _, _, alpha := img.At(0, 20).RGBA(); alpha != 0 {
		t.Errorf("between the weeks the sign covers what it stands on, by %d", alpha)
	}
}

func TestManyDrawAtOnce(t *testing.T) {
	c := newCharts(t)
	var list []exhibit
	for i, e := range exhibits() {
		if i%6 == 0 {
			list = append(list, e)
		}
	}
	want := make([][]byte, len(list))
	for i, e := range list {
		want[i], _ = c.Paint(mustDraw(t, c, e))
	}
	fresh := newCharts(t)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range list {
				i := (i + w*31) % len(list)
				d, err := fresh.Draw(list[i].picture, list[i].frame, plain{list[i].dir})
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := fresh.Paint(d); err != nil || !bytes.Equal(got, want[i]) {
					t.Errorf("%s is another picture when drawn beside others: %v", list[i].name, err)
				}
			}
		})
	}
	wg.Wait()
}
