package ledger

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/renew_edition.sql
var renewEditionSQL string

//go:embed questions/renew_delivery.sql
var renewDeliverySQL string

//go:embed questions/batches.sql
var batchesSQL string

//go:embed questions/pending.sql
var pendingSQL string

//go:embed questions/abandoned.sql
var abandonedSQL string

// Renew keeps an edition, and the delivery of it that is in work (0: none), in the caller's hands for another Options.Lease; to
// be called a few times within it. digest.ErrNotDue where the delivery is in work no more: whoever still works on it should stop.
func (l *Ledger) Renew(ctx context.Context, edition, delivery int64) error {
	until := l.Now().Add(l.Lease)
	if _, err := l.pool.Exec(ctx, renewEditionSQL, args{"edition": edition, "lease_until": until}); err != nil {
		return fmt.Errorf("renew the lease of edition %d: %w", edition, err)
	}
	if delivery == 0 {
		return nil
	}
	_, err := scalar[int64](ctx, l.pool, renewDeliverySQL, args{"delivery": delivery, "lease_until": until})
	if errors.Is(err, pgx.ErrNoRows) {
		err = digest.ErrNotDue
	}
	if err != nil {
		return fmt.Errorf("renew the lease of delivery %d: %w", delivery, err)
	}
	return nil
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

// Abandoned lists the editions that have had something to be done for half of Options.Lease and nobody who works on them, each
// with the instant at which its lease ran out: a worker was killed, or a job got lost.
func (l *Ledger) Abandoned(ctx context.Context) (map[int64]time.Time, error) {
	now := l.Now()
	rows, err := ask[struct {
		EditionID  int64
		LeaseUntil time.Time
	}](ctx, l.pool, abandonedSQL, args{"now": now, "grace": now.Add(-l.Lease / 2)})
	if err != nil {
		return nil, fmt.Errorf("look for abandoned editions: %w", err)
	}
	all := map[int64]time.Time{}
	for _, r := range rows {
		all[r.EditionID] = r.LeaseUntil
	}
	return all, nil
}
