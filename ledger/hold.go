package ledger

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/lock_open_deliveries.sql
var lockOpenDeliveriesSQL string

//go:embed questions/release_edition.sql
var releaseEditionSQL string

//go:embed questions/release_deliveries.sql
var releaseDeliveriesSQL string

//go:embed questions/planned_at_all.sql
var plannedAtAllSQL string

//go:embed questions/analyze_deliveries.sql
var analyzeDeliveriesSQL string

//go:embed questions/discard_edition.sql
var discardEditionSQL string

//go:embed questions/discard_deliveries.sql
var discardDeliveriesSQL string

// Release lets an edition that is held or parked go on: it becomes due where nothing is collected yet, archived
// where it is only to be kept, else ready, and no longer held for what it was held for. Where nothing was planned, its deliveries are
// planned and dated now. Those that were planned and not begun leave now and are dated so, unless their hour is yet to come; those
// that were begun keep Date and Message-ID. A running serve takes it up within half a lease and a look of its schedule. An edition in
// another state is digest.ErrNotDue with that state in words.
func (l *Ledger) Release(ctx context.Context, edition int64) error {
	err := l.inTx(ctx, func(tx pgx.Tx) error {
		_, _, err := l.release(ctx, tx, edition)
		return err
	})
	if err != nil {
		return fmt.Errorf("release edition %d: %w", edition, err)
	}
	return nil
}

// release gives the edition as it was, and how many deliveries it planned.
func (l *Ledger) release(ctx context.Context, tx pgx.Tx, edition int64) (e digest.Edition, planned int, err error) {
	r, e, err := l.waiting(ctx, tx, edition)
	if err != nil {
		return e, 0, err
	}
	now := l.Now()
	state := digest.EditionReady
	switch {
	case e.Hash == "":
		state = digest.EditionDue
	case e.Archive:
		state = digest.EditionArchived
	}
	if _, err := tx.Exec(ctx, releaseEditionSQL, args{"edition": edition, "state": string(state), "now": now}); err != nil {
		return e, 0, err
	}
	if state != digest.EditionReady {
		return e, 0, nil
	}
	before, err := scalar[bool](ctx, tx, plannedAtAllSQL, args{"edition": edition})
	if err != nil {
		return e, 0, err
	}
	if !before {
		planned, err = l.plan(ctx, tx, r.editionRow, e, nil) // it was held because it could not be read, or a person wants it mailed
		return e, planned, err
	}
	_, err = tx.Exec(ctx, releaseDeliveriesSQL, args{
		"edition": edition, "leaves": now.Truncate(time.Second), "expires_at": now.Add(e.Period.To.Sub(e.Period.From)), "now": now,
	})
	return e, 0, err
}

// Discard gives an edition that is held or parked up: nothing more of it is mailed. Its deliveries that have not come to an end are
// expired, with the answer "discarded"; one that is under way just then is unknown until its answer comes. An edition in another
// state is digest.ErrNotDue with that state in words.
func (l *Ledger) Discard(ctx context.Context, edition int64) error {
	err := l.inTx(ctx, func(tx pgx.Tx) error {
		_, err := l.discard(ctx, tx, edition)
		return err
	})
	if err != nil {
		return fmt.Errorf("discard edition %d: %w", edition, err)
	}
	return nil
}

func (l *Ledger) discard(ctx context.Context, tx pgx.Tx, edition int64) (digest.Edition, error) {
	_, e, err := l.waiting(ctx, tx, edition)
	if err != nil {
		return e, err
	}
	now := l.Now()
	if _, err := tx.Exec(ctx, discardEditionSQL, args{"edition": edition, "now": now}); err != nil {
		return e, err
	}
	if _, err := tx.Exec(ctx, discardDeliveriesSQL, args{"edition": edition, "now": now}); err != nil {
		return e, err
	}
	_, err = tx.Exec(ctx, keepCountsSQL, args{"edition": edition})
	return e, err
}

// waiting gives an edition that waits for a person's decision, and keeps it and what of it is open from changing until the transaction
// ends.
func (l *Ledger) waiting(ctx context.Context, tx pgx.Tx, edition int64) (r lockedEdition, e digest.Edition, err error) {
	if _, err := tx.Exec(ctx, lockOpenDeliveriesSQL, args{"edition": edition}); err != nil {
		return r, e, err
	}
	if r, err = l.lock(ctx, tx, edition); err != nil {
		return r, e, err
	}
	if e, err = r.edition(); err != nil {
		return r, e, err
	}
	if e.State != digest.EditionHeld && e.State != digest.EditionParked {
		err = fmt.Errorf("%s of %s is %s, neither held nor parked: %w", e.Label, e.Name(), e.State, digest.ErrNotDue)
	}
	return r, e, err
}

// Release is Ledger.Release by somebody of the project.
func (t *Tenant) Release(ctx context.Context, by digest.Actor, edition int64) error {
	planned := 0
	err := t.decide(ctx, by, "release", edition, func(ctx context.Context, tx pgx.Tx, edition int64) (e digest.Edition, err error) {
		e, planned, err = t.l.release(ctx, tx, edition)
		return e, err
	})
	if err == nil && planned >= many {
		// Planning looks at the table once more, and behind walls it may not. Where this fails, PostgreSQL does it by itself in a minute.
		_, _ = t.l.pool.Exec(ctx, analyzeDeliveriesSQL)
	}
	return err
}

// Discard is Ledger.Discard by somebody of the project.
func (t *Tenant) Discard(ctx context.Context, by digest.Actor, edition int64) error {
	return t.decide(ctx, by, "discard", edition, t.l.discard)
}

func (t *Tenant) decide(ctx context.Context, by digest.Actor, verb string, edition int64, do func(context.Context, pgx.Tx, int64) (digest.Edition, error)) error {
	err := t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		e, err := do(ctx, tx, edition)
		if err != nil {
			return nil, err
		}
		change := digest.Change{Verb: verb, What: named(e)}
		if e.Reason != "" {
			change.Notes = []string{"it was " + string(e.State) + ": " + e.Reason}
		}
		return []digest.Change{change}, nil
	})
	if err != nil {
		return fmt.Errorf("%s edition %d: %w", verb, edition, t.notFound(err))
	}
	return nil
}
