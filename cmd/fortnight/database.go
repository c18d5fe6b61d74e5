package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"fortnight/collectors"
	"fortnight/internal/postgres"
	"fortnight/ledger"
	"fortnight/scheduler"
)

// embedded is the database that serve --embedded makes.
const embedded = "fortnight"

// openPool connects to Fortnight's own database: the configured one, or that of a serve --embedded on this machine. Errors name the host, never the password.
func openPool(ctx context.Context, cfg Config) (*pgxpool.Pool, error) {
	if cfg.DatabaseURL == "" {
		private, err := postgres.Attach(cfg.DataDir, embedded)
		if errors.Is(err, postgres.ErrNotRunning) {
			return nil, fmt.Errorf("%s_DATABASE_URL is not set, and no \"serve --embedded\" runs in %s_DATA_DIR (%s)\n"+
				"Write postgres://USER:PASSWORD@HOST:5432/DATABASE, or start it.", prefix, prefix, cfg.DataDir)
		}
		if err != nil {
			return nil, fmt.Errorf("%s_DATA_DIR: %w", prefix, err)
		}
		cfg.DatabaseURL = Secret(private)
	}
	c, err := pgxpool.ParseConfig(cfg.DatabaseURL.Reveal())
	if err != nil {
		var bad *url.Error
		if errors.As(err, &bad) || strings.Contains(err.Error(), cfg.DatabaseURL.Reveal()) {
			return nil, fmt.Errorf("%s_DATABASE_URL cannot be read: write postgres://USER:PASSWORD@HOST:5432/DATABASE, with @ : / of a password as %%40 %%3A %%2F", prefix)
		}
		return nil, fmt.Errorf("%s_DATABASE_URL cannot be read: %w", prefix, err)
	}
	c.ConnConfig.RuntimeParams["application_name"] = "fortnight"
	if c.ConnConfig.ConnectTimeout == 0 {
		c.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("%s_DATABASE_URL: %w", prefix, collectors.ConnectFault(c.ConnConfig, err))
	}
	return pool, nil
}

// books is Fortnight's own database, opened, and the platforms of its sources.
type books struct {
	*ledger.Ledger
	pool     *pgxpool.Pool
	cfg      Config
	mappings collectors.Mappings // of a command that reads sources; else the built-in ones
}

// openBooks opens the database and brings it to this program's schema.
func openBooks(ctx context.Context, cfg Config, now func() time.Time) (*books, error) {
	return openBooksAfter(ctx, cfg, now, func(ctx context.Context, pool *pgxpool.Pool) error {
		_, err := migrate(ctx, pool)
		return err
	})
}

// readBooks opens the database for a command that looks: one of another schema stays as it is, and is an error.
func readBooks(ctx context.Context, now func() time.Time) (*books, error) {
	cfg, err := loadConfig()
	if err != nil {
		return nil, err
	}
	return openBooksAfter(ctx, cfg, now, mustBeMigrated)
}

func mustBeMigrated(ctx context.Context, pool *pgxpool.Pool) error {
	there, err := ledger.Migrated(ctx, pool)
	if err == nil && !there {
		err = errors.New("the database has not this program's schema: run \"fortnight migrate\"")
	}
	return err
}

func openBooksAfter(ctx context.Context, cfg Config, now func() time.Time, first func(context.Context, *pgxpool.Pool) error) (*books, error) {
	keys, err := cfg.keys()
	if err != nil {
		return nil, err
	}
	pool, err := openPool(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := first(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	domain := "fortnight.invalid" // of Message-IDs, where no sender is configured nothing is sent
	if _, address, err := cfg.sender(); err == nil {
		_, domain, _ = strings.Cut(address, "@")
	}
	return &books{Ledger: ledger.New(pool, ledger.Options{
		Keys: keys, Domain: domain, Lease: cfg.Lease, Retry: cfg.Retry, Now: now, PlainWebhooks: len(cfg.WebhookNetworks) > 0,
	}), pool: pool, cfg: cfg}, nil
}

func (b *books) close() { b.pool.Close() }

// migrate runs the ledger's migrations, then River's, then makes the tables of Fortnight's own events, under one lock.
func migrate(ctx context.Context, pool *pgxpool.Pool) ([]string, error) {
	jobs := func(ctx context.Context) ([]string, error) { return scheduler.Migrate(ctx, pool) }
	events := func(ctx context.Context) ([]string, error) {
		_, err := pool.Exec(ctx, collectors.NativeTables())
		return nil, err
	}
	return ledger.Migrate(ctx, pool, jobs, events)
}
