package charts

import (
	"bytes"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/font"
	"github.com/golang/freetype/truetype"
	"golang.org/x/image/math/fixed"
)

// standing gives where parts of a text stand on its line.
func standing(t *testing.T, c *Charts, text string, parts ...string) []float64 {
	t.Helper()
	var out []float64
	whole := c.set.line(text, 400)
	for _, p := range parts {
		alone := c.set.line(p, 400)
		at := math.NaN()
		for i := 0; i+len(alone.glyphs) <= len(whole.glyphs); i++ {
			same := true
			for j, g := range alone.glyphs {
				same = same && len(g.outline) == len(whole.glyphs[i+j].outline) && &g.outline[0] == &whole.glyphs[i+j].outline[0]
			}
			if same {
				at = whole.glyphs[i].x
				break
			}
		}
		if math.IsNaN(at) {
			t.Fatalf("%q is not found in %q", p, text)
		}
		out = append(out, at)
	}
	return out
}

func TestArabicReadsFromTheRight(t *testing.T) {
	c := newCharts(t)
	if at := standing(t, c, "طلب Refund", "طلب", "Refund"); at[0] < at[1] {
		t.Errorf("the first word of an Arabic line stands at %.2f, left of the second at %.2f", at[0], at[1])
	}
	if at := standing(t, c, "Refund طلب", "Refund", "طلب"); at[0] > at[1] {
		t.Errorf("the first word of an English line stands at %.2f, right of the second at %.2f", at[0], at[1])
	}
	if at := standing(t, c, "11 طلب", "11", "طلب"); at[0] < at[1] {
		t.Errorf("a number before an Arabic word stands at %.2f, left of it at %.2f", at[0], at[1])
	}
	if at := standing(t, c, "طلب (Refund) 24", "طلب", "Refund", "24"); at[0] < at[1] || at[1] < at[2] {
		t.Errorf("three parts from the right stand at %.2f", at)
	}
	if at := standing(t, c, "A طلب 12 دور B", "A", "طلب", "12", "دور", "B"); !(at[0] < at[3] && at[3] < at[2] && at[2] < at[1] && at[1] < at[4]) {
		t.Errorf("Arabic with a number inside English stands at %.2f", at) // A, then rwd 12 blT, then B
	}
}

func TestRunsAreReorderedByTheirLevels(t *testing.T) {
	for _, c := range []struct {
		levels []bidi.Level
		want   []int
	}{
		{nil, []int{}},
		{[]bidi.Level{0, 1, 0}, []int{0, 1, 2}},
		{[]bidi.Level{0, 1, 2, 1, 0}, []int{0, 3, 2, 1, 4}},
		{[]bidi.Level{1, 2, 1}, []int{2, 1, 0}},
		{[]bidi.Level{1, 2, 2, 1, 2}, []int{4, 3, 1, 2, 0}},
	} {
		got := visual(c.levels)
		if len(got) != len(c.want) {
			t.Fatalf("%v: %v", c.levels, got)
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%v: %v, want %v", c.levels, got, c.want)
				break
			}
		}
	}
}

func TestArabicLettersJoin(t *testing.T) {
	c := newCharts(t)
	alone := func(r rune) *line { return c.set.line(string(r), 400) }
	for _, weight := range []int{400, 600, 700} {
		for _, r := range "بتثجحخسشصضطظعغفقكلمنهيئ" { // letters that join on both sides
			word := string([]rune{'ب', r, 'ب'})
			joined := c.set.line(word, weight).advance - c.set.line("بب", weight).advance
			if single := c.set.line(string(r), weight).advance; math.Abs(joined-single) < 1e-6 {
				t.Errorf("weight %d: %c inside a word is as wide as alone (%.3f)", weight, r, single)
			}
		}
	}
	if n := len(alone('ا').glyphs); n != 1 {
		t.Errorf("alef is %d glyphs", n)
	}
}

func TestALabelSaysWhetherItNeedsShaping(t *testing.T) {
	c := newCharts(t)
	for text, want := range map[string]bool{
		"Order status": true, "Lucía Fernández": true, "Ελληνικά": true, "русский": true, "12,307 %": true, "−4 × 3 h": true, "": true,
		"طلب": false, "עברית": false, "日本語": false, "e\u0301": false, "a\u200fb": false, "🙂": false,
	} {
		if got := c.set.line(text, 400).plain; got != want {
			t.Errorf("%q: plain is %v", text, got)
		}
	}
}

func TestALabelThatIsCutEndsWithAnEllipsisAndFits(t *testing.T) {
	c := newCharts(t)
	for _, text := range []string{long40, arabic40, arabic40 + arabic40, "日本語のラベル 🙂 日本語のラベル", strings.Repeat("e\u0301", 60), "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦"} {
		for _, room := range []float64{5, 20, 100, 150, 1e4} {
			got := c.set.fit(text, 16, 400, room)
			switch {
			case room == 1e4 && got != text:
				t.Errorf("%q fits and became %q", text, got)
			case room < 1e4 && got != text && !strings.HasSuffix(got, "…"):
				t.Errorf("%q in %v became %q", text, room, got)
			case c.set.width(got, 16, 400) > max(room, c.set.width("…", 16, 400)):
				t.Errorf("%q in %v became %q, %.1f wide", text, room, got, c.set.width(got, 16, 400))
			}
			if r := []rune(strings.TrimSuffix(got, "…")); len(r) > 0 && len(r) < len([]rune(text)) && got != text && strings.Contains(text, "e\u0301") && r[len(r)-1] == 'e' {
				t.Errorf("%q is cut inside a character", got)
			}
		}
	}
}

func TestACharacterThatNoFontHasIsABoxOfItsWidth(t *testing.T) {
	c := newCharts(t)
	l := c.set.line("日本", 400)
	if l.advance < .5 || len(l.glyphs) != 2 {
		t.Errorf("two unknown characters: %d boxes, %.2f wide", len(l.glyphs), l.advance)
	}
	c.set = &setter{inter: c.set.inter, arabic: c.set.arabic, disk: func(r rune, _ int) *font.Font { panic("broken file") }}
	if got := c.set.line("日本", 400).advance; got != l.advance {
		t.Errorf("with a broken font on the disk: %.2f", got)
	}
}

func TestAFontFromElsewhereIsUsedForItsScript(t *testing.T) {
	c := newCharts(t)
	box := c.set.line("日", 400).advance
	asked := 0
	c.set.disk = func(r rune, _ int) *font.Font { asked++; return nil }
	c.set.lines = nil
	if got := c.set.line("日a", 400).advance; asked == 0 || got <= box {
		t.Errorf("asked %d times, %.2f wide", asked, got)
	}
	if _, err := New([]byte("no font")); err == nil {
		t.Error("a file that is no font is accepted")
	}
	raw, err := fontFiles.ReadFile("fonts/NotoSansArabic-400.ttf")
	if err != nil {
		t.Fatal(err)
	}
	more, err := New(raw)
	if err != nil || len(more.set.more) != 1 {
		t.Errorf("a font handed in: %v, %d kept", err, len(more.set.more))
	}
}

func TestAMachineWithoutFontsIsNoError(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if w := c.set.line("日本語 🙂", 400).advance; !(w > 1) {
		t.Errorf("%.2f wide", w)
	}
}

func TestFiguresAreOfOneWidth(t *testing.T) {
	c := newCharts(t)
	for _, f := range c.Fonts() {
		parsed, err := truetype.Parse(f.TTF)
		if err != nil {
			t.Fatal(err)
		}
		want := c.set.line("0", f.Weight).advance
		for _, r := range "0123456789" {
			if got := c.set.line(string(r), f.Weight).advance; got != want {
				t.Errorf("%d: %c is %.3f wide, 0 is %.3f", f.Weight, r, got, want)
			}
			if got := float64(parsed.HMetric(fixed.I(2048), parsed.Index(r)).AdvanceWidth) / 64 / 2048; math.Abs(got-want) > 1e-3 {
				t.Errorf("%d: %c is %.3f wide in the file for other programs, %.3f here", f.Weight, r, got, want)
			}
		}
		if letter := c.set.line("A", f.Weight).advance; math.Abs(float64(parsed.HMetric(fixed.I(2048), parsed.Index('A')).AdvanceWidth)/64/2048-letter) > 1e-3 {
			t.Errorf("%d: letters differ between the file and the chart", f.Weight)
		}
	}
}

func TestTheLicenceOfEachFontStandsBesideIt(t *testing.T) {
	entries, err := os.ReadDir("fonts")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		family, isFont := strings.CutSuffix(e.Name(), ".ttf")
		if !isFont {
			continue
		}
		n++
		family, _, _ = strings.Cut(family, "-")
		licence, err := os.ReadFile("fonts/" + family + "-OFL.txt")
		if err != nil || !bytes.Contains(licence, []byte("SIL OPEN FONT LICENSE Version 1.1")) {
			t.Errorf("%s has no licence: %v", e.Name(), err)
		}
	}
	if n != 6 {
		t.Errorf("%d fonts", n)
	}
}

func TestAnOutlineStandsWhereItsLabelDoes(t *testing.T) {
	c := newCharts(t)
	e := named(t, "ranking right to left")
	found := false
	for _, l := range labels(mustDraw(t, c, e)) {
		if l.Plain != (l.Outline == nil) {
			t.Errorf("%q: plain %v, %d steps of outline", l.Text, l.Plain, len(l.Outline))
		}
		if l.Plain {
			continue
		}
		found = true
		x0, y0, x1, y1 := extentOf(l.Outline)
		left := l.X - lead(&l)
		if x0 < left-2 || x1 > left+l.Width+2 || y0 < l.Y-1.3*l.Size || y1 > l.Y+.6*l.Size {
			t.Errorf("%q at %.1f, %.1f wide %.1f has its outline from %.1f,%.1f to %.1f,%.1f", l.Text, left, l.Y, l.Width, x0, y0, x1, y1)
		}
	}
	if !found {
		t.Error("no label is shaped")
	}
}
