package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// schema holds River's tables, beside the ledger's.
const schema = "fortnight"

// Options of New.
type Options struct {
	Workers  int           // jobs at a time in this process; 0 means 4
	Every    time.Duration // between looks for due editions; 0 means 20 s
	Renewal  time.Duration // between renewals of a lease, a quarter of what it lasts; 0 means 30 s
	Patience time.Duration // how long a stop waits for the message that each worker is sending; 0 means 20 s
	Now      func() time.Time
	Log      *slog.Logger
}

// Scheduler opens editions when they are due and makes them by durable jobs. Any number of processes may run one on the same
// database: the work is spread among them, and an edition is opened once.
type Scheduler struct {
	*Maker
	calendar Calendar
	every    time.Duration
	patience time.Duration
	client   *river.Client[pgx.Tx]
	stop     chan struct{} // closed when Run ends
}

// New makes a scheduler over a migrated database. The pool stays the caller's; each worker takes up to two of its connections.
func New(pool *pgxpool.Pool, calendar Calendar, leases Leases, work Work, o Options) (*Scheduler, error) {
	s := &Scheduler{
		Maker: &Maker{work, leases, o.Renewal, o.Now, o.Log}, calendar: calendar,
		every: orElse(o.Every, 20*time.Second), patience: orElse(o.Patience, 20*time.Second), stop: make(chan struct{}),
	}
	workers := river.NewWorkers()
	if err := errors.Join(river.AddWorkerSafely(workers, collector{s: s}), river.AddWorkerSafely(workers, deliverer{s: s})); err != nil {
		return nil, fmt.Errorf("set up jobs: %w", err)
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema: schema, Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: orElse(o.Workers, 4)}},
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescue, Logger: slog.New(faultsOnly{o.Log.Handler()}), ErrorHandler: told{o.Log},
	})
	if err != nil {
		return nil, fmt.Errorf("set up jobs: %w", err)
	}
	s.client = client
	return s, nil
}

// told logs what a job fails with; it is tried again.
type told struct{ log *slog.Logger }

// HandleError logs an error.
func (t told) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	t.log.ErrorContext(ctx, "job failed", "job", job.Kind, "attempt", job.Attempt, "error", err)
	return nil
}

// HandlePanic logs a panic with its trace.
func (t told) HandlePanic(ctx context.Context, job *rivertype.JobRow, what any, trace string) *river.ErrorHandlerResult {
	t.log.ErrorContext(ctx, "job panicked", "job", job.Kind, "attempt", job.Attempt, "panic", what, "trace", trace)
	return nil
}

// faultsOnly is what River may log: it also counts its jobs every few seconds, which is no fact for a log.
type faultsOnly struct{ slog.Handler }

// Enabled lets warnings and errors pass, where the handler takes them.
func (f faultsOnly) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && f.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the limit.
func (f faultsOnly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return faultsOnly{f.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the limit.
func (f faultsOnly) WithGroup(name string) slog.Handler { return faultsOnly{f.Handler.WithGroup(name)} }

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Migrate brings River's tables up to date and names what it did. The ledger's migrations make the schema first, and hold the
// lock that keeps processes apart.
func Migrate(ctx context.Context, pool *pgxpool.Pool) (applied []string, err error) {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("migrate river: %w", err)
	}
	result, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return nil, fmt.Errorf("migrate river: %w", err)
	}
	for _, v := range result.Versions {
		applied = append(applied, fmt.Sprintf("river %03d_%s", v.Version, v.Name))
	}
	return applied, nil
}

// InsertTx queues an edition in the transaction that opens it.
func (s *Scheduler) InsertTx(ctx context.Context, tx pgx.Tx, edition int64) error {
	if _, err := s.client.InsertTx(ctx, tx, collectArgs{Edition: edition}, nil); err != nil {
		return fmt.Errorf("queue edition %d: %w", edition, err)
	}
	return nil
}

// Run works until ctx ends: it looks for due editions at once and every 20 s, and works on jobs. Then it begins nothing new,
// waits for the messages in work (Options.Patience), calls off what is left, and returns; what was called off comes back by its
// lease. An error is one that kept it from starting. A Scheduler runs once.
func (s *Scheduler) Run(ctx context.Context) error {
	working := context.WithoutCancel(ctx) // ended by stopping, not by ctx, so that messages in work can end well
	if err := s.client.Start(working); err != nil {
		return fmt.Errorf("start the workers: %w", err)
	}
	ticker := time.NewTicker(s.every)
	defer ticker.Stop()
	for {
		if err := s.Tick(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "looking for due editions failed", "error", err)
		}
		select {
		case <-ticker.C:
			continue
		case <-ctx.Done():
		}
		close(s.stop)
		return s.end(working)
	}
}

func (s *Scheduler) end(ctx context.Context) error {
	soft, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	if err := s.client.Stop(soft); err == nil {
		return nil
	}
	s.Log.WarnContext(ctx, "work called off at the end of patience", "patience", s.patience)
	hard, cancel := context.WithTimeout(ctx, 20*time.Second) // an outcome is recorded within 15
	defer cancel()
	if err := s.client.StopAndCancel(hard); err != nil {
		return fmt.Errorf("stop the workers: %w", err)
	}
	return nil
}

func (s *Scheduler) stopping() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}
