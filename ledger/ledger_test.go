package ledger_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/jackc/pgx/v5/pgxpool"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
	"fortnight/ledger"
)

const (
	secret    = "the first secret of the tests"
	sourceDSN = "postgres://reader:hunter2@db.example/chat"
)

// monday is when the week 2020-03-23..30 of New York is due: 08:00 EDT.
var monday = time.Date(2020, 3, 30, 12, 0, 0, 0, time.UTC)

// clock is a time that tests move on.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// book is a ledger over a database of its own.
type book struct {
	*ledger.Ledger
	pool  *pgxpool.Pool
	clock *clock
}

func empty(t testing.TB) book {
	t.Helper()
	pool := connect(t, pgtest.New(t, schema(t)...))
	c := &clock{t: monday}
	return book{ledger.New(pool, ledger.Options{Keys: keys(t, secret), Domain: "digest.fortnight.example", Now: c.now}), pool, c}
}

// schema is what makes a database the ledger's.
func schema(t testing.TB) []string {
	t.Helper()
	scripts := []string{"CREATE SCHEMA fortnight"}
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, string(script))
	}
	return scripts
}

// filled is a ledger with the project desk, its digest weekly, and the subscribers of project().
func filled(t testing.TB) book {
	t.Helper()
	b := empty(t)
	if _, err := b.Apply(t.Context(), []digest.Project{project()}); err != nil {
		t.Fatal(err)
	}
	return b
}

func connect(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func keys(t testing.TB, secrets ...string) ledger.Keys {
	t.Helper()
	k, err := ledger.NewKeys(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func project() digest.Project {
	return digest.Project{
		Key: "desk", Name: "Support desk", Zone: "America/New_York", Locale: "en", WeekStart: time.Monday,
		Brand:   digest.Brand{Accent: 0x123456ff, Footer: "Only for us"},
		From:    digest.Address{Name: "Desk", Address: "desk@example.org"},
		Sources: []digest.Source{{Key: "chat", Platform: "chatwoot", DSN: sourceDSN, Tenant: "1"}},
		Digests: []digest.Config{{
			Key: "weekly", Active: true, Paper: "A4",
			Cadence:  digest.CadenceSpec{Kind: "weekly", At: "mon 08:00", Zone: "America/New_York", WeekStart: time.Monday},
			Sections: []digest.SectionChoice{{Section: "activity", Source: "chat"}},
			Subscribers: []digest.Subscriber{
				{Name: "Ana", Address: "ana@example.org", Locale: "es", Audience: digest.Executive, PDF: true, AddedBy: "Bo"},
				{Name: "Bo", Address: "Bo@Example.org", Audience: digest.Admin},
				{Name: "Cy", Address: "cy@example.org", Zone: "America/Los_Angeles"},
			},
		}},
	}
}

// week is the opening of the edition for the week that begins on a Monday.
func week(t testing.TB, b book, from string) digest.Opening {
	t.Helper()
	s, err := b.Digest(t.Context(), "desk/weekly")
	if err != nil {
		t.Fatal(err)
	}
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	first, err := digest.ParseDate(from)
	if err != nil {
		t.Fatal(err)
	}
	due, _ := first.AddDays(7).At(8, 0, loc)
	return digest.Opening{
		Digest: s.Digest, Label: "SD-2020-W13", Due: due,
		Period: span(t, first, loc), Previous: span(t, first.AddDays(-7), loc),
	}
}

func span(t testing.TB, first digest.Date, loc *time.Location) digest.Period {
	t.Helper()
	p, err := digest.NewPeriod(first, first.AddDays(7), loc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// opened opens the edition of the week that begins on a Monday.
func opened(t testing.TB, b book, from string) int64 {
	t.Helper()
	id, err := b.Open(t.Context(), week(t, b, from), nil)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// ready collects an edition with one figure and gives its planned deliveries.
func ready(t testing.TB, b book, edition int64, messages, before float64) []digest.Delivery {
	t.Helper()
	e, err := b.StartCollecting(t.Context(), edition)
	if err != nil {
		t.Fatal(err)
	}
	s := snapshot(e, messages, before)
	hash, err := s.Hash()
	if err != nil {
		t.Fatal(err)
	}
	planned, err := b.KeepSnapshot(t.Context(), edition, s, hash, "")
	if err != nil {
		t.Fatal(err)
	}
	var all []digest.Delivery
	for _, d := range deliveries(t, b, edition) {
		all = append(all, d.Delivery)
	}
	if len(all) != planned {
		t.Fatalf("%d deliveries are said to be planned, %d are", planned, len(all))
	}
	return all
}

func snapshot(e digest.Edition, messages, before float64) digest.Snapshot {
	return digest.Snapshot{
		Version: digest.SnapshotVersion, Tenant: "1", Period: e.Period, Previous: e.Previous, ReadAt: monday,
		Sections: []digest.Section{{
			Key: "activity", Source: "chat", Platform: "chatwoot", Status: digest.Complete,
			Figures: []digest.Figure{
				{Key: "total_messages", Unit: digest.Count, Value: digest.Num(messages), Previous: digest.Num(before), Direction: digest.Up},
				{Key: "busiest", Unit: digest.Instant, Value: digest.At(e.Period.From), Previous: digest.None(digest.Empty)},
			},
			Charts: []digest.Chart{}, Tables: []digest.Table{}, Notes: []digest.Note{},
		}},
	}
}

// deliveries lists an edition's deliveries.
func deliveries(t testing.TB, b book, edition int64) (all []ledger.DeliveryLine) {
	t.Helper()
	for d, err := range b.Deliveries(t.Context(), edition) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

func stateOf(t testing.TB, b book, edition, delivery int64) digest.DeliveryState {
	t.Helper()
	for _, d := range deliveries(t, b, edition) {
		if d.ID == delivery {
			return d.State
		}
	}
	t.Fatalf("no delivery %d", delivery)
	return ""
}

func text(changes []ledger.Change) string {
	var lines []string
	for _, c := range changes {
		lines = append(lines, c.String())
	}
	return strings.Join(lines, "\n")
}

func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	all.Wait()
	return errs
}
