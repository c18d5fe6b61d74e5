package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"fortnight/digest"
)

// Ledger asks and answers over a pool of connections. It implements digest.Ledger.
type Ledger struct {
	pool *pgxpool.Pool
	Options
	turns turnstile
	zones zones
}

// Options of New.
type Options struct {
	Keys   Keys             // that seal the secrets at rest
	Domain string           // of Message-IDs: "digest.fortnight.example"
	Lease  time.Duration    // how long what a process works on is left to it, unless it renews; 0: 20 s
	Retry  time.Duration    // the pause after a delivery's first attempt, doubled after each, four hours at most; 0: a minute
	Now    func() time.Time // of leases, plans and records

	PlainWebhooks bool // webhooks may have http addresses
}

// New makes a ledger over a migrated database. The pool stays the caller's.
func New(pool *pgxpool.Pool, o Options) *Ledger {
	if o.Lease <= 0 {
		o.Lease = 20 * time.Second
	}
	if o.Retry <= 0 {
		o.Retry = time.Minute
	}
	return &Ledger{pool: pool, Options: o}
}

var _ digest.Ledger = (*Ledger)(nil)

// HeldError is what a step answers where another process works on the edition or delivery, or did until it was killed.
// It is a digest.ErrNotDue.
type HeldError struct{ Until time.Time }

// Error names the end of the lease.
func (e *HeldError) Error() string {
	return "in other hands until " + e.Until.UTC().Format(time.RFC3339)
}

// HeldUntil is when the other's lease ends if it is not renewed.
func (e *HeldError) HeldUntil() time.Time { return e.Until }

// Is makes it a digest.ErrNotDue.
func (e *HeldError) Is(target error) bool { return target == digest.ErrNotDue }

// asker is a pool, a connection or a transaction.
type asker interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

type args = pgx.StrictNamedArgs

// ask gives all rows of a question.
func ask[T any](ctx context.Context, db asker, question string, with args) ([]T, error) {
	rows, err := db.Query(ctx, question, with)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// askOne gives the one row of a question; pgx.ErrNoRows where there is none.
func askOne[T any](ctx context.Context, db asker, question string, with args) (T, error) {
	rows, err := db.Query(ctx, question, with)
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
}

// scalar gives the one column of the one row of a question; pgx.ErrNoRows where there is none.
func scalar[T any](ctx context.Context, db asker, question string, with args) (T, error) {
	rows, err := db.Query(ctx, question, with)
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
}

// column gives the one column of all rows of a question.
func column[T any](ctx context.Context, db asker, question string, with args) ([]T, error) {
	rows, err := db.Query(ctx, question, with)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}

// inTx runs a step in a transaction that commits where it answers nil or digest.ErrNotDue: what a step notes while it
// declines (a delivery that became suppressed) stays noted.
func (l *Ledger) inTx(ctx context.Context, step func(pgx.Tx) error) error {
	tx, err := l.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	declined := step(tx)
	if declined != nil && !errors.Is(declined, digest.ErrNotDue) {
		return declined
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	return declined
}

// outlive gives a context for a record that must be written although the caller's work was called off.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
}

func period(from, to time.Time, zone string) (digest.Period, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return digest.Period{}, fmt.Errorf("zone of the edition: %w", err)
	}
	return digest.Period{From: from.In(loc), To: to.In(loc)}, nil
}

func toJSON(v any) (json.RawMessage, error) { return json.Marshal(v) }
