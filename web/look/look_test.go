package look

import (
	"bytes"
	"html/template"
	"math"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"fortnight/digest"
)

func TestTheStylesheetIsServedUnderThirtyKilobytes(t *testing.T) {
	css, err := files.ReadFile("fortnight.css")
	if err != nil {
		t.Fatal(err)
	}
	small := squeezed(css)
	t.Logf("%d bytes, served as %d", len(css), len(small))
	if len(small) >= 30_000 {
		t.Errorf("it is served as %d bytes", len(small))
	}
	if strings.Count(string(small), "{") != strings.Count(string(css), "{") {
		t.Error("a rule was lost")
	}
}

func TestTheReadersSheetHasNoConsoleInIt(t *testing.T) {
	css, err := Sheet([]byte(".own { a: b }"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", len(css))
	for _, never := range []string{".cal .day", ".swatch", ".tiles", ".cadence"} {
		if bytes.Contains(css, []byte(never)) {
			t.Errorf("it has %s", never)
		}
	}
	for _, want := range []string{":root{", ".banner", ".btn", ".charts", ".figs", "@media (max-width:720px)", ".own{a:b}"} {
		if !bytes.Contains(css, []byte(want)) {
			t.Errorf("it lacks %s", want)
		}
	}
	if open, shut := bytes.Count(css, []byte("{")), bytes.Count(css, []byte("}")); open != shut {
		t.Errorf("%d rules begin and %d end", open, shut)
	}
}

func TestTheScriptStaysSmall(t *testing.T) {
	js, err := files.ReadFile("fortnight.js")
	if err != nil {
		t.Fatal(err)
	}
	if len(js) > 5_000 {
		t.Errorf("it has %d bytes", len(js))
	}
}

// TestWhatAPageLoadsIsUnderThirtyKilobytes adds the sheets up that pages load together: the console's with the pictures of charts, and
// the readers', each with a brand's colours of charts.
func TestWhatAPageLoadsIsUnderThirtyKilobytes(t *testing.T) {
	const colours = 700 // 26 names, light and dark
	css, err := files.ReadFile("fortnight.css")
	if err != nil {
		t.Fatal(err)
	}
	charts, err := os.ReadFile("../../charts/page.css")
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("../reader/pages/reader.css")
	if err != nil {
		t.Fatal(err)
	}
	readers, err := Sheet(charts, own)
	if err != nil {
		t.Fatal(err)
	}
	for who, n := range map[string]int{"console": len(squeezed(css)) + len(charts) + colours, "readers": len(readers) + colours} {
		t.Logf("%s: %d bytes", who, n)
		if n >= 30_000 {
			t.Errorf("a page of the %s loads %d bytes", who, n)
		}
	}
}

func TestSpaceThatMeansSomethingStays(t *testing.T) {
	for css, want := range map[string]string{
		"a { b: c; }":                               "a{b:c}",
		"/* x */\n.a .b > .c,\n.d { e: f g }\n":     ".a .b>.c,.d{e:f g}",
		"i { top: calc(100% + 4px) }":               "i{top:calc(100% + 4px)}",
		`a::after { content: " ↓  " }`:              `a::after{content:" ↓  "}`,
		"@media (max-width: 720px) { a :hover {} }": "@media (max-width:720px){a :hover{}}",
		".a:not(:has(b)) :is(c, d) { e: f }":        ".a:not(:has(b)) :is(c,d){e:f}",
		"a { b: c } /* no end":                      "a{b:c}",
	} {
		if got := strings.TrimSpace(string(squeezed([]byte(css)))); got != want {
			t.Errorf("%q becomes %q", css, got)
		}
	}
}

func TestEveryStateHasAGlyphAndAWord(t *testing.T) {
	states := []any{
		digest.EditionDue, digest.EditionCollecting, digest.EditionReady, digest.EditionSending, digest.EditionDone, digest.EditionHeld,
		digest.EditionParked, digest.EditionArchived, digest.EditionDiscarded, digest.DeliveryPlanned, digest.DeliverySent, digest.DeliveryDeferred,
		digest.DeliveryFailed, digest.DeliveryUnknown, digest.DeliverySuppressed, digest.DeliveryExpired,
		"on", "draft", "paused", "late", "bounced", "unsubscribed", "removed", "readable", "unreadable", "full", "derived", "partial", "not available",
	}
	for _, state := range states {
		s := Of(state)
		h, err := State(state)
		if err != nil || s.Word == "" || !strings.Contains(string(h), "<svg") || !strings.Contains(string(h), s.Word) {
			t.Errorf("%v: %s, %v", state, h, err)
		}
		if s.Word == s.Kind || s.Icon == "dot" && s.Word != "On" {
			t.Errorf("%v has no look of its own", state)
		}
	}
	if h, _ := State(`<b>"`); strings.Contains(string(h), "<b>") {
		t.Errorf("an unknown one is printed raw: %s", h)
	}
	if _, err := Icon("nonesuch"); err == nil {
		t.Error("an icon that there is not is drawn")
	}
}

func TestATilesLetterCanBeReadOnAnyColour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := digest.Colour(rapid.Uint32Range(0, 0xffffff).Draw(t, "colour")<<8 | 0xff)
		_, ink := Readable(c)
		of := digest.Colour(0xffffffff)
		if ink == "#000000" {
			of = 0x000000ff
		}
		if r := Contrast(c, of); r < 4.5 {
			t.Errorf("%08x with %s: %.2f", uint32(c), ink, r)
		}
	})
	if r := Contrast(0xffffffff, 0x000000ff); math.Abs(r-21) > 1e-9 {
		t.Errorf("white on black is %v", r)
	}
	if h := string(Tile(`<x> & "y"`, 0xff0000ff)); strings.Contains(h, "<x>") || !strings.Contains(h, ">X<") {
		t.Errorf("%s", h)
	}
}

func TestNamesGiveInitialsAndAddressesAMask(t *testing.T) {
	for name, want := range map[string]string{"Maya Ortiz": "MO", "élodie": "É", "": "", "— ?": "", "Jean-Luc de la Tour": "JT", "王 小明": "王小"} {
		if got := Initials(name, 2); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
	for address, want := range map[string]string{"maya.ortiz@x.example": "m••••z@x.example", "ab@x.example": "a••••@x.example", "@x": "••••", "none": "••••"} {
		if got := Masked(address); got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
}

func TestNumbersAreCountedInWords(t *testing.T) {
	for got, want := range map[string]string{
		Count(1, "digest", ""): "1 digest", Count(0, "digest", ""): "0 digests", Count(12345, "person", "people"): "12,345 people",
		Thousands(-1234567): "−1,234,567", Thousands(999): "999", Thousands(1000): "1,000",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAPageIsPrintedWholeOrNotAtAll(t *testing.T) {
	l, err := New("/base")
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Press(fstest.MapFS{
		"_frame.gohtml": {Data: []byte(`{{define "frame"}}<link href="{{style}}">{{block "acts" .}}none{{end}}{{template "main" .}}{{end}}`)},
		"one.gohtml":    {Data: []byte(`{{template "frame" .}}{{define "acts"}}own{{end}}{{define "main"}}{{.Name}} {{louder .Name}}{{end}}`)},
		"two.gohtml":    {Data: []byte(`{{template "frame" .}}{{define "main"}}{{.Missing}}{{end}}`)},
		"three.gohtml":  {Data: []byte(`{{template "frame" .}}{{define "main"}}three{{end}}`)},
	}, template.FuncMap{"louder": strings.ToUpper})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Print(&out, "one", map[string]string{"Name": "<b>"}); err != nil || !strings.HasSuffix(out.String(), `">own&lt;b&gt; &lt;B&gt;`) || !strings.Contains(out.String(), `href="/base/assets/fortnight.`) {
		t.Errorf("%s, %v", out.String(), err)
	}
	out.Reset()
	if err := p.Print(&out, "two", map[string]string{}); err == nil || out.Len() > 0 {
		t.Errorf("%s, %v", out.String(), err)
	}
	if err := p.Print(&out, "three", map[string]string{}); err != nil || !strings.HasSuffix(out.String(), "nonethree") {
		t.Errorf("a page sees another's parts: %s, %v", out.String(), err)
	}
	if err := p.Print(&out, "four", nil); err == nil || p.Has("four") || !p.Has("one") {
		t.Error("a page that there is not")
	}
	if _, err := l.Press(fstest.MapFS{"bad.gohtml": {Data: []byte(`{{nonesuch}}`)}}, nil); err == nil {
		t.Error("a page that cannot be read is found out when it is shown")
	}
}
