package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
	"fortnight/scheduler"
)

// turning is a clock that a test moves on.
type turning struct {
	mu sync.Mutex
	t  time.Time
}

func (c *turning) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *turning) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// Ana and Bo get a weekly digest in New York from 3 February 2020 on. On Wednesday the 19th Bo chooses months, on his preferences page.
// February shares days with weeks that he had, so March is his first, and the page says that 17 to 29 February are in no mail. The week
// of 2 March has 167 hours. The schedule looks every two hours until noon on 2 April.
func TestAReaderGoesFromWeeksToMonthsAndGetsNoDayTwice(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{})
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	clock := &turning{t: time.Date(2020, 2, 3, 12, 0, 0, 0, zone)}
	b, err := openBooks(t.Context(), demoConfig(pgtest.New(t), r.Addr()), clock.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	post, err := newMailer(b.cfg)
	if err != nil {
		t.Fatal(err)
	}
	studio, err := newStudio()
	if err != nil {
		t.Fatal(err)
	}
	life, err := newLife(b.cfg, b, studio, post, clock.now)
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{} // by name, as their mails have them
	life.Letterhead.Links = func(e digest.Edition, s digest.Subscriber) digest.Links {
		clock.mu.Lock()
		defer clock.mu.Unlock()
		tokens[s.Name] = s.Token
		return linksTo(b.cfg, e, s)
	}
	log := slog.New(slog.DiscardHandler)
	planner, err := newPlanner(b.cfg, b, life, &admin{b: b.Ledger, life: life, post: post, log: log}, newMetrics(), log)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := newWeb(b, life, post, nil, log)
	if err != nil {
		t.Fatal(err)
	}
	desk := demoProject(b.cfg)
	desk.Sources[0] = digest.Source{Key: "desk", Platform: "chatwoot", DSN: lively(t), Tenant: "1"}
	desk.Digests = desk.Digests[:1]
	desk.Digests[0].Sections = desk.Digests[0].Sections[:1]
	desk.Digests[0].Readers.Cadences = []string{"monthly"}
	desk.Digests[0].Subscribers = []digest.Subscriber{{Name: "Ana", Address: "ana@desk.example", Audience: digest.Manager}, {Name: "Bo", Address: "bo@desk.example", Audience: digest.Manager}}
	if _, err := b.Apply(t.Context(), []digest.Project{desk}); err != nil {
		t.Fatal(err)
	}
	maker := scheduler.Maker{Leases: b.Ledger, Now: clock.now, Log: log, Renewal: time.Hour, Work: makingOf(life, b)}
	until := func(last time.Time) {
		for ; clock.now().Before(last); clock.pass(2 * time.Hour) {
			if err := planner.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			editions, err := b.Editions(t.Context(), "", 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range editions {
				if e.State == digest.EditionDue {
					if _, err := maker.Make(t.Context(), e.ID); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	until(time.Date(2020, 2, 19, 10, 0, 0, 0, zone))

	ask := func(method, query string, form url.Values) string {
		q := httptest.NewRequestWithContext(t.Context(), method, "/preferences/"+tokens["Bo"]+query, strings.NewReader(form.Encode()))
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, q)
		if w.Code != http.StatusOK && w.Code != http.StatusSeeOther {
			t.Fatalf("%s answers %d: %s", method, w.Code, w.Body)
		}
		return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(w.Body.String()) // dates do not break
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
	until(time.Date(2020, 4, 2, 12, 0, 0, 0, zone))

	got := map[string][]string{}
	editions, err := b.Editions(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(editions)
	for _, e := range editions {
		for d, err := range b.Deliveries(t.Context(), e.ID) {
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
