package main

import (
	"bytes"
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fortnight/digest"
	"fortnight/templates"
)

// snapshotOf reads a collected snapshot.
func snapshotOf(t testing.TB, file string) digest.Snapshot {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var s digest.Snapshot
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// A number as it is read: its sign, its digits with what stands between them, and its units; an edition's name; a hash.
var numbers = regexp.MustCompile(`[A-Z]+-\d{4}-[A-Z]?\d+|\b[0-9a-f]{4}(?: [0-9a-f]{4}){3}\b|` +
	`[+−±]?\d+(?:[.,:–]\d+)*(?: (?:%|pts?|pp|d|h|min|s)\b)?(?: \d+ (?:h|min|s)\b)?(?: %)?`)

// oneLine makes every kind of space one, and leaves out the marks that only say which way text runs.
func oneLine(s string) string {
	s = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u200e", "", "\u200f", "", "\f", " ").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

// seen is what a reader of the html sees, or has read aloud: its text, and the values of its pictures.
func seen(page []byte) string {
	s := string(page)
	s = s[strings.Index(s, "<body"):]
	s = regexp.MustCompile(`(?s)<style.*?</style>|<!--.*?-->`).ReplaceAllString(s, "")
	s = regexp.MustCompile(`<img[^>]*\balt="([^"]*)"[^>]*>`).ReplaceAllString(s, " $1 ")
	s = regexp.MustCompile(`</?(?:span|b|a)\b[^>]*>`).ReplaceAllString(s, "") // these do not end a word
	s = regexp.MustCompile(`<sup[^>]*>.*?</sup>`).ReplaceAllString(s, " ")    // a footnote's mark is raised in three ways
	s = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(s, " | ")
	return oneLine(html.UnescapeString(s))
}

// readPDF is the document's text, in the order of its content.
func readPDF(t *testing.T, doc []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "doc.pdf")
	if err := os.WriteFile(file, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-raw", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (Debian: poppler-utils; make test installs it): %v\n%s", err, out)
	}
	return oneLine(string(out))
}

// has tells whether a number stands in a text by itself, not as a part of a longer one.
func has(text, number string) bool {
	part := func(r byte) bool { return r >= '0' && r <= '9' }
	for at := 0; ; {
		i := strings.Index(text[at:], number)
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(number)
		before := from == 0 || !part(text[from-1]) && !(strings.ContainsRune(".,:", rune(text[from-1])) && from > 1 && part(text[from-2]))
		after := to == len(text) || !part(text[to]) && !(to+1 < len(text) && strings.ContainsRune(".,:", rune(text[to])) && part(text[to+1]))
		if before && after {
			return true
		}
		at = to
	}
}

func TestEveryNumberOfTheMailStandsInItsTextAndInItsPDF(t *testing.T) {
	studio, err := newStudio()
	if err != nil {
		t.Fatal(err)
	}
	for _, week := range []struct{ name, file string }{
		{"a busy week", "testdata/demo-snapshot.json"},
		{"the demo week", "../../editor/testdata/demo-week.json"},
		{"guided conversations", "testdata/flows-snapshot.json"},
	} {
		snap := snapshotOf(t, week.file)
		for _, locale := range templates.Locales() {
			for _, audience := range []digest.Audience{digest.Admin, digest.Manager, digest.Executive} {
				t.Run(strings.Join([]string{week.name, locale, string(audience)}, ", "), func(t *testing.T) {
					b := supportDesk(audience)
					b.Restated = []digest.Restatement{{
						Section: "activity", Figure: "total_messages", Unit: digest.Count,
						Printed: digest.Num(1190), Now: digest.Num(1192), Period: snap.Previous,
					}}
					v, err := studio.Variant(snap, b, digest.Choice{Audience: audience, Locale: locale, PDF: true, Paper: "A4"})
					if err != nil {
						t.Fatal(err)
					}
					if len(v.HTML) > 100_000 || len(v.PDF) > 400_000 {
						t.Errorf("the html weighs %d bytes, the PDF %d", len(v.HTML), len(v.PDF))
					}
					most := map[digest.Audience]int{digest.Admin: 6, digest.Manager: 6, digest.Executive: 2}[audience]
					if pages := bytes.Count(v.PDF, []byte("/Type /Page\n")); pages < 1 || pages > most {
						t.Errorf("the PDF has %d pages, want at most %d", pages, most)
					}
					page, text, paper := seen(v.HTML), oneLine(string(v.Text)), readPDF(t, v.PDF)
					found := numbers.FindAllString(page, -1)
					for _, wanted := range []string{"SD-2020-W13", v.Letter.Hash} {
						if !slices.Contains(found, wanted) {
							t.Fatalf("%q is not among the numbers of the page", wanted)
						}
					}
					if len(found) < 50 {
						t.Fatalf("only %d numbers were found in the page: %s", len(found), page)
					}
					slices.Sort(found)
					for _, n := range slices.Compact(found) {
						if !has(text, n) {
							t.Errorf("%q is not in the text part", n)
						}
						if !has(paper, n) {
							t.Errorf("%q is not in the PDF", n)
						}
					}
				})
			}
		}
	}
}
