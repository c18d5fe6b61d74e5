package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// Ana and Bo get a weekly digest in New York from 3 February 2020 on. On Wednesday the 19th Bo chooses months, on his preferences page.
// February shares days with weeks that he had, so March is his first, and the page says that 17 to 29 February are in no mail. The week
// of 2 March has 167 hours. The schedule looks every two hours until noon on 2 April.
func TestAReaderGoesFromWeeksToMonthsAndGetsNoDayTwice(t *testing.T) {
	t.Parallel()
	const everyTwoHours = 2 * time.Hour
	w := worldAt(t, at("2020-02-03T12:00:00-05:00"))
	tokens := map[string]string{} // by name, as their mails have them
	w.life.Letterhead.Links = func(e digest.Edition, s digest.Subscriber) digest.Links {
		w.clock.mu.Lock()
		defer w.clock.mu.Unlock()
		tokens[s.Name] = s.Token
		return linksTo(w.books.cfg, e, s)
	}
	pages, err := newWeb(w.books, w.life, w.post, nil, w.log)
	if err != nil {
		t.Fatal(err)
	}
	desk := w.desk(t)
	desk.Digests[0].Sections = desk.Digests[0].Sections[:1]
	desk.Digests[0].Readers.Cadences = []string{"monthly"}
	w.apply(t, desk)
	w.until(t, at("2020-02-19T10:00:00-05:00"), everyTwoHours, func(int64) {})

	ask := func(method, query string, form url.Values) string {
		q := httptest.NewRequestWithContext(t.Context(), method, "/preferences/"+tokens["Bo"]+query, strings.NewReader(form.Encode()))
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		pages.ServeHTTP(answer, q)
		if answer.Code != http.StatusOK && answer.Code != http.StatusSeeOther {
			t.Fatalf("%s answers %d: %s", method, answer.Code, answer.Body)
		}
		return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(answer.Body.String()) // dates do not break
	}
	wish := url.Values{"shown": {"1"}, "cadence": {"monthly"}, "locale": {"en"}, "pdf": {"linked"}}
	before := ask(http.MethodGet, "?"+wish.Encode(), nil)
	ask(http.MethodPost, "", wish)
	after := ask(http.MethodGet, "", nil)
	for _, want := range []struct{ when, page, words string }{
		{"before it is saved", before, "17–29 February"},
		{"before it is saved", before, "Wednesday 1 April, 08:00 in New York"},
		{"saved", after, "Your next mail: Wednesday 1 April, 08:00 in New York"},
		{"saved", after, "It covers 1–31 March."},
	} {
		if !strings.Contains(want.page, want.words) {
			t.Errorf("%s, the page lacks %q:\n%s", want.when, want.words, want.page)
		}
	}
	w.until(t, at("2020-04-02T12:00:00-04:00"), everyTwoHours, func(int64) {})

	got := map[string][]string{}
	editions := w.editions(t)
	slices.Reverse(editions)
	for _, e := range editions {
		for d, err := range w.books.Deliveries(t.Context(), e.ID) {
			if err != nil || d.State != digest.DeliverySent {
				t.Fatalf("%+v, %v", d, err)
			}
			got[d.Subscriber.Name] = append(got[d.Subscriber.Name], fmt.Sprintf("%s..%s %gh", e.Period.First(), e.Period.End().AddDays(-1), e.Period.To.Sub(e.Period.From).Hours()))
		}
	}
	weeks := []string{
		"2020-01-27..2020-02-02 168h", "2020-02-03..2020-02-09 168h", "2020-02-10..2020-02-16 168h", "2020-02-17..2020-02-23 168h", "2020-02-24..2020-03-01 168h",
		"2020-03-02..2020-03-08 167h", "2020-03-09..2020-03-15 168h", "2020-03-16..2020-03-22 168h", "2020-03-23..2020-03-29 168h",
	}
	if !slices.Equal(got["Ana"], weeks) {
		t.Errorf("Ana gets %v", got["Ana"])
	}
	if want := append(weeks[:3:3], "2020-03-01..2020-03-31 743h"); !slices.Equal(got["Bo"], want) {
		t.Errorf("Bo gets %v, not %v", got["Bo"], want)
	}
}
