package main

import (
	"log/slog"
	"sync"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
	"fortnight/ledger"
	"fortnight/mailer"
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

// world is an installation in this process whose clock a test turns: its schedule looks, its editions are made and sent, when it is
// told to.
type world struct {
	clock   *turning
	books   *books
	life    *digest.Life
	post    *mailer.Mailer
	log     *slog.Logger
	planner *scheduler.Scheduler
	maker   scheduler.Maker
}

// worldAt gives a world at an instant that sends to a relay of its own.
func worldAt(t *testing.T, now time.Time) *world {
	t.Helper()
	clock := &turning{t: now}
	b, err := openBooks(t.Context(), demoConfig(pgtest.New(t), unruly(t, relay.Options{}).Addr()), clock.now)
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
	log := slog.New(slog.DiscardHandler)
	planner, err := newPlanner(b.cfg, b, life, &admin{b: b.Ledger, life: life, post: post, log: log}, newMetrics(), log)
	if err != nil {
		t.Fatal(err)
	}
	maker := scheduler.Maker{Leases: b.Ledger, Now: clock.now, Log: log, Renewal: time.Hour, Work: makingOf(life, b)}
	return &world{clock, b, life, post, log, planner, maker}
}

// desk is the demo's project on the real desk's database, with one digest, to Ana and Bo.
func (w *world) desk(t *testing.T) digest.Project {
	t.Helper()
	desk := demoProject(w.books.cfg)
	desk.Sources[0] = digest.Source{Key: "desk", Platform: "chatwoot", DSN: lively(t), Tenant: "1"}
	desk.Digests = desk.Digests[:1]
	desk.Digests[0].Subscribers = []digest.Subscriber{
		{Name: "Ana", Address: "ana@desk.example", Audience: digest.Manager}, {Name: "Bo", Address: "bo@desk.example", Audience: digest.Manager},
	}
	return desk
}

func (w *world) apply(t *testing.T, desk digest.Project) {
	t.Helper()
	if _, err := w.books.Apply(t.Context(), []digest.Project{desk}); err != nil {
		t.Fatal(err)
	}
}

// editions lists all, newest first.
func (w *world) editions(t *testing.T) []ledger.EditionLine {
	t.Helper()
	all, err := w.books.Editions(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// until lets time pass in steps to an instant; the schedule looks before each, and what is due is made. It gives the ids of those made to see.
func (w *world) until(t *testing.T, last time.Time, step time.Duration, see func(edition int64)) {
	t.Helper()
	for ; w.clock.now().Before(last); w.clock.pass(step) {
		if err := w.planner.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, e := range w.editions(t) {
			if e.State != digest.EditionDue {
				continue
			}
			if _, err := w.maker.Make(t.Context(), e.ID); err != nil {
				t.Fatal(err)
			}
			see(e.ID)
		}
	}
}
