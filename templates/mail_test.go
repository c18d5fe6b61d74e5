package templates

import (
	"bytes"
	"flag"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"fortnight/digest"
)

// With -sources the executed MJML is written out, to hold gomjml against the reference compiler while developing:
//
//	go test ./templates -run AsExpected -sources /tmp/mjml && npx mjml@5 /tmp/mjml/full.mjml -o /tmp/mjml/full.html
var (
	update  = flag.Bool("update", false, "write the expected mails in testdata/mail anew")
	sources = flag.String("sources", "", "write the executed MJML to this directory")
)

var links = digest.Links{
	View: "https://digest.example.org/e/8Zk_2-a", Preferences: "https://digest.example.org/p/8Zk_2-a", Unsubscribe: "https://digest.example.org/u/8Zk_2-a",
	PDF: "https://digest.example.org/pdf/8Zk_2-a", Definitions: "https://digest.example.org/d/8Zk_2-a",
}

func lay(t testing.TB, l digest.Letter, to digest.Links) (htm, text string) {
	t.Helper()
	layout, err := New()
	if err != nil {
		t.Fatal(err)
	}
	h, p, err := layout.Mail(l, cidArt(l), to)
	if err != nil {
		t.Fatal(err)
	}
	return string(h), string(p)
}

// TestTheMailIsAsExpected holds the letters to testdata/mail, where they stand as they look; -update writes them.
func TestTheMailIsAsExpected(t *testing.T) {
	for name, letter := range allLetters() {
		htm, text := lay(t, letter, links)
		if *sources != "" {
			writeSource(t, name, letter)
		}
		for ending, got := range map[string]string{".html": htm, ".txt": text} {
			file := filepath.Join("testdata", "mail", name+ending)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs: first at %q (look at it, then run with -update)", file, firstDifference(got, string(want)))
			}
		}
	}
}

func writeSource(t *testing.T, name string, letter digest.Letter) {
	t.Helper()
	layout, err := New()
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPage(letter, cidArt(letter), links)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := layout.html.Execute(&out, p); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*sources, name+".mjml"), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return a[max(0, i-40):min(len(a), i+40)]
}

var (
	comment   = regexp.MustCompile(`(?s)<!--.*?-->`)
	head      = regexp.MustCompile(`(?s)<head>.*</head>`)
	hidden    = regexp.MustCompile(`(?s)<div style="display:none.*?</div>`)
	alt       = regexp.MustCompile(`<img [^>]*alt="([^"]*)"[^>]*>`)
	block     = regexp.MustCompile(`</?(p|td|th|tr|div|h[1-3]|table|br)\b[^>]*>`)
	tag       = regexp.MustCompile(`<[^>]*>`)
	numeric   = regexp.MustCompile(`[\x{200e}\x{061c}]?[+−±<>]?\x{00a0}?[0-9٠-٩⁰¹²³⁴⁵⁶⁷⁸⁹][0-9٠-٩⁰¹²³⁴⁵⁶⁷⁸⁹.,:٬٫]*(\x{00a0}?[%٪*]|\x{00a0}(pts|pt|pp|h|d|min|s)\b)?`)
	anchorRef = regexp.MustCompile(`href="#([^"]+)"`)
)

// seen is what a reader sees of the html, the texts in place of pictures included.
func seen(htm string) string {
	s := head.ReplaceAllString(htm, "")
	s = comment.ReplaceAllString(s, "")
	s = hidden.ReplaceAllString(s, "")
	s = alt.ReplaceAllString(s, "\n$1\n")
	s = block.ReplaceAllString(s, "\n")
	return html.UnescapeString(tag.ReplaceAllString(s, ""))
}

// said is the text part without the addresses of its links.
func said(text string) string {
	return strings.NewReplacer(links.View, "", links.Preferences, "", links.Unsubscribe, "", links.PDF, "", links.Definitions, "").Replace(text)
}

func numbersOf(s string) []string {
	out := numeric.FindAllString(s, -1)
	for i := range out {
		out[i] = strings.Trim(strings.TrimRight(out[i], ".,:"), nbsp)
	}
	slices.Sort(out)
	return out
}

func TestHTMLAndTextSayTheSameNumbers(t *testing.T) {
	for name, letter := range allLetters() {
		if name == "hostile" {
			continue // its markup has entities that only look like numbers
		}
		htm, text := lay(t, letter, links)
		inHTML, inText := numbersOf(seen(htm)), numbersOf(said(text))
		if len(inHTML) < 15 {
			t.Errorf("%s: only %d numbers are found", name, len(inHTML))
		}
		if !slices.Equal(inHTML, inText) {
			t.Errorf("%s: html and text differ in numbers:\nhtml only %v\ntext only %v", name, without(inHTML, inText), without(inText, inHTML))
		}
		for _, s := range []string{letter.Edition, letter.Hash} {
			if !strings.Contains(text, s) || !strings.Contains(seen(htm), s) {
				t.Errorf("%s: %q does not stand in both", name, s)
			}
		}
	}
}

// without gives what of a is not in b, counting copies.
func without(a, b []string) (out []string) {
	b = slices.Clone(b)
	for _, x := range a {
		if i := slices.Index(b, x); i >= 0 {
			b = slices.Delete(b, i, i+1)
		} else {
			out = append(out, x)
		}
	}
	return out
}

func TestDataStaysLiteral(t *testing.T) {
	htm, text := lay(t, hostileLetter(), links)
	const nasty = `<b>&"'</b></mj-text><script>x</script>]]>&amp;&lt;i&gt; {{.}} ${x} <!-- -->`
	if strings.Contains(htm, "<script") || strings.Contains(htm, "mj-text") && !strings.Contains(htm, "/mj-text&gt;") {
		t.Error("markup in the data became markup of the mail")
	}
	plainHTML := seen(htm)
	for _, where := range []string{nasty, "محمد"} {
		if !strings.Contains(plainHTML, where) {
			t.Errorf("the html does not show %q", where)
		}
		if !strings.Contains(strings.Join(strings.Fields(text), " "), where) {
			t.Errorf("the text does not show %q", where)
		}
	}
	if n := strings.Count(plainHTML, nasty); n < 15 {
		t.Errorf("the html shows the hostile text %d times", n)
	}
	if alts := alt.FindAllStringSubmatch(htm, -1); len(alts) != 2 || html.UnescapeString(alts[1][1]) != nasty {
		t.Errorf("the texts in place of pictures are %q", alts)
	}
}

func TestReplacingThePlaceholdersGivesTheDeliverysOwnMail(t *testing.T) {
	for name, letter := range allLetters() {
		variantHTML, variantText := lay(t, letter, digest.Placeholders)
		wantHTML, wantText := lay(t, letter, links)
		replace := strings.NewReplacer(digest.Placeholders.View, links.View, digest.Placeholders.Preferences, links.Preferences, digest.Placeholders.Unsubscribe, links.Unsubscribe,
			digest.Placeholders.PDF, links.PDF, digest.Placeholders.Definitions, links.Definitions)
		if replace.Replace(variantHTML) != wantHTML {
			t.Errorf("%s: the html differs", name)
		}
		if replace.Replace(variantText) != wantText {
			t.Errorf("%s: the text differs", name)
		}
		for _, p := range []string{digest.Placeholders.View, digest.Placeholders.Preferences, digest.Placeholders.Unsubscribe} {
			if strings.Count(variantHTML, p) != 1 || strings.Count(variantText, p) != 1 {
				t.Errorf("%s: %s stands %d times in the html and %d times in the text", name, p, strings.Count(variantHTML, p), strings.Count(variantText, p))
			}
		}
	}
}

func TestEachCardLeadsToWhatItsFigureMeansAndThePDFIsLinkedWhereItIsNotAttached(t *testing.T) {
	letter := lateLetter()
	htm, text := lay(t, letter, links)
	cards := 0
	for _, c := range letter.Sections {
		for _, card := range c.Cards {
			if cards++; !strings.Contains(htm, `href="`+links.Definitions+"#"+card.Anchor+`"`) {
				t.Errorf("%s does not lead to what it means", card.Label)
			}
		}
	}
	if n := strings.Count(htm, links.Definitions+"#"); cards == 0 || n != cards {
		t.Errorf("%d cards, %d links to what they mean", cards, n)
	}
	for name, part := range map[string]string{"html": htm, "text": text} {
		for label, link := range map[string]string{"What each figure means": links.Definitions, "PDF": links.PDF} {
			if !strings.Contains(strings.ReplaceAll(html.UnescapeString(part), nbsp, " "), label) || !strings.Contains(part, link) {
				t.Errorf("the %s has no link %q", name, label)
			}
		}
	}
	letter.PDFLabel = ""
	htm, text = lay(t, letter, links)
	if strings.Contains(htm+text, links.PDF) {
		t.Error("a PDF that is attached is linked too")
	}
	htm, text = lay(t, letter, digest.Links{View: links.View})
	if strings.Contains(strings.ReplaceAll(html.UnescapeString(htm+text), nbsp, " "), letter.DefinitionsLabel) || strings.Contains(htm, "#figure-") {
		t.Error("a page that there is not is linked")
	}
}

func TestTheProjectsPictureStandsInPlaceOfTheMarkAndBearsItsName(t *testing.T) {
	letter := brandedLetter()
	htm, _ := lay(t, letter, links)
	if !strings.Contains(htm, `src="cid:logo@fortnight" width="104" height="32" alt="`+letter.Project+`"`) || strings.Contains(htm, "cid:mark@fortnight") {
		t.Error("the head is without the project's picture, or has the mark too")
	}
}

func TestAnAddressWithAQueryIsEscapedAsHTMLIs(t *testing.T) {
	const address = "https://digest.example.org/e?a=1&b=2"
	htm, text := lay(t, quietLetter(), digest.Links{View: address})
	if !strings.Contains(htm, `href="`+html.EscapeString(address)+`"`) {
		t.Error("the html does not hold the address as html.EscapeString writes it")
	}
	if !strings.Contains(text, "\n"+address+"\n") {
		t.Error("the text does not hold the address on a line of its own")
	}
}

func TestALinkWithoutAnAddressIsLeftOut(t *testing.T) {
	letter := quietLetter()
	htm, text := lay(t, letter, digest.Links{Unsubscribe: links.Unsubscribe})
	for _, s := range []string{htm, text} {
		if strings.Contains(s, letter.ViewLabel) || strings.Contains(s, letter.PreferencesLabel) || !strings.Contains(s, letter.UnsubscribeLabel) {
			t.Error("a link without an address is not left out")
		}
	}
}

func TestAPictureWithoutAPlaceIsAnError(t *testing.T) {
	layout, err := New()
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = layout.Mail(quietLetter(), digest.Art{}, links)
	if err == nil || !strings.Contains(err.Error(), "activity-incoming_messages") {
		t.Errorf("the error is %v", err)
	}
}

func TestTheHTMLKeepsTheRules(t *testing.T) {
	for name, letter := range allLetters() {
		htm, _ := lay(t, letter, links)
		if len(htm) >= 100_000 {
			t.Errorf("%s: %d bytes, the limit is 100 kB", name, len(htm))
		}
		body := comment.ReplaceAllString(htm, "")
		for _, bad := range []string{"<link", "<script", "<form", "<iframe", "@import", "url(", "googleapis", "ZgotmplZ", "javascript:"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s: there is %s in it", name, bad)
			}
		}
		if name != "hostile" && regexp.MustCompile(`</?mj-`).MatchString(htm) {
			t.Errorf("%s: MJML is left in it", name)
		}
		for _, src := range regexp.MustCompile(`src="([^"]*)"`).FindAllStringSubmatch(body, -1) {
			if !strings.HasPrefix(src[1], "cid:") {
				t.Errorf("%s: a picture is remote: %s", name, src[1])
			}
		}
		for _, img := range regexp.MustCompile(`<img [^>]*>`).FindAllString(body, -1) {
			for _, must := range []string{` alt="`, ` width="`, ` height="`} {
				if !strings.Contains(img, must) {
					t.Errorf("%s: %s has no%s", name, img, must)
				}
			}
		}
		for _, table := range regexp.MustCompile(`<table[^>]*>`).FindAllString(body, -1) {
			if !strings.Contains(table, `role="presentation"`) && !strings.Contains(table, "sheet") {
				t.Errorf("%s: a layout table is no presentation: %s", name, table)
			}
		}
		for _, th := range regexp.MustCompile(`<th\b[^>]*>`).FindAllString(body, -1) {
			if !strings.Contains(th, `scope="`) {
				t.Errorf("%s: a head has no scope: %s", name, th)
			}
		}
		if !strings.Contains(htm, `<html lang="`+letter.Locale+`" dir="`+letter.Dir+`"`) || strings.Contains(htm, `dir="auto"`) {
			t.Errorf("%s: language and direction are not said", name)
		}
		if strings.Count(body, "<h1") != 1 {
			t.Errorf("%s: there is not one h1", name)
		}
		for _, ref := range anchorRef.FindAllStringSubmatch(body, -1) {
			if name != "hostile" && name != "late" && name != "branded" && name != "arabic" && !strings.Contains(body, `<a name="`+ref[1]+`"`) {
				t.Errorf("%s: a link leads to #%s, which is not there", name, ref[1])
			}
		}
	}
}

func TestTheMirroredMailHasNoLeftOver(t *testing.T) {
	htm, _ := lay(t, arabicLetter(), links)
	body := comment.ReplaceAllString(head.ReplaceAllString(htm, ""), "")
	for _, bad := range []string{"border-left", "text-align:left;direction", "direction:ltr", `align="left"`} {
		if strings.Contains(body, bad) {
			t.Errorf("%s is left in a mail that runs right to left", bad)
		}
	}
	if !strings.Contains(body, "border-right:3px solid") || !strings.Contains(body, "direction:rtl") {
		t.Error("the banner's edge or the columns are not mirrored")
	}
}

// TestOneLayoutServesManyAtOnce is for the race detector, and holds that no mail leaks into another.
func TestOneLayoutServesManyAtOnce(t *testing.T) {
	layout, err := New()
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for name, letter := range allLetters() {
		want, _ := lay(t, letter, links)
		for range 4 {
			group.Go(func() {
				got, _, err := layout.Mail(letter, cidArt(letter), links)
				if err != nil || string(got) != want {
					t.Errorf("%s: laid out beside others it differs (%v)", name, err)
				}
			})
		}
	}
	group.Wait()
}

func TestTheTextIsNoWiderThanAMailAllows(t *testing.T) {
	for name, letter := range allLetters() {
		_, text := lay(t, letter, links)
		for _, line := range strings.Split(text, "\n") {
			if columnsOf(line) > 78 && !strings.Contains(line, "https://") {
				t.Errorf("%s: %d columns: %s", name, columnsOf(line), line)
			}
		}
		if strings.Contains(text, "\n\n\n") || strings.Contains(text, " \n") || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s: blank lines or spaces are left over", name)
		}
	}
}

func TestAWideTableIsSaidRowByRow(t *testing.T) {
	wide := digest.Sheet{Text: 1, Head: []string{"Team", "By " + strings.Repeat("x", 40) + " handled", "By " + strings.Repeat("y", 40) + " missed"}, Rows: [][]string{{"Support", "12", "3"}, {"Returns", "4", "5"}}}
	got := columns(wide)
	for _, want := range []string{"Team: Support\n", " handled: 12\n", " missed: 5\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	narrowTable := digest.Sheet{Text: 1, Head: []string{"Team", "Handled"}, Rows: [][]string{{"支持", "12"}, {"Returns", "4"}}}
	if got, want := columns(narrowTable), "Team     Handled\n-------  -------\n支持          12\nReturns        4\n"; got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}

func TestABrandsColourIsMadeLegible(t *testing.T) {
	for _, c := range []digest.Colour{0, 0xF5C400FF, 0x000000FF, 0xFFFFFFFF, 0x3F45D6FF, 0xFF0000FF, 0x00FF00FF, 0x101010FF} {
		th := newTheme(digest.Brand{Accent: c})
		for name, x := range map[string]struct {
			colour string
			ground digest.Colour
			ratio  float64
		}{
			"link, light": {th.Light.Accent, lightGround, 4.5}, "link, dark": {th.Dark.Accent, darkGround, 4.5},
			"bar, light": {th.Light.Handled, lightGround, 3}, "bar, dark": {th.Dark.Handled, darkGround, 3},
		} {
			if got := contrast(hex(t, x.colour), x.ground); got < x.ratio {
				t.Errorf("accent %s: the %s is %s, %.2f:1", css(c), name, x.colour, got)
			}
		}
	}
}

func TestTheHouseColoursAreLegible(t *testing.T) {
	th := newTheme(digest.Brand{})
	for _, p := range []palette{th.Light, th.Dark} {
		for _, ground := range []string{p.Ground, p.Strip, p.StripFail, p.StripNew} {
			for name, c := range map[string]string{"ink": p.Ink, "ink 2": p.Ink2} {
				if got := contrast(hex(t, c), hex(t, ground)); got < 4.5 {
					t.Errorf("%s on %s is %.2f:1", name, ground, got)
				}
			}
		}
		for name, c := range map[string]string{"ink 3": p.Ink3, "accent": p.Accent, "better": p.Better, "worse": p.Worse, "waiting": p.Warn} {
			if got := contrast(hex(t, c), hex(t, p.Ground)); got < 4.5 {
				t.Errorf("%s on %s is %.2f:1", name, p.Ground, got)
			}
		}
	}
}

func hex(t *testing.T, s string) digest.Colour {
	t.Helper()
	var c digest.Colour
	for _, r := range bytes.ToUpper([]byte(s[1:])) {
		c = c<<4 | digest.Colour(bytes.IndexByte([]byte("0123456789ABCDEF"), r))
	}
	return c<<8 | 0xFF
}

// BenchmarkMail lays out the full letter, 16 pictures, as HTML and text.
func BenchmarkMail(b *testing.B) {
	layout, err := New()
	if err != nil {
		b.Fatal(err)
	}
	letter := fullLetter()
	art := cidArt(letter)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := layout.Mail(letter, art, digest.Placeholders); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTypeIsSaidOnceAndStandsAroundTheWholeMail(t *testing.T) {
	html, err := compile(`<mjml><mj-head><mj-attributes><mj-all font-family="-apple-system, 'Segoe UI', Arial, sans-serif" /></mj-attributes></mj-head>`+
		`<mj-body css-class="bg" background-color="#FFFFFF"><mj-section><mj-column><mj-text>One</mj-text><mj-text>Two</mj-text></mj-column></mj-section></mj-body></mjml>`, "ltr")
	if err != nil {
		t.Fatal(err)
	}
	const around = `class="bg" style="font-family:-apple-system, 'Segoe UI', Arial, sans-serif;font-size:13px;line-height:1;text-align:left;color:#000000;word-break:break-word;font-variant-numeric:tabular-nums;`
	if n := strings.Count(string(html), "sans-serif"); n != 1 || !strings.Contains(string(html), around) {
		t.Errorf("said %d times:\n%s", n, html)
	}
	if body := html[bytes.Index(html, []byte("<body")):]; bytes.Contains(body, []byte(`"font-size:0px`)) || !bytes.Contains(body, []byte("<div>Two</div>")) {
		t.Errorf("a text has no size, or says its own:\n%s", body)
	}
}

func TestALongListHasARowAndALineBelowItInAMailAndSaysWhereTheRestIs(t *testing.T) {
	letter := quietLetter()
	letter.Sections[0].Sheets = []digest.Sheet{{
		Title: "The list", Head: []string{"From", "Last word", "Channel"}, Text: 3, Short: 2, Most: 1, More: "1 more is on the edition’s page.",
		Rows: [][]string{{"A. Q.", "2 h", "chat"}, {"B. R.", "3 h", "sms"}}, Under: []string{"chat · unread", "sms"}, Links: []string{"", ""},
	}}
	htm, text := lay(t, letter, links)
	for part, in := range map[string]string{"html": htm, "text": text} {
		for _, must := range []string{"A. Q.", "2 h", "chat · unread", "1 more is on the edition’s page."} {
			if !strings.Contains(in, must) {
				t.Errorf("%s has no %q", part, must)
			}
		}
		for _, no := range []string{"Channel", "B. R.", "sms"} {
			if strings.Contains(in, no) {
				t.Errorf("%s has %q", part, no)
			}
		}
	}
	if !strings.Contains(htm, `<td colspan="2" class="un i3"`) || !strings.Contains(text, "2 h\n  chat · unread\n") {
		t.Errorf("the line does not stand below its row:\n%s", text)
	}
}

func TestNumbersTooWideForAPhoneMayBreakBetweenTheirUnitsAndOthersNever(t *testing.T) {
	long, short := "12"+nbsp+"min"+nbsp+"40"+nbsp+"s", "4"+nbsp+"h"
	wide := newSheet(digest.Sheet{Head: []string{"Team", "Wait", "Before", "Value"}, Text: 1, Rows: [][]string{{"North", long, long, "1,234,568" + nbsp + "EUR*"}}}, "ltr")
	if got := wide.Lines[0].Cells; got[1] != "12"+nbsp+"min 40"+nbsp+"s" || got[3] != "1,234,568 EUR*" {
		t.Errorf("%q", got)
	}
	narrow := newSheet(digest.Sheet{Head: []string{"Team", "Wait", "Before"}, Text: 1, Rows: [][]string{{"North", long, short}}}, "ltr")
	if got := narrow.Lines[0].Cells; got[1] != long || got[2] != short {
		t.Errorf("%q", got)
	}
}
