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

	"fortnight/digest"
)

// Options of New.
type Options struct {
	Workers    int           // editions made at a time in this process; 0 means 4
	Deliveries int           // batches of mails sent at a time; 0 means twice the Workers
	Every      time.Duration // between looks for abandoned and due editions; 0 means half a Renewal. A due that is known is looked for on time
	Renewal    time.Duration // between renewals of a lease, a quarter of what it lasts; 0 means 5 s
	Limit      time.Duration // after which collecting an edition, or rendering it, counts as failed; 0 means 10 min
	Patience   time.Duration // how long a stop waits for what is in work; 0 means 15 s
	Now        func() time.Time
	Log        *slog.Logger
	// Missed is told of the periods that a digest's subscribers get no mail of their own for, as far as this process opened them for
	// the archive, the oldest first; those that are Listed stand in the mail of the period after them. Nothing waits for it. nil: nobody
	// is told.
	Missed func(ctx context.Context, d digest.Scheduled, missed []digest.Opening)
}

// Scheduler opens editions when they are due and makes them by durable jobs. Any number of processes may run one on the same
// database: the work is spread among them, and an edition is opened once.
type Scheduler struct {
	*Maker
	calendar Calendar
	missed   func(context.Context, digest.Scheduled, []digest.Opening)
	every    time.Duration
	longest  time.Duration // look
	patience time.Duration
	client   *river.Client[pgx.Tx]
	stop     chan struct{} // closed when Run is to end

	cadences map[written]*Cadence // of Tick, which is not for several at a time
	next     time.Time            // the next due known to the last Tick; zero: none
}

// River's times. A job that was inserted is fetched by the notice of it, or by the next poll where notices came too fast. A message may be
// with its server for ten minutes after its last byte (RFC 5321), so no delivery is cut off before that. River's own rescue of jobs is not
// relied upon: leases are faster.
const (
	fetch   = 20 * time.Millisecond
	poll    = 100 * time.Millisecond
	beside  = 5 * time.Minute         // what a job may take beside collecting and rendering
	ending  = 4500 * time.Millisecond // for recording what was called off
	looking = time.Minute             // for finding and opening what is due; what is left then is found by the next one
)

// New makes a scheduler over a migrated database. The pool stays the caller's; each worker takes up to two of its connections.
func New(pool *pgxpool.Pool, calendar Calendar, leases Leases, work Work, o Options) (*Scheduler, error) {
	s := &Scheduler{
		Maker:    &Maker{Work: work, Leases: leases, Renewal: o.Renewal, Limit: o.Limit, Now: o.Now, Log: o.Log},
		calendar: calendar, missed: o.Missed, patience: orElse(o.Patience, 15*time.Second), longest: looking, stop: make(chan struct{}), cadences: map[written]*Cadence{},
	}
	s.every = orElse(o.Every, s.renewal()/2)
	workers := river.NewWorkers()
	if err := errors.Join(river.AddWorkerSafely(workers, editionWorker{s: s}), river.AddWorkerSafely(workers, deliveryWorker{s: s})); err != nil {
		return nil, fmt.Errorf("set up jobs: %w", err)
	}
	editions := orElse(o.Workers, 4)
	longest := 2*orElse(o.Limit, limit) + beside
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema: schema, Workers: workers, Queues: map[string]river.QueueConfig{
			editionsQueue: {MaxWorkers: editions}, deliveriesQueue: {MaxWorkers: orElse(o.Deliveries, 2*editions)},
		},
		FetchCooldown: fetch, FetchPollInterval: poll, JobTimeout: longest, RescueStuckJobsAfter: longest + time.Minute,
		Logger: slog.New(faultsOnly{o.Log.Handler()}), ErrorHandler: told{o.Log},
	})
	if err != nil {
		return nil, fmt.Errorf("set up jobs: %w", err)
	}
	s.client = client
	return s, nil
}

// Run works until ctx ends: it looks for due editions at once, whenever one is due and every Options.Every, and works on jobs. Then it
// begins nothing new, waits for what is in work (Options.Patience), calls off what is left and lets that be recorded: within 5 s
// more it returns. An error is one that kept it from starting or from ending well. A Scheduler runs once.
func (s *Scheduler) Run(ctx context.Context) error {
	working := context.WithoutCancel(ctx) // ended by stopping, not by ctx, so that messages in work can end well
	if err := s.client.Start(working); err != nil {
		return fmt.Errorf("start the workers: %w", err)
	}
	context.AfterFunc(ctx, func() { close(s.stop) })
	for ctx.Err() == nil {
		look, enough := context.WithTimeout(ctx, s.longest)
		if err := s.Tick(look); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "looking for due editions failed", "error", err)
		}
		enough()
		sleep(ctx, s.untilNext())
	}
	<-s.stop
	return s.end(working)
}

// untilNext is the time until Run looks again.
func (s *Scheduler) untilNext() time.Duration {
	if s.next.IsZero() {
		return s.every
	}
	return max(min(s.every, s.next.Sub(s.Now())), time.Millisecond)
}

func (s *Scheduler) end(ctx context.Context) error {
	soft, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	if err := s.client.Stop(soft); err == nil {
		return nil
	}
	s.Log.WarnContext(ctx, "work called off at the end of patience", "patience", s.patience)
	hard, cancel := context.WithTimeout(ctx, ending)
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

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
