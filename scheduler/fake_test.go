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

// desk is what the scheduler is told of, kept in memory: digests, their editions, and what became of deliveries. River's jobs are in
// a database.
type desk struct {
	register
	pool *pgxpool.Pool

	mu          sync.Mutex
	states      map[int64]digest.EditionState
	reasons     map[int64]string
	due         map[int64]map[int64]time.Time // edition → open delivery → when to try
	abandoned   map[int64]time.Time
	collects    map[int64]int // tries that began
	renders     map[int64]int
	tries       map[int64]int // of deliveries
	interrupted map[int64]int
	finished    chan int64

	now     func() time.Time
	collect func(ctx context.Context, edition int64) error // before it is planned; nil: nothing
	render  func(ctx context.Context, edition int64) error
	deliver func(ctx context.Context, delivery int64) (retry time.Time, err error) // nil: sent at once
	again   time.Duration                                                          // after a failed try
}

func newDesk(t testing.TB, digests ...digest.Scheduled) *desk {
	t.Helper()
	config, err := pgxpool.ParseConfig(pgtest.New(t, "CREATE SCHEMA fortnight"))
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 12
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if applied, err := Migrate(t.Context(), pool); err != nil || len(applied) == 0 {
		t.Fatal(applied, err)
	}
	d := &desk{
		pool: pool, states: map[int64]digest.EditionState{}, reasons: map[int64]string{}, due: map[int64]map[int64]time.Time{},
		abandoned: map[int64]time.Time{}, collects: map[int64]int{}, renders: map[int64]int{}, tries: map[int64]int{}, interrupted: map[int64]int{},
		finished: make(chan int64, 2000), now: time.Now,
	}
	d.digests = digests
	return d
}

func (d *desk) Scheduled(context.Context) ([]digest.Scheduled, error) { return d.scheduled(), nil }

func (d *desk) Open(ctx context.Context, o digest.Opening, enqueue func(tx pgx.Tx, edition int64) error) (int64, error) {
	edition, err := d.open(o)
	if err != nil {
		return edition, err
	}
	d.mu.Lock()
	d.states[edition] = digest.EditionDue
	d.mu.Unlock()
	return edition, pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error { return enqueue(tx, edition) })
}

// Collect plans two deliveries, numbered after the edition: 11 and 12 for edition 1.
func (d *desk) Collect(ctx context.Context, edition int64) (int, error) {
	d.mu.Lock()
	if d.states[edition] != digest.EditionDue {
		d.mu.Unlock()
		return 0, digest.ErrNotDue
	}
	d.collects[edition]++
	collect := d.collect
	d.mu.Unlock()
	if collect != nil {
		if err := collect(ctx, edition); err != nil {
			return 0, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.states[edition] = digest.EditionReady
	d.due[edition] = map[int64]time.Time{edition*10 + 1: {}, edition*10 + 2: {}}
	return 2, nil
}

func (d *desk) Render(ctx context.Context, edition int64) error {
	d.mu.Lock()
	if d.states[edition] != digest.EditionReady || d.renders[edition] > 0 && d.render == nil {
		d.mu.Unlock()
		return digest.ErrNotDue
	}
	d.renders[edition]++
	render := d.render
	d.mu.Unlock()
	if render == nil {
		return nil
	}
	return render(ctx, edition)
}

func calledOff(ctx context.Context) bool { return ctx.Err() != nil }

// Deliver tries those whose time has come, one after another.
func (d *desk) Deliver(ctx context.Context, edition int64, pending []digest.Delivery, _ *digest.Hand, enough func() bool) error {
	for _, p := range pending {
		if calledOff(ctx) || p.NextAt.After(d.now()) || enough() {
			return nil
		}
		d.mu.Lock()
		d.tries[p.ID]++
		deliver := d.deliver
		d.mu.Unlock()
		var retry time.Time
		if deliver != nil {
			var err error
			if retry, err = deliver(ctx, p.ID); err != nil {
				return err
			}
		}
		d.mu.Lock()
		if retry.IsZero() {
			delete(d.due[edition], p.ID)
		} else {
			d.due[edition][p.ID] = retry
		}
		d.mu.Unlock()
	}
	return nil
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

// Failed parks an edition at the third try.
func (d *desk) Failed(_ context.Context, edition int64, reason string) (digest.EditionState, time.Time, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reasons[edition] = reason
	if max(d.collects[edition], d.renders[edition]) >= 3 {
		d.states[edition] = digest.EditionParked
		d.finished <- edition
	}
	return d.states[edition], d.now().Add(d.again), nil
}

func (d *desk) Interrupted(_ context.Context, edition int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.interrupted[edition]++
	return nil
}

// Renew is said of an edition by whoever is at it.
func (d *desk) Renew(_ context.Context, edition int64, _ int, _ []digest.Delivery) ([]int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.abandoned, edition)
	return nil, nil
}

func (d *desk) Rest(context.Context, int64, int, time.Time) error { return nil }

func (d *desk) Idle(ctx context.Context, edition int64) ([]int, error) {
	return d.Batches(ctx, edition)
}

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
	if d.states[edition] != digest.EditionReady {
		return nil, nil
	}
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

func (d *desk) work() Work {
	return Work{Collect: d.Collect, Render: d.Render, Deliver: d.Deliver, Finish: d.Finish, Failed: d.Failed, Interrupted: d.Interrupted}
}

// options are those of the desk's schedulers: they look every 50 ms and stop within 3 s.
func (d *desk) options(t testing.TB, now func() time.Time) Options {
	d.now = now
	return Options{
		Every: 50 * time.Millisecond, Patience: 2 * time.Second, Now: now,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}

func (d *desk) scheduler(t testing.TB, now func() time.Time) *Scheduler {
	t.Helper()
	return d.schedulerWith(t, d.options(t, now))
}

func (d *desk) schedulerWith(t testing.TB, o Options) *Scheduler {
	t.Helper()
	s, err := New(d.pool, d, d, d.work(), o)
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

// awaitDone waits for the next edition that comes to an end, which should be this one.
func (d *desk) awaitDone(t testing.TB, edition int64) {
	t.Helper()
	select {
	case got := <-d.finished:
		if got != edition {
			t.Errorf("edition %d is done, want %d", got, edition)
		}
	case <-time.After(30 * time.Second):
		d.mu.Lock()
		defer d.mu.Unlock()
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
