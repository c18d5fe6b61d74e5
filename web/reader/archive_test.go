package reader_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web"
	"fortnight/web/reader"
)

func num(v float64) *float64 { return &v }

// letter is an edition with a chart of each table's kind, a sheet, a balance, notes and a name that is no markup.
func letter() digest.Letter {
	day := digest.Date{Year: 2020, Month: time.March, Day: 23}
	line := digest.Chart{Key: "incoming_messages", Kind: digest.Line, Unit: digest.Count, Series: []digest.Series{
		{Key: "current", Points: []digest.Point{{At: day, Value: num(52)}, {At: day.AddDays(1)}, {At: day.AddDays(8), Value: num(1074)}}},
		{Key: "previous", Points: []digest.Point{{At: day.AddDays(-7), Value: num(31)}, {At: day.AddDays(-6), Value: num(38)}, {At: day.AddDays(1), Value: num(1074)}}},
	}}
	ranking := digest.Chart{Key: "conversations_per_agent", Kind: digest.Ranking, Unit: digest.Count, Series: []digest.Series{{Key: "current", Points: []digest.Point{
		{Key: "a", Label: "=1+1 <b>Ana</b>", Value: num(3)}, {Key: "b", Label: "Bo", Value: num(9)},
	}}}}
	flow := digest.Chart{
		Key: "start_flows", Kind: digest.Flow, Unit: digest.Count,
		Nodes: []digest.Node{{ID: "w", Label: "Website", Value: 5}, {ID: "b", Label: "bot", Column: 1, Value: 5}}, Links: []digest.Link{{From: "w", To: "b", Value: 5}},
	}
	legend := digest.Legend{Current: "this week", Previous: "week before"}
	return digest.Letter{
		Locale: "en", Dir: "ltr", Audience: digest.Manager, Subject: "Desk, 23–29 Mar: 307 messages", Project: "Support desk", Kind: "Weekly digest", Edition: "SD-2020-W13",
		Headline: []string{"307 messages, up 60 %.", "5 missed."}, Dates: "Mon 23 – Sun 29 March 2020", Range: "23–29 March 2020", Contract: digest.Spans{{Text: "168 hours"}},
		Banner:   &digest.Banner{Kind: "late", Title: "Sent 2 hours late", Text: "The numbers are those of the week itself."},
		Findings: []digest.Finding{{Tone: digest.Worse, Word: "Worse", Text: digest.Spans{{Text: "5 of 71", Bold: true}, {Text: " were missed."}}, Link: "By day", Anchor: "activity-incoming_messages"}},
		Sections: []digest.Chapter{
			{
				Key: "activity", Anchor: "activity", Title: "Activity", Status: "Chatwoot, complete",
				Cards: []digest.Card{
					{Key: "total_messages", Label: "Messages", Mark: "1", Parts: []digest.Part{{Number: "307"}}, Change: "+60 %", Colour: digest.Better, From: "from 192"},
					{Key: "fallback_rate", Label: "Not understood", Nil: "Not available", Small: true, Under: "Chatwoot keeps no record"},
				},
				Balance: &digest.Balance{Bars: []digest.BalanceBar{{Key: "handled", Share: 90}, {Key: "missed", Share: 10}}, Line: digest.Spans{{Text: "71", Bold: true}, {Text: " offered"}}, Text: "Each transfer counts again."},
				Pictures: []digest.Picture{
					{Section: "activity", Anchor: "activity-incoming_messages", Title: "Incoming messages", Caption: "Wednesday.", Drawn: true, Chart: line, Legend: legend},
					{Section: "activity", Anchor: "activity-agents", Title: "By agent", Drawn: true, Chart: ranking, Half: true},
					{Section: "activity", Anchor: "activity-start_flows", Title: "Beginnings", Drawn: true, Chart: flow, Half: true},
					{Section: "activity", Anchor: "activity-hours", Title: "Connection hours", Caption: "Not available on this platform."},
				},
				Sheets: []digest.Sheet{{
					Anchor: "activity-by_team", Title: "By team", Head: []string{"Team", "Offered", "Average wait"}, Text: 1, Bold: []bool{false, false, false, true},
					Rows: [][]string{{"Support", "79", "1 h 17 min"}, {"Billing", "1,034", "55 min 10 s"}, {"no team", "3", "n/a"}, {"All", "1,116", "1 h"}},
				}},
			},
			{Key: "chatbot", Anchor: "chatbot", Title: "Chatbot", Status: "Chatwoot, failed", Failed: true, Message: digest.Spans{{Text: "Failed is not zero."}}},
		},
		Footnotes: []digest.Footnote{{Mark: "1", Text: "As counted."}}, EditionLine: "Edition SD-2020-W13 · content 9f3c 41d7",
	}
}

// shelf gives one edition, and refuses others.
type shelf struct {
	*book
	v     reader.Reading
	fault error
}

func newShelf() *shelf {
	b := newBook()
	b.s.Footer = "Lindenhof Clinics, Berlin"
	berlin, _ := time.LoadLocation("Europe/Berlin")
	week := func(day int) digest.Period {
		return digest.Period{From: time.Date(2020, 3, day, 0, 0, 0, 0, berlin), To: time.Date(2020, 3, day+7, 0, 0, 0, 0, berlin)}
	}
	return &shelf{book: b, v: reader.Reading{
		Subscription: b.s, Edition: 7, Variant: digest.Variant{Letter: letter()}, PDF: &reader.PDF{Size: 212_345},
		Before: &reader.Neighbour{Edition: 6, Period: week(16)}, After: &reader.Neighbour{Edition: 8, Period: week(30)},
	}}
}

func (s *shelf) Edition(context.Context, int64, string) (reader.Reading, error) { return s.v, s.fault }

func read7(t *testing.T, s *shelf, path string, changes ...func(*web.Config)) *http.Response {
	t.Helper()
	h, _ := serve(t, s.book, append([]func(*web.Config){func(c *web.Config) {
		c.Reader.Editions = s
		c.Reader.Draw = func(_ digest.Letter, p digest.Picture, width float64) ([]byte, error) {
			return fmt.Appendf(nil, `<div class="plot" data-of="%s" data-width="%v"></div>`, p.Anchor, width), nil
		}
	}}, changes...)...)
	return ask(t, h, request{method: "GET", path: "/view/7/" + maya + path})
}

func TestAnEditionsPageIsTheDigestWithMore(t *testing.T) {
	r := read7(t, newShelf(), "")
	page := read(t, r)
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", r.StatusCode, page)
	}
	self := "/view/7/" + maya
	for _, want := range []string{
		"<title>Desk, 23–29 Mar: 307 messages</title>", "for managers", "<h1>307 messages, up 60 %. 5 missed.</h1>", "168 hours",
		`<a href="/view/6/` + maya + `" rel="prev">16 Mar–22 Mar</a>`, `<a href="/view/8/` + maya + `" rel="next">30 Mar–5 Apr</a>`,
		`href="` + self + `/pdf" download>`, "PDF, 212\u00a0kB", `href="` + self + `/csv" download>`, `href="` + self + `/mail"`,
		"Sent 2 hours late", "<b>5 of 71</b> were missed.", `<a href="#activity-incoming_messages">By day</a>`,
		`<a href="/definitions/` + maya + `#activity-total_messages">Messages</a><sup>1</sup>`, `<span class="good">&#43;60 %</span> from 192`, `<dd class="na">Not available</dd>`,
		`<rect x="900.0" width="100.0" height="10" fill="var(--cm)"/>`, `data-of="activity-incoming_messages" data-width="340"`, `data-of="activity-start_flows" data-width="880"`, `data-of="activity-start_flows" data-width="296"`,
		`data-of="activity-agents" data-width="340"`, `<figure class="card chart" id="activity-agents">`, `<figure class="card chart full" id="activity-hours">`,
		`<th scope="row">Mon` + "\u00a0" + `23 Mar</th><td>52</td><td>31</td><td>+21</td>`, `<td>–</td>`, `<th scope="row">Website</th><td class="s">bot</td><td>5</td>`,
		"&lt;b&gt;Ana&lt;/b&gt;", `<div class="banner fail">`, "Failed is not zero.", `<li id="note-1"><sup>1</sup> As counted.</li>`, "Edition SD-2020-W13 · content 9f3c 41d7",
		"Lindenhof Clinics, Berlin", `href="/definitions/` + maya + `"`, `href="/preferences/` + maya + `"`, `href="/unsubscribe/` + maya + `"`, `href="/forwarded/` + maya + `"`,
		`<h2 id="notes">Notes</h2>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, never := range []string{"<script", "style=", "⟨", "maya.ortiz", "<b>Ana"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %s", never)
		}
	}
	if csp := r.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") {
		t.Error(csp)
	}
}

func TestATableIsSortedByAButtonWithoutScript(t *testing.T) {
	s := newShelf()
	names := func(page, table string) (all []string) {
		_, page, _ = strings.Cut(page, ` id="`+table+`"`)
		_, page, _ = strings.Cut(page, "<table>")
		page, _, _ = strings.Cut(page, "</table>")
		for _, m := range regexp.MustCompile(`<th scope="row">([^<]*)`).FindAllStringSubmatch(page, -1) {
			all = append(all, strings.ReplaceAll(m[1], "\u00a0", " "))
		}
		return all
	}
	for _, c := range []struct{ query, table, want string }{
		{"", "activity-by_team", "Support Billing no team All"},
		{"?sort=activity-by_team&by=-2", "activity-by_team", "Billing Support no team All"},
		{"?sort=activity-by_team&by=2", "activity-by_team", "no team Support Billing All"},
		{"?sort=activity-by_team&by=-3", "activity-by_team", "Support Billing no team All"},
		{"?sort=activity-by_team&by=3", "activity-by_team", "Billing Support no team All"},
		{"?sort=activity-by_team&by=1", "activity-by_team", "Billing no team Support All"},
		{"?sort=activity-by_team&by=99", "activity-by_team", "Support Billing no team All"},
		{"?sort=activity-incoming_messages&by=-1", "activity-incoming_messages", "Tue 31 Mar Tue 24 Mar Mon 23 Mar"},
		{"?sort=activity-incoming_messages&by=-2", "activity-incoming_messages", "Tue 31 Mar Mon 23 Mar Tue 24 Mar"},
	} {
		page := read(t, read7(t, s, c.query))
		if got := strings.Join(names(page, c.table), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.query, got, c.want)
		}
	}
	page := read(t, read7(t, s, "?sort=activity-incoming_messages&by=-2"))
	for _, want := range []string{
		`<th aria-sort="descending"><button name="by" value="2">This week<span aria-hidden="true"> ↓</span></button>`, `<form action="#activity-incoming_messages"><input type="hidden" name="sort" value="activity-incoming_messages">`,
		`<details open><summary>As a table</summary><div class="scroll" role="region" tabindex="0" aria-label="Incoming messages">`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if n := strings.Count(page, "<details open>"); n != 1 {
		t.Errorf("%d tables stand open", n)
	}
}

func TestNoPlaceBesideAChartIsEmpty(t *testing.T) {
	page := read(t, read7(t, newShelf(), ""))
	at := -1
	for _, want := range []string{
		`<figure class="card chart" id="activity-incoming_messages">`, `<figure class="card chart" id="activity-agents">`,
		`<figure class="card chart full" id="activity-start_flows">`, `<figure class="card chart full" id="activity-hours">`,
	} {
		i := strings.Index(page, want)
		if i <= at {
			t.Errorf("%s comes at %d, after %d", want, i, at)
		}
		at = i
	}
	s := newShelf()
	s.v.Variant.Letter.Sections[0].Pictures = s.v.Variant.Letter.Sections[0].Pictures[1:]
	if page := read(t, read7(t, s, "")); !strings.Contains(page, `<figure class="card chart full beside" id="activity-agents">`) || strings.Count(page, "<details open>") != 1 {
		t.Errorf("a chart that is left alone has no table beside it:\n%s", page)
	}
}

func TestALongTableComesWhenItIsAskedFor(t *testing.T) {
	s := newShelf()
	all := s.v.Variant.Letter.Sections[0].Pictures
	for day := range 31 {
		at := digest.Date{Year: 2020, Month: time.March, Day: 1}.AddDays(day)
		all[1].Chart.Series[0].Points = append(all[1].Chart.Series[0].Points, digest.Point{Key: at.String(), Label: at.String(), Value: num(1)})
	}
	page := read(t, read7(t, s, ""))
	if strings.Contains(page, "2020-03-31") || !strings.Contains(page, `<a class="away" href="?sort=activity-agents#activity-agents">As a table</a>`) {
		t.Errorf("it is there unasked, or cannot be asked for:\n%s", page)
	}
	for _, query := range []string{"?sort=activity-agents", "?sort=activity-agents&by=-2"} {
		if page := read(t, read7(t, s, query)); !strings.Contains(page, "2020-03-31") || strings.Count(page, "<details open>") != 1 || strings.Contains(page, `class="away"`) {
			t.Errorf("%s does not show it", query)
		}
	}
}

func TestAPageOfManyTablesStaysUnderAHundredKilobytes(t *testing.T) {
	s := newShelf()
	c := &s.v.Variant.Letter.Sections[0]
	one := c.Pictures[1]
	for i := range 30 {
		p := one
		p.Anchor = fmt.Sprintf("activity-more-%d", i)
		p.Chart.Series = []digest.Series{{Key: "current"}}
		for n := range 16 {
			p.Chart.Series[0].Points = append(p.Chart.Series[0].Points, digest.Point{Key: fmt.Sprint(n), Label: strings.Repeat("Longname ", 20), Value: num(float64(n))})
		}
		c.Pictures = append(c.Pictures, p)
	}
	page := read(t, read7(t, s, "?sort=activity-more-3"))
	if len(page) > 100_000 || strings.Count(page, "<details open>") != 1 || !strings.Contains(page, "?sort=activity-more-14#activity-more-14") {
		t.Errorf("%d bytes, %d open", len(page), strings.Count(page, "<details open>"))
	}
	if n := strings.Count(page, "<table>"); n < 10 {
		t.Errorf("only %d tables are left", n)
	}
}

func TestATableIsAFileOfPlainNumbers(t *testing.T) {
	s := newShelf()
	for _, c := range []struct {
		anchor string
		want   [][]string
	}{
		{"activity-incoming_messages", [][]string{{"Day", "This week", "Week before", "Change"}, {"2020-03-23", "52", "31", "21"}, {"2020-03-24", "", "38", ""}, {"2020-03-31", "1074", "1074", "0"}}},
		{"activity-agents", [][]string{{"Name", "Value", "Share (%)"}, {"'=1+1 <b>Ana</b>", "3", "25"}, {"Bo", "9", "75"}}},
		{"activity-start_flows", [][]string{{"From", "To", "Value"}, {"Website", "bot", "5"}}},
		{"activity-by_team", [][]string{{"Team", "Offered", "Average wait (s)"}, {"Support", "79", "4620"}, {"Billing", "1034", "3310"}, {"no team", "3", ""}, {"All", "1116", "3600"}}},
	} {
		r := read7(t, s, "/csv/"+c.anchor)
		body := read(t, r)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
		if err != nil || fmt.Sprint(rows) != fmt.Sprint(c.want) {
			t.Errorf("%s: %q, %v", c.anchor, rows, err)
		}
		if d := r.Header.Get("Content-Disposition"); d != "attachment; filename=SD-2020-W13-"+c.anchor+".csv" || r.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(body, "\ufeff") {
			t.Errorf("%s: %s %s", c.anchor, d, r.Header.Get("Content-Type"))
		}
	}
	for _, none := range []string{"activity-hours", "nothing", "..%2f"} {
		if r := read7(t, s, "/csv/"+none); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", none, r.StatusCode)
		}
	}
}

func TestAllTablesAreOneFileOfFiles(t *testing.T) {
	r := read7(t, newShelf(), "/csv")
	body := read(t, r)
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "00-figures.csv 01-activity-incoming_messages.csv 02-activity-agents.csv 03-activity-start_flows.csv 04-activity-by_team.csv" {
		t.Error(got)
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	figures, err := io.ReadAll(f)
	if err != nil || !strings.Contains(string(figures), "Activity,Messages,307,'+60 %,from 192") || !strings.Contains(string(figures), "Activity,Not understood,Not available,,Chatwoot keeps no record") {
		t.Errorf("%s %v", figures, err)
	}
	if r.Header.Get("Content-Disposition") != "attachment; filename=SD-2020-W13-tables.zip" {
		t.Error(r.Header)
	}
}

func TestThePDFIsAFileWhereThereIsOne(t *testing.T) {
	s := newShelf()
	r := read7(t, s, "/pdf")
	if body := read(t, r); body != "%PDF-1.7" || r.Header.Get("Content-Disposition") != "attachment; filename=SD-2020-W13.pdf" || r.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("%s %v", body, r.Header)
	}
	s.v.PDF.Size = 0
	if page := read(t, read7(t, s, "")); !strings.Contains(page, "</svg>PDF</a>") {
		t.Error("a PDF whose size is not known has no link")
	}
	s.v.PDF = nil
	if r := read7(t, s, "/pdf"); r.StatusCode != http.StatusNotFound {
		t.Errorf("%d", r.StatusCode)
	}
	if page := read(t, read7(t, s, "")); strings.Contains(page, "/pdf") {
		t.Error("a PDF is linked that there is not")
	}
}

func TestTheFilesOfADigestAreTheOnesThatWereMadeWithTheMail(t *testing.T) {
	s := newShelf()
	s.v.Variant.Files = []digest.File{
		{Name: "desk-2020-w13.xlsx", Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Data: bytes.Repeat([]byte("x"), 57_000)},
		{Name: "desk-2020-w13-figures.csv", Type: "text/csv; charset=utf-8", Data: []byte("\ufeffFigure,This week\r\nMessages,307\r\n")},
	}
	page := read(t, read7(t, s, ""))
	if !strings.Contains(page, `<div class="acts" id="files">`) || !strings.Contains(page, `href="/view/7/`+maya+`/file/desk-2020-w13.xlsx" download>`) || !strings.Contains(page, "XLSX, 57\u00a0kB") {
		t.Error("the page does not lead to the workbook")
	}
	r := read7(t, s, "/file/desk-2020-w13.xlsx")
	if body := read(t, r); len(body) != 57_000 || r.Header.Get("Content-Disposition") != "attachment; filename=desk-2020-w13.xlsx" || r.Header.Get("Content-Type") != s.v.Variant.Files[0].Type {
		t.Errorf("%d bytes, %v", len(body), r.Header)
	}
	r = read7(t, s, "/csv")
	body := read(t, r)
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != 1 || z.File[0].Name != "desk-2020-w13-figures.csv" {
		t.Fatalf("the tables are %v", z.File)
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(f); err != nil || string(got) != string(s.v.Variant.Files[1].Data) {
		t.Errorf("the table is %q, %v", got, err)
	}
	for _, other := range []string{"/file/desk-2020-w12.xlsx", "/file/..%2f..%2fsecret"} {
		if r := read7(t, s, other); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", other, r.StatusCode)
		}
	}
	s.v.Variant.Files = nil
	if page := read(t, read7(t, s, "")); strings.Contains(page, "XLSX") {
		t.Error("a workbook is linked that there is not")
	}
}

func TestALinkThatEndedOrWasRevokedSaysSoInTheReadersWords(t *testing.T) {
	for _, c := range []struct {
		fault        error
		locale, want string
	}{
		{reader.ErrEnded, "en", "This edition is no longer shown"},
		{reader.ErrRevoked, "en", "This link was withdrawn"},
		{reader.ErrRevoked, "es", "Este enlace se ha retirado"},
	} {
		s := newShelf()
		s.fault, s.s.Locale = c.fault, c.locale
		for _, path := range []string{"", "/mail", "/pdf", "/csv", "/csv/activity-agents", "/file/desk.xlsx"} {
			r := read7(t, s, path)
			if page := read(t, r); r.StatusCode != http.StatusGone || !strings.Contains(page, c.want) || !strings.Contains(page, "/unsubscribe/"+maya) {
				t.Errorf("%s: %d\n%s", path, r.StatusCode, page)
			}
		}
	}
}

func TestALargePageIsCompressedWhereTheBrowserTakesIt(t *testing.T) {
	s := newShelf()
	h, _ := serve(t, s.book, func(c *web.Config) {
		c.Reader.Editions = s
		c.Reader.Draw = func(digest.Letter, digest.Picture, float64) ([]byte, error) {
			return bytes.Repeat([]byte("<i></i>"), 20_000), nil
		}
	})
	for coding, packed := range map[string]bool{"gzip, br": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "br": false, "": false} {
		q := httptest.NewRequestWithContext(t.Context(), "GET", "/view/7/"+maya, nil)
		q.Header.Set("Accept-Encoding", coding)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, q)
		r := w.Result()
		if (r.Header.Get("Content-Encoding") == "gzip") != packed || r.Header.Get("Vary") != "Accept-Encoding" || r.StatusCode != http.StatusOK {
			t.Errorf("%q: %d %v", coding, r.StatusCode, r.Header)
			continue
		}
		if !packed {
			continue
		}
		if w.Body.Len() > 20_000 || r.Header.Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
			t.Errorf("%d bytes", w.Body.Len())
		}
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if page, err := io.ReadAll(z); err != nil || !bytes.Contains(page, []byte("307 messages")) {
			t.Error(err)
		}
	}
}
