package scheduler

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// desk is what the scheduler is told of, kept in memory: digests, their editions, and what became of deliveries.
type desk struct {
	mu        sync.Mutex
	pool      *pgxpool.Pool
	digests   []digest.Scheduled
	opened    []digest.Opening
	states    map[int64]digest.EditionState
	due       map[int64]map[int64]time.Time // edition → open delivery → when to try
	abandoned map[int64]time.Time
	collects  map[int64]int
	tries     map[int64]int
	finished  chan int64
	deliver   func(ctx context.Context, delivery int64) (time.Time, error) // nil: sent at once
}

func newDesk(t testing.TB, digests ...digest.Scheduled) *desk {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), pgtest.New(t, "CREATE SCHEMA fortnight"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if applied, err := Migrate(t.Context(), pool); err != nil || len(applied) == 0 {
		t.Fatal(applied, err)
	}
	return &desk{
		pool: pool, digests: digests, states: map[int64]digest.EditionState{}, due: map[int64]map[int64]time.Time{},
		abandoned: map[int64]time.Time{}, collects: map[int64]int{}, tries: map[int64]int{}, finished: make(chan int64, 100),
	}
}

func (d *desk) Scheduled(context.Context) ([]digest.Scheduled, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.digests), nil
}

func (d *desk) Open(ctx context.Context, o digest.Opening, enqueue func(tx pgx.Tx, edition int64) error) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.digests {
		if d.digests[i].Digest == o.Digest && o.Due.After(d.digests[i].LastDue) {
			d.digests[i].LastDue = o.Due
		}
	}
	for i, other := range d.opened {
		if other.Digest == o.Digest && other.Period.From.Equal(o.Period.From) {
			return int64(i + 1), digest.ErrNotDue
		}
	}
	d.opened = append(d.opened, o)
	id := int64(len(d.opened))
	d.states[id] = digest.EditionDue
	return id, pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error { return enqueue(tx, id) })
}

// Collect plans two deliveries, numbered after the edition: 11 and 12 for edition 1.
func (d *desk) Collect(_ context.Context, edition int64) ([]digest.Delivery, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.states[edition] != digest.EditionDue {
		return nil, digest.ErrNotDue
	}
	d.collects[edition]++
	d.states[edition] = digest.EditionReady
	d.due[edition] = map[int64]time.Time{edition*10 + 1: {}, edition*10 + 2: {}}
	return nil, nil
}

func (d *desk) Deliver(ctx context.Context, delivery int64) (time.Time, error) {
	d.mu.Lock()
	d.tries[delivery]++
	deliver := d.deliver
	d.mu.Unlock()
	var retry time.Time
	if deliver != nil {
		var err error
		if retry, err = deliver(ctx, delivery); err != nil {
			return retry, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if retry.IsZero() {
		delete(d.due[delivery/10], delivery)
	} else {
		d.due[delivery/10][delivery] = retry
	}
	return retry, nil
}

func (d *desk) Finish(_ context.Context, edition int64) (digest.EditionState, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.due[edition]) == 0 && d.states[edition] == digest.EditionReady {
		d.states[edition] = digest.EditionDone
		delete(d.abandoned, edition)
		d.finished <- edition
	}
	return d.states[edition], nil
}

func (d *desk) Renew(context.Context, int64, int64) error { return nil }

func (d *desk) Batches(_ context.Context, edition int64) ([]int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.due[edition]) == 0 {
		return nil, nil
	}
	return []int{0}, nil
}

func (d *desk) Pending(_ context.Context, edition int64, _ int) ([]digest.Delivery, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []digest.Delivery
	for id, at := range d.due[edition] {
		all = append(all, digest.Delivery{ID: id, EditionID: edition, NextAt: at})
	}
	slices.SortFunc(all, func(a, b digest.Delivery) int {
		if c := a.NextAt.Compare(b.NextAt); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	return all, nil
}

func (d *desk) Abandoned(context.Context) (map[int64]time.Time, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := map[int64]time.Time{}
	for id, since := range d.abandoned {
		all[id] = since
	}
	return all, nil
}

func (d *desk) work() Work { return Work{d.Collect, d.Deliver, d.Finish} }

// scheduler makes one for the desk, looking for editions every 50 ms.
func (d *desk) scheduler(t testing.TB, now func() time.Time) *Scheduler {
	t.Helper()
	s, err := New(d.pool, d, d, d.work(), Options{
		Every: 50 * time.Millisecond, Patience: 2 * time.Second, Now: now, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start runs a scheduler until the returned function is called, which waits for its end.
func start(t testing.TB, s *Scheduler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func (d *desk) awaitDone(t testing.TB, edition int64) {
	t.Helper()
	select {
	case got := <-d.finished:
		if got != edition {
			t.Errorf("edition %d is done, want %d", got, edition)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("edition %d is not done: %+v", edition, d.states)
	}
}

// monday8 is a digest due each Monday at 08:00 in Berlin, dealt with up to 2 March 2026.
func monday8(id int64) digest.Scheduled {
	return digest.Scheduled{
		Digest: id, Project: digest.Project{Key: "desk", Name: "Support desk"},
		Config: digest.Config{Key: "weekly", Active: true, Cadence: digest.CadenceSpec{
			Kind: Weekly, At: "mon 08:00", Zone: "Europe/Berlin", WeekStart: time.Monday,
		}},
		LastDue: time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC),
	}
}
