package collectors

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// What a tenant's silence before a period's end is held against. A desk is silent at night, over weekends and on holidays; it is
// not to be taken for a source that stopped. So its own past is the measure, and where there is too little of it, nothing is said.
const (
	sinceLong    = time.Hour           // a silence of up to so much is never looked into
	pastOfDesk   = 28 * 24 * time.Hour // before the newest message, whose longest silence is the usual one
	leastOfDesk  = 14 * 24 * time.Hour // of history, so that it has a whole weekend
	leastWritten = 50                  // messages: by chance alone the last silence of n is the longest once in n
)

// standbyBehind asks a standby up to when it has replayed, where it is known to be behind: it has received more, or
// receives nothing any more. Null on a primary and on a standby that keeps up.
const standbyBehind = `SELECT CASE WHEN pg_is_in_recovery()
        AND (pg_last_wal_receive_lsn() IS DISTINCT FROM pg_last_wal_replay_lsn() OR NOT EXISTS (SELECT FROM pg_stat_wal_receiver))
    THEN pg_last_xact_replay_timestamp() END`

// dataUpTo tells up to when the source's data reach where that is before the period's end, else the zero time. They end
//
//   - at the read, in a period that is not over;
//   - where a standby has replayed to, if it is behind;
//   - at the tenant's newest message, if the silence from it to the period's end is longer than any in the four weeks before it
//     (relation message). A desk with fewer than 50 messages or less than two weeks of history in them is taken as it is, as is one
//     with a message after the period's end.
func (s *Source) dataUpTo(ctx context.Context, tx pgx.Tx, ask digest.Ask, now time.Time) (time.Time, error) {
	to := ask.Period.To
	if now.Before(to) {
		to = now // and what a standby lacks besides
	}
	if replayed := s.replayed(ctx, tx); !replayed.IsZero() && replayed.Before(to) {
		return replayed, nil
	}
	if to.Before(ask.Period.To) {
		return to, nil
	}
	newest, err := s.instant(ctx, tx, s.platform.newest, pgx.NamedArgs{"tenant": s.tenant, "to": now})
	if err != nil {
		return time.Time{}, fmt.Errorf("read the tenant's newest row: %w", err)
	}
	if newest == nil || to.Sub(*newest) <= sinceLong {
		return time.Time{}, nil
	}
	usual, known, err := s.usualSilence(ctx, tx, ask, *newest, now)
	if err != nil || !known || to.Sub(*newest) <= usual {
		return time.Time{}, err
	}
	return newest.UTC(), nil
}

// replayed is up to when a standby that is behind has replayed; else the zero time.
func (s *Source) replayed(ctx context.Context, tx pgx.Tx) time.Time {
	sub, err := tx.Begin(ctx) // engines that are not quite PostgreSQL lack these functions
	if err != nil {
		return time.Time{}
	}
	defer func() { _ = sub.Rollback(ctx) }()
	var at *time.Time
	if err := sub.QueryRow(ctx, standbyBehind).Scan(&at); err != nil || at == nil {
		return time.Time{}
	}
	return at.UTC()
}

// usualSilence is the longest that the tenant was silent before its newest message; known is false where too little was written to
// say.
func (s *Source) usualSilence(ctx context.Context, tx pgx.Tx, ask digest.Ask, newest, now time.Time) (usual time.Duration, known bool, err error) {
	sql, err := s.sql("fresh/silences")
	if err != nil {
		return 0, false, err
	}
	past := digest.Period{From: newest.Add(-pastOfDesk), To: newest.Add(time.Microsecond)}
	rows, err := tx.Query(ctx, sql, arguments(s.tenant, ask, past, nil, now))
	if err != nil {
		return 0, false, fmt.Errorf("query fresh/silences: %w", err)
	}
	type silences struct {
		Messages int64      `db:"messages"`
		FirstAt  *time.Time `db:"first_at"`
		Longest  float64    `db:"longest"` // seconds
	}
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[silences])
	if err != nil {
		return 0, false, fmt.Errorf("query fresh/silences: %w", err)
	}
	if found.Messages < leastWritten || newest.Sub(*found.FirstAt) < leastOfDesk {
		return 0, false, nil
	}
	return time.Duration(found.Longest * float64(time.Second)), true, nil
}

// instant asks a question of the platform's whose answer is one instant, or null.
func (s *Source) instant(ctx context.Context, tx pgx.Tx, question string, args pgx.NamedArgs) (*time.Time, error) {
	rows, err := tx.Query(ctx, question, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[*time.Time])
}
