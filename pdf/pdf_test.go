package pdf_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/pdf"
)

func press(t testing.TB) *pdf.Press { return pdf.New(fonts(t), nil) }

func fonts(t testing.TB) pdf.Fonts {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("..", "charts", "fonts", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return pdf.Fonts{Regular: read("Inter-400.ttf"), Semibold: read("Inter-600.ttf"), Bold: read("Inter-700.ttf")}
}

// drawing stands in for a chart: a fade, a dashed line, a bar and labels.
func drawing(p digest.Picture, f digest.Frame) (digest.Drawing, error) {
	w, h := f.Width, 180.0
	area := []digest.Segment{
		{Kind: digest.MoveTo, P: [3]digest.Spot{{X: 20, Y: h - 30}}},
		{Kind: digest.LineTo, P: [3]digest.Spot{{X: 20, Y: 60}}},
		{Kind: digest.CubicTo, P: [3]digest.Spot{{X: w / 3, Y: 10}, {X: w / 2, Y: 90}, {X: w - 20, Y: 70}}},
		{Kind: digest.LineTo, P: [3]digest.Spot{{X: w - 20, Y: h - 30}}},
		{Kind: digest.Close},
	}
	line := []digest.Segment{{Kind: digest.MoveTo, P: [3]digest.Spot{{X: 0, Y: h - 60}}}, {Kind: digest.LineTo, P: [3]digest.Spot{{X: w, Y: h - 60}}}}
	return digest.Drawing{Width: w, Height: h, Ground: 0xFFFFFFFF, Marks: []digest.Mark{
		{Shape: &digest.Shape{Path: line, Stroke: 0xDDE0E7FF, Width: 1}},
		{Shape: &digest.Shape{Path: area, Fade: &digest.Fade{From: 10, To: h - 30, Top: 0x3F45D633, Bottom: 0x3F45D605}}},
		{Shape: &digest.Shape{Path: line, Stroke: 0x9CA4B4FF, Width: 2.5, Dash: []float64{2, 6}}},
		{Label: &digest.Label{Text: "Mon 23", X: 20, Y: h - 8, Size: 14, Weight: 400, Colour: 0x4B5262FF, Plain: true}},
		{Label: &digest.Label{Text: "29", X: w / 2, Y: 50, Size: 16, Weight: 700, Colour: 0x14171FFF, Anchor: digest.AnchorMiddle, Halo: 0xFFFFFFFF, Plain: true}},
	}}, nil
}

func letter() digest.Letter {
	b := func(s string) digest.Span { return digest.Span{Text: s, Bold: true} }
	s := func(s string) digest.Span { return digest.Span{Text: s} }
	picture := func(key, title, caption, alt string, half bool) digest.Picture {
		return digest.Picture{Section: "activity", Anchor: key, Title: title, Caption: caption, Alt: alt, Drawn: true, Half: half}
	}
	return digest.Letter{
		Locale: "en", Dir: "ltr", Audience: digest.Manager, Subject: "Support desk, 23–29 Mar: 307 messages (+60 %), 5 missed",
		Project: "Support desk", Kind: "Weekly digest", Edition: "SD-2020-W13", Hash: "9f3c 41d7 b20e 6a58",
		ReadAt:   time.Date(2020, 3, 30, 12, 0, 0, 0, time.UTC),
		Headline: []string{"307 messages, up 60\u00a0%.", "5 missed."},
		Dates:    "Mon 23 – Sun 29 March 2020, compared with 16–22 March",
		Contract: digest.Spans{s("America/New_York, 168 hours. Data read 30 Mar, 08:00. 3 of 3 sections complete.")},
		Range:    "23–29 March 2020",
		Findings: []digest.Finding{
			{Tone: digest.Worse, Word: "Worse", Text: digest.Spans{b("5 of 131"), s(" conversations offered to agents were "), b("missed"), s(". The week before, none were.")}, Link: "By day", Anchor: "contact_center-handled_vs_missed"},
			{Tone: digest.Better, Word: "Better", Text: digest.Spans{s("Half were answered within "), b("1\u00a0h 40\u00a0min"), s(", down from 9\u00a0h 34\u00a0min.")}, Link: "Waits", Anchor: "activity-a"},
		},
		Sections: []digest.Chapter{
			{
				Key: "activity", Anchor: "activity", Title: "Activity", Status: "Chatwoot, complete",
				Cards: []digest.Card{
					{Key: "total_messages", Label: "Messages", Parts: []digest.Part{{Number: "307"}}, Change: "+60\u00a0%", From: "from\u00a0192"},
					{Key: "new_users", Label: "New users", Parts: []digest.Part{{Number: "124"}}, Change: "+35\u00a0%", From: "from\u00a092", Colour: digest.Better},
					{Key: "missed", Label: "Missed", Mark: "2", Parts: []digest.Part{{Number: "5"}}, Change: "+5", From: "from\u00a00", Colour: digest.Worse, Dot: true},
					{Key: "wait", Label: "Median wait", Parts: []digest.Part{{Number: "1", Unit: "h"}, {Number: "40", Unit: "min"}}, Change: "−7\u00a0h 54\u00a0min", Colour: digest.Better},
					{Key: "connection", Label: "Connection hours", Nil: "Not available", Small: true, Under: "Chatwoot keeps no record"},
					{Key: "peak", Label: "Busiest minute", Mark: "1", Parts: []digest.Part{{Number: "2", Unit: "messages"}}, Under: "Mon 23 Mar, 15:02 EDT", Wide: true},
				},
				Balance: &digest.Balance{
					Bars: []digest.BalanceBar{{Key: "handled", Share: 93.9}, {Key: "missed", Share: 3.8}, {Key: "waiting", Share: 2.3}},
					Line: digest.Spans{b("131"), s(" offered = "), b("123"), s(" handled + "), b("5"), s(" missed + "), b("3"), s(" waiting")},
					Text: "The agents’ sum is handled, 123. Each of the 6 transfers counts again.",
				},
				Pictures: []digest.Picture{
					picture("activity-a", "Incoming messages", "Tuesday to Friday brought 109 of the 150 messages people sent; the week before had 101 in all.", "By day: Mon 11, Tue 29, Wed 28, Thu 24, Fri 28, Sat 17, Sun 13.", false),
					picture("activity-b", "Messages per conversation", "Friday’s were the longest, at 2.5 messages.", "By day: Mon 1.4, Tue 1.8.", true),
					picture("activity-c", "Busiest minute of each day", "No minute had more than 2 messages.", "By day: Mon 2, Tue 2.", true),
				},
				Sheets: []digest.Sheet{{Anchor: "by_team", Title: "By team", Head: []string{"Team", "Offered", "Handled"}, Rows: [][]string{{"Support", "80", "77"}, {"Billing", "51", "46"}}, Text: 1}},
			},
			{
				Key: "contact_center", Anchor: "contact_center", Title: "Contact center", Status: "Chatwoot, failed", Failed: true,
				Message: digest.Spans{s("Its query was stopped after 30 seconds.")},
			},
		},
		NotesTitle: "Notes", Notes: []digest.Spans{{b("Restated."), s(" 16–22 March: 192 messages, printed last week as 190.")}},
		Footnotes:   []digest.Footnote{{Mark: "1", Text: "The earliest of 8 minutes with 2 messages."}, {Mark: "2", Text: "Missed: no answer within 24 hours."}},
		EditionLine: "Edition SD-2020-W13 · content 9f3c 41d7 b20e 6a58", PDFNote: "no personal data, may be forwarded",
		PageOf: "{page} of {pages}", ValuesTitle: "The charts’ values", ContentsTitle: "Summary",
	}
}

func set(t testing.TB, l digest.Letter, paper string) []byte {
	t.Helper()
	b, err := press(t).Set(l, paper, drawing)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// text gives what poppler reads in a document, page by page.
func text(t *testing.T, doc []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "doc.pdf")
	if err := os.WriteFile(file, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (Debian: poppler-utils; make test installs it): %v\n%s", err, out)
	}
	return string(out)
}

func TestTheSameLetterGivesTheSameBytes(t *testing.T) {
	if !bytes.Equal(set(t, letter(), "A4"), set(t, letter(), "A4")) {
		t.Error("two settings of one letter differ")
	}
}

func TestEveryNumberOfTheLetterIsTextInThePDF(t *testing.T) {
	got := text(t, set(t, letter(), "A4"))
	for _, want := range []string{
		"307 messages, up 60\u00a0%.", "5 of 131", "+60\u00a0%", "from\u00a0192", "−7\u00a0h 54\u00a0min", "131 offered = 123 handled + 5 missed + 3 waiting",
		"Mon 11, Tue 29, Wed 28", "SD-2020-W13", "9f3c 41d7 b20e 6a58", "1 of ", "Restated.", "Support", "80", "Not available", "30 seconds",
	} {
		if !strings.Contains(strings.ReplaceAll(got, "\u00a0", " "), strings.ReplaceAll(want, "\u00a0", " ")) {
			t.Errorf("%q is not in the PDF's text:\n%s", want, got)
		}
	}
}

func TestADocumentHasTitleLanguageAndOutline(t *testing.T) {
	doc := set(t, letter(), "Letter")
	for _, want := range []string{"/Lang (en)", "/Outlines", "/MediaBox [0 0 612.00 792.00]"} {
		if !bytes.Contains(doc, []byte(want)) {
			t.Errorf("%q is not in the document", want)
		}
	}
}

func TestAnUnknownPaperIsRefused(t *testing.T) {
	if _, err := press(t).Set(letter(), "A3", drawing); err == nil || !strings.Contains(err.Error(), "choose A4 or Letter") {
		t.Errorf("got %v", err)
	}
}

func TestALongTableRepeatsItsHeadOnEachPage(t *testing.T) {
	l := letter()
	for range 80 {
		l.Sections[0].Sheets[0].Rows = append(l.Sections[0].Sheets[0].Rows, []string{"A team with a name of forty letters or so", "1", "2"})
	}
	if n := strings.Count(text(t, set(t, l, "A4")), "Offered"); n < 3 {
		t.Errorf("the head stands %d times, want one a page", n)
	}
}

func TestALongNameInATableIsBrokenAndNotCut(t *testing.T) {
	l := letter()
	l.Sections[0].Sheets[0] = digest.Sheet{
		Anchor: "t", Title: "By team", Text: 1, Head: []string{"Team", "Offered", "Handled", "Missed", "Transfers in", "Average wait"},
		Rows: [][]string{{"Kundenzufriedenheitsabteilung für internationale Rückerstattungen", "1,234,567", "1,234,567", "12,345", "1,234", "12\u00a0d 23\u00a0h"}},
	}
	got := strings.Join(strings.Fields(text(t, set(t, l, "A4"))), " ")
	for _, want := range []string{"Kundenzufriedenheitsabteilung", "internationale", "Rückerstattungen", "1,234,567", "12,345", "12 d 23 h"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q was cut: %s", want, got)
		}
	}
}

func TestALongListHasARowAndALineBelowItOnPaper(t *testing.T) {
	l := letter()
	l.Sections[0].Sheets[0] = digest.Sheet{
		Anchor: "t", Title: "The list", Text: 4, Short: 3, Most: 1, More: "1 more is elsewhere", Head: []string{"From", "Last word", "Waits on", "Channel"},
		Rows:  [][]string{{"Ada", "2\u00a0h", "customer", "chat"}, {"Ben", "3\u00a0h", "us", "sms"}},
		Under: []string{"chat · unread · failed: the window has closed", "sms"},
	}
	got := strings.Join(strings.Fields(text(t, set(t, l, "A4"))), " ")
	for _, want := range []string{"customer", "chat · unread · failed: the window has closed", "Ben", "sms"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not on paper: %s", want, got)
		}
	}
	if strings.Contains(got, "Channel") || strings.Contains(got, "elsewhere") {
		t.Errorf("the column below has a head, or rows are elsewhere: %s", got)
	}
}

func TestANumberWiderThanItsCardIsSetSmaller(t *testing.T) {
	l := letter()
	l.Sections[0].Cards = []digest.Card{{Key: "a", Label: "Messages", Parts: []digest.Part{{Number: "1,234,567,890,123"}}}, {Key: "b", Label: "Other", Parts: []digest.Part{{Number: "7"}}}}
	if got := text(t, set(t, l, "A4")); !strings.Contains(got, "1,234,567,890,123 ") {
		t.Errorf("the number touches its neighbour: %s", got)
	}
}

func TestACharacterThatIsNotOfOrdinaryTextIsStillSet(t *testing.T) {
	l := letter()
	l.Project = "Desk ≈ 1 ✓"
	if got := text(t, set(t, l, "A4")); !strings.Contains(got, "Desk ≈ 1 ✓") {
		t.Errorf("it is not in the text: %s", got)
	}
}

func TestANameThatIsDrawnIsWrittenOnceHoweverOftenItStands(t *testing.T) {
	const name = "نور"
	p := pdf.New(fonts(t), func(text string, size float64, _ int) ([]digest.Segment, float64, bool) {
		if !strings.Contains(text, name) {
			return nil, 0, false
		}
		return []digest.Segment{
			{Kind: digest.MoveTo},
			{Kind: digest.LineTo, P: [3]digest.Spot{{X: size}}},
			{Kind: digest.QuadTo, P: [3]digest.Spot{{X: size, Y: -size}, {Y: -size}}},
			{Kind: digest.Close},
		}, size, true
	})
	l := letter()
	for i := range l.Sections[0].Pictures {
		l.Sections[0].Pictures[i].Caption = name + " handled 28, " + name + " 7."
	}
	doc, err := p.Set(l, "A4", drawing)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(doc, []byte("/Subtype /Form")); n != 1 {
		t.Errorf("%d forms, want one for a name that stands six times in one weight", n)
	}
	if got := text(t, doc); strings.Count(got, "handled 28,") != 3 {
		t.Errorf("what stands around the name is not text: %s", got)
	}
}

func TestFindingsLeadToTheirCharts(t *testing.T) {
	doc := set(t, letter(), "A4")
	if n := bytes.Count(doc, []byte("/Subtype /Link")); n < 2 {
		t.Errorf("%d links, want one a word of each finding", n)
	}
	if bytes.Contains(doc, []byte("/URI")) {
		t.Error("a document that is made to be forwarded leads out of itself")
	}
}

func TestADrawingThatFailsEndsTheDocument(t *testing.T) {
	_, err := press(t).Set(letter(), "A4", func(digest.Picture, digest.Frame) (digest.Drawing, error) {
		return digest.Drawing{}, errors.New("no ink")
	})
	if err == nil || !strings.Contains(err.Error(), "the PDF's activity-a: no ink") {
		t.Errorf("got %v", err)
	}
}

func TestAChartOfHalfWidthWithoutAPartnerStandsBesideItsWords(t *testing.T) {
	l := letter()
	l.Sections[0].Pictures = l.Sections[0].Pictures[1:]
	l.Sections[0].Pictures = append(l.Sections[0].Pictures, l.Sections[0].Pictures[0])
	l.Sections[0].Pictures[2].Anchor, l.Sections[0].Pictures[2].Title = "activity-d", "The third"
	var widths []float64
	_, err := press(t).Set(l, "A4", func(p digest.Picture, f digest.Frame) (digest.Drawing, error) {
		widths = append(widths, f.Width)
		return drawing(p, f)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range widths {
		if w != widths[0] || w > 320 {
			t.Errorf("drawn at widths %v, want all in half a column", widths)
		}
	}
}

func BenchmarkSet(b *testing.B) {
	p, l := press(b), letter()
	for b.Loop() {
		if _, err := p.Set(l, "A4", drawing); err != nil {
			b.Fatal(err)
		}
	}
}

// flag is a PNG of a navy flag, half of it transparent, as a logo is kept.
func flag(t *testing.T, width, height int) *digest.Logo {
	t.Helper()
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width / 2 {
			p.SetNRGBA(x, y, color.NRGBA{0x12, 0x2B, 0x5C, 0xFF})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return &digest.Logo{PNG: b.Bytes(), Width: width, Height: height}
}

func TestEveryPageShowsTheProjectsLogoAndTheDocumentHoldsItOnce(t *testing.T) {
	l := letter()
	plain := set(t, l, "A4")
	l.Logo = flag(t, 640, 128)
	doc := set(t, l, "A4")
	if !bytes.Equal(doc, set(t, l, "A4")) {
		t.Error("the same letter gives other bytes")
	}
	// A picture, and beside it a mask of what is transparent.
	if n, was := bytes.Count(doc, []byte("/Subtype /Image")), bytes.Count(plain, []byte("/Subtype /Image")); n != was+2 {
		t.Errorf("there are %d pictures where there were %d", n, was)
	}
	if got := text(t, doc); !strings.Contains(got, "Support desk") || !strings.Contains(got, "Weekly digest") {
		t.Error("the head has lost its words")
	}
}
