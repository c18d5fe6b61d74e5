package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"fortnight/digest"
	"fortnight/internal/postgres"
	"fortnight/ledger"
	"fortnight/scheduler"
)

func serveCommand(p program) *cobra.Command {
	var private bool
	c := &cobra.Command{
		Use:   "serve [--embedded]",
		Short: "Run the scheduler, the workers and the web port",
		Long: "Serve makes and sends editions when they are due, answers the links in mails, and shows /healthz, /readyz and /metrics at\n" +
			"FORTNIGHT_ADDR. Any number of processes may run on one database. SIGTERM lets messages in flight end and stops within 20 s.",
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return serve(c.Context(), p, private) },
	}
	c.Flags().BoolVar(&private, "embedded", false, "start a private PostgreSQL in FORTNIGHT_DATA_DIR instead of using FORTNIGHT_DATABASE_URL")
	return c
}

// frugal is where serve begins to collect garbage eagerly, octets. What it works on takes less; a large list would otherwise leave as
// much garbage again.
const frugal = 72 << 20

func serve(ctx context.Context, p program, private bool) error {
	cfg, err := loadConfig()
	if err != nil {
		return err
	}
	if err := errors.Join(cfg.Validate(), cfg.Misspelt()); err != nil {
		return err
	}
	log, err := cfg.logger(p.stderr)
	if err != nil {
		return err
	}
	mappings, err := cfg.mappings()
	if err != nil {
		return err
	}
	if debug.SetMemoryLimit(-1) == math.MaxInt64 { // nobody has set GOMEMLIMIT
		debug.SetMemoryLimit(frugal)
		debug.SetGCPercent(40)
	}
	var lost <-chan struct{} // the private PostgreSQL has ended; never, where there is none
	if private {
		server, err := startEmbedded(ctx, &cfg)
		if err != nil {
			return err
		}
		lost = server.Done()
		defer func() {
			if err := server.Stop(); err != nil {
				log.Error("private PostgreSQL did not end in order", "error", err)
			}
		}()
	}
	b, err := openBooks(ctx, cfg, p.now)
	if err != nil {
		return err
	}
	defer b.close()
	b.mappings = mappings
	if resealed, err := b.Reseal(ctx); err != nil {
		return err
	} else if resealed > 0 {
		log.Info("secrets sealed under the new key", "secrets", resealed)
	}
	return serveBooks(ctx, p, cfg, b, log, lost)
}

// startEmbedded starts the private PostgreSQL and points the configuration at it.
func startEmbedded(ctx context.Context, cfg *Config) (*postgres.Server, error) {
	if cfg.DatabaseURL != "" {
		return nil, fmt.Errorf("--embedded and %s_DATABASE_URL exclude each other: unset one", prefix)
	}
	server, err := postgres.Start(ctx, postgres.Options{Dir: cfg.DataDir, Durable: true})
	if err != nil {
		return nil, err
	}
	database, err := server.CreateDatabase(ctx, embedded)
	if err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	cfg.DatabaseURL = Secret(database)
	return server, nil
}

// serveBooks runs all that serve is, until the context ends or the database is lost.
func serveBooks(ctx context.Context, p program, cfg Config, b *books, log *slog.Logger, lost <-chan struct{}) error {
	relay, err := newMailer(cfg)
	if err != nil {
		return err
	}
	defer hangUp(ctx, relay)
	studio, err := newStudio()
	if err != nil {
		return err
	}
	figures := newMetrics()
	life, err := newLife(cfg, b, studio, relay, p.now)
	if err != nil {
		return err
	}
	life.AdminTold, life.Told = cfg.AdminEmail != "", figures.attempt
	planner, err := newPlanner(cfg, b, life, &admin{adminAddress(cfg), b.Ledger, life, relay, log}, figures, log)
	if err != nil {
		return err
	}
	pages, err := newWeb(b, life, relay, figures.handler(), log)
	if err != nil {
		return err
	}
	poster, err := newPoster(cfg, b, p.now, log)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, prefix+"_ADDR", cfg.Addr)
	if err != nil {
		return err
	}
	log.Info("serving", "addr", listener.Addr().String(), "base_url", cfg.BaseURL, "version", version)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return planner.Run(ctx) })
	g.Go(func() error { return serveHTTP(ctx, listener, pages) })
	g.Go(func() error { return pruneDaily(ctx, b.Ledger, log) })
	g.Go(func() error { return keepMonths(ctx, b, life.Now, cfg.KeepMonths, log) })
	g.Go(func() error { poster.Run(ctx); return nil })
	g.Go(func() error { return watchMailbox(ctx, cfg, b.Ledger, log, bounceInterval, figures.report) })
	g.Go(func() error {
		select {
		case <-lost:
			return errLost
		case <-ctx.Done():
			return nil
		}
	})
	err = g.Wait()
	if err != nil && lost != nil {
		select {
		case <-lost: // whatever failed first, this is why
			err = errLost
		case <-time.After(2 * time.Second):
		}
	}
	log.Info("ended")
	return err
}

var errLost = errors.New("the private PostgreSQL ended by itself: start again, it recovers what it had written")

// pruneDaily forgets what is older than it is kept, at the start and once a day.
func pruneDaily(ctx context.Context, l *ledger.Ledger, log *slog.Logger) error {
	day := time.NewTicker(24 * time.Hour)
	defer day.Stop()
	for {
		gone, err := l.Prune(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			log.Error("old editions were not forgotten", "error", err)
		case gone.Editions+gone.Attempts > 0:
			log.Info("old editions forgotten", "editions", gone.Editions, "attempts", gone.Attempts)
		}
		select {
		case <-day.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// newPlanner makes the scheduler; what goes wrong with its work is counted, and the admin is told.
func newPlanner(cfg Config, b *books, life *digest.Life, a *admin, figures *metrics, log *slog.Logger) (*scheduler.Scheduler, error) {
	work := makingOf(life, b)
	work.Collect, work.Failed, work.Finish = figures.collect(a.collect(work.Collect)), a.failed(work.Failed), a.finish(work.Finish)
	return scheduler.New(b.pool, b.Ledger, b.Ledger, work, scheduler.Options{
		Now: life.Now, Log: log, Patience: shutdown, Renewal: cfg.Lease / 4, Every: min(20*time.Second, cfg.Lease/6),
		Missed: func(ctx context.Context, s digest.Scheduled, missed []digest.Opening) {
			figures.missed.Add(float64(len(missed)))
			a.missed(ctx, s, missed)
		},
	})
}

// makingOf is the steps of an edition's life.
func makingOf(life *digest.Life, b *books) scheduler.Work {
	return scheduler.Work{
		Collect: life.Collect, Render: life.Render, Deliver: life.Deliver, Finish: life.Finish,
		Failed: b.Failed, Interrupted: b.Interrupted,
	}
}
