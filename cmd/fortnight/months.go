package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// monthsAhead is how many months' partitions of messages are made before they begin, beside the current one's.
const monthsAhead = 2

// keepMonths makes the partitions that messages will need and drops those that are older than they are kept, at the start and twice a day.
func keepMonths(ctx context.Context, b *books, now func() time.Time, keep int, log *slog.Logger) error {
	often := time.NewTicker(12 * time.Hour)
	defer often.Stop()
	for {
		made, gone, err := turnMonths(ctx, b.pool, now(), keep)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			log.Error("months of messages were not turned", "error", err)
		case made+len(gone) > 0:
			log.Info("months of messages turned", "made", made, "dropped", gone)
		}
		select {
		case <-often.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// turnMonths makes the partitions from now on and those that messages in the default partition ask for, and drops what ended more than keep whole
// months before the current one; keep 0 drops none. A table that somebody holds for longer than some seconds is left for the next time.
func turnMonths(ctx context.Context, pool *pgxpool.Pool, now time.Time, keep int) (made int, gone []string, err error) {
	now = now.UTC()
	this := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	var wanted []time.Time
	for n := range monthsAhead + 1 {
		wanted = append(wanted, this.AddDate(0, n, 0))
	}
	oldest := this.AddDate(0, -120, 0)
	if keep > 0 {
		oldest = this.AddDate(0, -keep, 0)
		err := patient(ctx, pool, func(tx pgx.Tx) error {
			rows, err := tx.Query(ctx, "SELECT fortnight_events.drop_months($1)", oldest)
			if err != nil {
				return err
			}
			gone, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
		if err != nil {
			return 0, nil, fmt.Errorf("drop months of messages before %s: %w", oldest.Format(time.DateOnly), err)
		}
	}
	rows, err := pool.Query(ctx, `SELECT DISTINCT date_trunc('month', sent_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' FROM fortnight_events.message_default WHERE sent_at >= $1 AND sent_at < $2`, oldest, this)
	if err != nil {
		return 0, gone, fmt.Errorf("look for messages without a month: %w", err)
	}
	stray, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
	if err != nil {
		return 0, gone, fmt.Errorf("look for messages without a month: %w", err)
	}
	for _, month := range append(wanted, stray...) {
		var isNew bool
		err := patient(ctx, pool, func(tx pgx.Tx) error {
			return tx.QueryRow(ctx, "SELECT fortnight_events.make_month($1)", month).Scan(&isNew)
		})
		if err != nil {
			return made, gone, fmt.Errorf("make the month %s of messages: %w", month.UTC().Format("2006-01"), err)
		}
		if isNew {
			made++
		}
	}
	if made+len(gone) > 0 { // what the whole table looks like is counted for nobody else
		if _, err := pool.Exec(ctx, "ANALYZE fortnight_events.message"); err != nil {
			return made, gone, fmt.Errorf("count the messages: %w", err)
		}
	}
	return made, gone, nil
}

// patient does something in a transaction that waits some seconds for a lock, and no longer: who waits for a table keeps others from it.
func patient(ctx context.Context, pool *pgxpool.Pool, do func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '5s'"); err != nil {
			return err
		}
		return do(tx)
	})
}
