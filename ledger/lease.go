package ledger

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/renew_edition.sql
var renewEditionSQL string

//go:embed questions/renew_deliveries.sql
var renewDeliveriesSQL string

//go:embed questions/ended_attempts.sql
var endedAttemptsSQL string

//go:embed questions/rest_batch.sql
var restBatchSQL string

//go:embed questions/batches.sql
var batchesSQL string

//go:embed questions/idle_batches.sql
var idleBatchesSQL string

//go:embed questions/pending.sql
var pendingSQL string

//go:embed questions/abandoned.sql
var abandonedSQL string

//go:embed questions/finish.sql
var finishSQL string

//go:embed questions/keep_counts.sql
var keepCountsSQL string

// Renew keeps an edition, a batch of it (-1: none) and those of its deliveries that the caller has under way in the caller's hands for
// another Options.Lease; to be called when a batch is begun, and a few times within that time. Lost are those that are in other hands, or
// were never begun: whoever still works on one should stop. One whose answer has just been recorded is not lost.
func (l *Ledger) Renew(ctx context.Context, edition int64, batch int, held []digest.Delivery) (lost []int64, err error) {
	until := l.Now().Add(l.Lease)
	deliveries, numbers := make([]int64, len(held)), make([]int, len(held))
	for i, d := range held {
		deliveries[i], numbers[i] = d.ID, d.Attempts
	}
	var renewed, ended []int64
	all := &pgx.Batch{} // deliveries before editions, as turns lock them
	if len(held) > 0 {
		all.Queue(renewDeliveriesSQL, args{"deliveries": deliveries, "numbers": numbers, "lease_until": until}).Query(func(rows pgx.Rows) (err error) {
			renewed, err = pgx.CollectRows(rows, pgx.RowTo[int64])
			return err
		})
	}
	if len(held) > 0 {
		all.Queue(endedAttemptsSQL, args{"deliveries": deliveries, "numbers": numbers}).Query(func(rows pgx.Rows) (err error) {
			ended, err = pgx.CollectRows(rows, pgx.RowTo[int64])
			return err
		})
	}
	all.Queue(renewEditionSQL, args{"edition": edition, "batch": batch, "lease_until": until})
	if err := l.pool.SendBatch(ctx, all).Close(); err != nil {
		return nil, fmt.Errorf("renew the leases of edition %d: %w", edition, err)
	}
	for _, d := range deliveries {
		if !slices.Contains(renewed, d) && !slices.Contains(ended, d) {
			lost = append(lost, d)
		}
	}
	return lost, nil
}

// Rest says that nobody has to be at a batch until an instant: it is queued again for then.
func (l *Ledger) Rest(ctx context.Context, edition int64, batch int, until time.Time) error {
	if _, err := l.pool.Exec(ctx, restBatchSQL, args{"edition": edition, "batch": batch, "until": until, "now": l.Now()}); err != nil {
		return fmt.Errorf("rest batch %d of edition %d: %w", batch, edition, err)
	}
	return nil
}

// Idle lists those of an edition's Batches that nobody works on.
func (l *Ledger) Idle(ctx context.Context, edition int64) ([]int, error) {
	rows, err := l.pool.Query(ctx, idleBatchesSQL, args{"edition": edition, "now": l.Now()})
	if err != nil {
		return nil, fmt.Errorf("idle batches of edition %d: %w", edition, err)
	}
	numbers, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return nil, fmt.Errorf("idle batches of edition %d: %w", edition, err)
	}
	return numbers, nil
}

// Batches lists the numbers of an edition's batches, of up to 200 deliveries each, that have one which has not come to an end.
func (l *Ledger) Batches(ctx context.Context, edition int64) ([]int, error) {
	rows, err := l.pool.Query(ctx, batchesSQL, args{"edition": edition})
	if err != nil {
		return nil, fmt.Errorf("batches of edition %d: %w", edition, err)
	}
	numbers, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return nil, fmt.Errorf("batches of edition %d: %w", edition, err)
	}
	return numbers, nil
}

// Pending lists the deliveries of a batch that have not come to an end, the next first. NextAt is when one may be tried; of one in
// work, when its lease runs out.
func (l *Ledger) Pending(ctx context.Context, edition int64, batch int) ([]digest.Delivery, error) {
	rows, err := ask[listedDelivery](ctx, l.pool, pendingSQL, args{"edition": edition, "batch": batch})
	if err != nil {
		return nil, fmt.Errorf("deliveries of edition %d: %w", edition, err)
	}
	var all []digest.Delivery
	for _, r := range rows {
		d, err := r.delivery()
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// Abandoned lists the editions that have had something to be done for a quarter of Options.Lease and nobody who works on them, each
// with the instant at which its lease ran out: a worker was killed, or a job got lost.
func (l *Ledger) Abandoned(ctx context.Context) (map[int64]time.Time, error) {
	now := l.Now()
	rows, err := ask[struct {
		EditionID  int64
		LeaseUntil time.Time
	}](ctx, l.pool, abandonedSQL, args{"now": now, "grace": now.Add(-l.Lease / 4)})
	if err != nil {
		return nil, fmt.Errorf("look for abandoned editions: %w", err)
	}
	all := map[int64]time.Time{}
	for _, r := range rows {
		all[r.EditionID] = r.LeaseUntil
	}
	return all, nil
}

// Finish marks the edition done where every delivery has come to an end, and says how it stands. Unknown is an end: it waits
// for a person, not for the edition.
func (l *Ledger) Finish(ctx context.Context, edition int64) (digest.EditionState, error) {
	var r struct {
		State string
		Now   bool
	}
	err := l.inTx(ctx, func(tx pgx.Tx) (err error) {
		if r, err = askOne[struct {
			State string
			Now   bool
		}](ctx, tx, finishSQL, args{"edition": edition, "now": l.Now()}); err != nil || !r.Now {
			return err
		}
		_, err = tx.Exec(ctx, keepCountsSQL, args{"edition": edition}) // only now, that nobody can come between
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNoEdition
	}
	if err != nil {
		return "", fmt.Errorf("finish edition %d: %w", edition, err)
	}
	return digest.EditionState(r.State), nil
}
