package charts

import (
	"bytes"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fortnight/digest"
)

var pageDir = flag.String("pages", "", "write a page of every picture of the tests to this directory, to be looked at")

func mustPage(t testing.TB, c *Charts, e exhibit, width float64) string {
	t.Helper()
	b, err := c.Page(e.picture, width, plain{e.dir})
	if err != nil {
		t.Fatalf("%s: %v", e.name, err)
	}
	return string(b)
}

func TestAPageNeedsNoStyleScriptOrIdAndIsWellFormed(t *testing.T) {
	c := newCharts(t)
	colour := regexp.MustCompile(`(fill|stroke)="([^"]*)"`)
	named := regexp.MustCompile(`^(none|var\(--[a-z0-9]+\))$`)
	for _, e := range exhibits() {
		for _, width := range []float64{896, 416, 300} {
			page := mustPage(t, c, e, width)
			for _, never := range []string{"style=", "<script", " id=", "NaN", "Inf", "var()"} {
				if strings.Contains(page, never) {
					t.Errorf("%s at %v has %s:\n%.600s", e.name, width, never, page)
				}
			}
			for _, m := range colour.FindAllStringSubmatch(page, -1) {
				if !named.MatchString(m[2]) {
					t.Errorf("%s at %v is drawn in %s", e.name, width, m[0])
				}
			}
			d := xml.NewDecoder(strings.NewReader(page))
			for {
				if _, err := d.Token(); err != nil {
					if err.Error() != "EOF" {
						t.Errorf("%s at %v: %v", e.name, width, err)
					}
					break
				}
			}
		}
	}
}

func TestEveryMarkOfAPageHasAColour(t *testing.T) {
	c := newCharts(t)
	for _, e := range exhibits() {
		coloured := []bool{false} // of the elements that are open
		d := xml.NewDecoder(strings.NewReader(mustPage(t, c, e, 600)))
		for {
			token, err := d.Token()
			if err != nil {
				break
			}
			switch x := token.(type) {
			case xml.StartElement:
				own := coloured[len(coloured)-1]
				for _, a := range x.Attr {
					own = own || (a.Name.Local == "fill" || a.Name.Local == "stroke") && strings.HasPrefix(a.Value, "var(")
				}
				if x.Name.Local == "path" && !own {
					t.Errorf("%s: %v", e.name, x)
				}
				coloured = append(coloured, own)
			case xml.EndElement:
				coloured = coloured[:len(coloured)-1]
			}
		}
	}
}

func TestEveryDayBarRowAndNodeTellsItsValues(t *testing.T) {
	c := newCharts(t)
	rank := one(digest.Ranking, digest.Count, rows(row{label: "Ana", value: 19}, row{label: "Bo", value: 1}), nil)
	rank.Chart.Previous = &digest.Before{Series: []digest.Series{{Key: "current", Points: rows(row{label: "Bo", value: 4})}}}
	donut := one(digest.Donut, digest.Count, rows(row{label: "Solved", value: 3}, row{label: "none recorded", value: 1, role: digest.Nothing}), nil)
	for _, e := range []struct {
		name    string
		picture digest.Picture
		want    []string
	}{
		{"line", one(digest.Line, digest.Count, daily(52, nan), daily(31, 38)), []string{"Mon 23 Mar: this week 52, week before 31", "Tue 24 Mar: this week –, week before 38"}},
		{"line alone", one(digest.Line, digest.Count, daily(52), nil), []string{"Mon 23 Mar: 52"}},
		{"bar", one(digest.Bar, digest.MessagesPerMinute, daily(9, 0), nil), []string{"Mon 23 Mar: 9", "Tue 24 Mar: 0"}},
		{"stacked", stacked([]float64{11}, []float64{1}, []float64{0}), []string{"Mon 23 Mar: handled 11, missed 1, waiting 0"}},
		{"ranking", rank, []string{"Ana: 19, 95 %", "Bo: 1, 5 %, week before 4"}},
		{"donut", donut, []string{"Solved: 3, 75 %", "none recorded: 1, 25 %"}},
		{"curve", curves(digest.Count, agent("Ana", 1, 2)), []string{"Ana: 3, Mon 23 Mar 1, Tue 24 Mar 2"}},
		{"steps", stepped([]string{"Greeting", "Confirm"}, byStep("completed", 9, 8), byStep("failed", 1, 0)), []string{"Greeting: 10, completed 9, failed 1", "Confirm: 8, completed 8, failed 0"}},
		{"histogram", bins(10, waits, 12, 31, 44, 22, 9, 6, 3, 4), []string{"0 – 1 min: 12, 9 %", "10 min – 30 min: 22, 17 %", "8 h +: 4, 3 %"}},
		{"funnel", funnel(row{"recipients", 40, ""}, row{"sent", 30, ""}, row{"read", 15, ""}), []string{"recipients: 40", "read: 15, 38 % of all, 50 % of the step before"}},
		{"heatmap", week(weekdays, missedByHour, connectedByHour), []string{"Thu: missed and waiting 27, 18:00 5", "Sun: missed and waiting 23, 13:00 4"}},
		{"journey", journeyOf(intake[:3], 10, 8, 8), []string{"Welcome and consent: 10, 100 %, → Which practice do you want to visit? 8, → failed 2", "failed: 2, 20 %, ← Welcome and consent 2"}},
		{"flow", flows(), []string{"Website: 58, → Order status 24, → Returns 14, → Opening hours 6, → no flow 14", "nobody: 8, ← Order status 1, ← Returns 1, ← no flow 6"}},
	} {
		page := strings.ReplaceAll(mustPage(t, c, exhibit{name: e.name, picture: e.picture}, 600), "\u00a0", " ")
		for _, want := range e.want {
			if !strings.Contains(page, `tabindex="0" role="img" aria-label="`+want+`"`) {
				t.Errorf("%s lacks %q:\n%s", e.name, want, page)
			}
		}
		if n := strings.Count(page, `tabindex="0"`); n < len(e.want) {
			t.Errorf("%s can be focused in %d places", e.name, n)
		}
	}
}

func TestEachHourOfAHeatMapIsToldToWhoPointsAtIt(t *testing.T) {
	c := newCharts(t)
	page := mustPage(t, c, exhibit{picture: week(weekdays, missedByHour, connectedByHour)}, 880)
	for _, want := range []string{`<b data-v="Thu 18:00: 5, agents connected 0">`, `<b data-v="Tue 12:00: 5, agents connected 3.5">`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	if hours, stops := strings.Count(page, "<b"), strings.Count(page, `tabindex="0"`); hours != 7*24 || stops != 7 {
		t.Errorf("%d hours, %d stops", hours, stops)
	}
	if len(page) > 20_000 {
		t.Errorf("%d bytes", len(page))
	}
	back := mustPage(t, c, exhibit{picture: week(weekdays, missedByHour, connectedByHour), dir: "rtl"}, 880)
	if strings.Index(page, `data-v="Thu 12:00`) > strings.Index(page, `data-v="Thu 18:00`) || strings.Index(back, `data-v="Thu 12:00`) < strings.Index(back, `data-v="Thu 18:00`) {
		t.Error("the hours run the other way than the picture")
	}
}

func TestALongCurveTellsItsSumAndItsLargestDay(t *testing.T) {
	var values [31]float64
	values[16] = 12
	page := mustPage(t, newCharts(t), exhibit{picture: curves(digest.Count, agent("Ana", values[:]...))}, 600)
	if !strings.Contains(strings.ReplaceAll(page, "\u00a0", " "), `aria-label="Ana: 12, Wed 8 Apr 12"`) {
		t.Error(page)
	}
}

func TestWhereOneReadsFromTheRightTheFirstDayIsThereToo(t *testing.T) {
	page := mustPage(t, newCharts(t), exhibit{picture: one(digest.Line, digest.Count, daily(1, 2), nil), dir: "rtl"}, 600)
	if !strings.Contains(page, `class="hits back"`) || strings.Index(page, "23") > strings.Index(page, "24") {
		t.Error(page)
	}
}

func TestNamesOnAPageAreText(t *testing.T) {
	p := one(digest.Ranking, digest.Count, rows(row{label: `<script>"&x<b>`, value: 1}), nil)
	page := mustPage(t, newCharts(t), exhibit{picture: p}, 600)
	if strings.Contains(page, "<script") || strings.Contains(page, "<b>") {
		t.Error(page)
	}
}

func TestTheSheetHasEveryColourOfAPageLightAndDark(t *testing.T) {
	for _, accent := range []digest.Colour{0, 0x0F766EFF, 0xFFE08AFF} {
		css, all := string(Sheet(accent)), byName()
		for _, s := range all.slots() {
			want := 2
			if !strings.HasPrefix(s.name, "--c") || s.name == "--card" {
				want = 0
			}
			if n := strings.Count(css, s.name+":#"); n != want {
				t.Errorf("%s is said %d times", s.name, n)
			}
		}
	}
	if own, brand := Sheet(0), Sheet(0x0F766EFF); bytes.Equal(own, brand) || !bytes.Contains(own, []byte("--ca:#3f45d6")) {
		t.Errorf("%s", own)
	}
}

func TestAWeekOnAPageIsLight(t *testing.T) {
	page := mustPage(t, newCharts(t), exhibit{picture: one(digest.Line, digest.Count, daily(52, 61, 74, 49, 44, 15, 12), daily(31, 34, 38, 32, 29, 16, 12))}, 896)
	if len(page) > 3_500 {
		t.Errorf("%d bytes:\n%s", len(page), page)
	}
}

func TestPagesCanBeLookedAt(t *testing.T) {
	if *pageDir == "" {
		return
	}
	c := newCharts(t)
	var w strings.Builder
	w.WriteString(`<!doctype html><meta charset=utf-8><meta name=color-scheme content="light dark"><link rel=stylesheet href=look.css><link rel=stylesheet href=charts.css><body><main>`)
	for _, e := range exhibits() {
		w.WriteString("<h2>" + e.name + "</h2>" + mustPage(t, c, e, 896) + "<div class=half>" + mustPage(t, c, e, 300) + "</div>")
	}
	for name, body := range map[string][]byte{"index.html": []byte(w.String()), "charts.css": Sheet(0)} {
		if err := os.WriteFile(filepath.Join(*pageDir, name), body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkPage(b *testing.B) {
	c := newCharts(b)
	e := exhibit{picture: one(digest.Line, digest.Count, daily(52, 61, 74, 49, 44, 15, 12), daily(31, 34, 38, 32, 29, 16, 12))}
	for b.Loop() {
		mustPage(b, c, e, 896)
	}
}
