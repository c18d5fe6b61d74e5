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
	return l.decide(ctx, edition, "release", func(tx pgx.Tx, r lockedEdition, e digest.Edition) error {
		now := l.Now()
		state := digest.EditionReady
		switch {
		case e.Hash == "":
			state = digest.EditionDue
		case e.Archive:
			state = digest.EditionArchived
		}
		if _, err := tx.Exec(ctx, releaseEditionSQL, args{"edition": edition, "state": string(state), "now": now}); err != nil {
			return err
		}
		if state != digest.EditionReady {
			return nil
		}
		planned, err := scalar[bool](ctx, tx, plannedAtAllSQL, args{"edition": edition})
		if err != nil {
			return err
		}
		if !planned {
			_, err = l.plan(ctx, tx, r.editionRow, e)
			return err
		}
		_, err = tx.Exec(ctx, releaseDeliveriesSQL, args{
			"edition": edition, "leaves": now.Truncate(time.Second), "expires_at": now.Add(e.Period.To.Sub(e.Period.From)), "now": now,
		})
		return err
	})
}

// Discard gives an edition that is held or parked up: nothing more of it is mailed. Its deliveries that have not come to an end are
// expired, with the answer "discarded"; one that is under way just then is unknown until its answer comes. An edition in another
// state is digest.ErrNotDue with that state in words.
func (l *Ledger) Discard(ctx context.Context, edition int64) error {
	return l.decide(ctx, edition, "discard", func(tx pgx.Tx, _ lockedEdition, _ digest.Edition) error {
		now := l.Now()
		if _, err := tx.Exec(ctx, discardEditionSQL, args{"edition": edition, "now": now}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, discardDeliveriesSQL, args{"edition": edition, "now": now})
		return err
	})
}

// decide runs what a person has decided of an edition that waits for it.
func (l *Ledger) decide(ctx context.Context, edition int64, verb string, step func(pgx.Tx, lockedEdition, digest.Edition) error) error {
	err := l.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockOpenDeliveriesSQL, args{"edition": edition}); err != nil {
			return err
		}
		r, err := l.lock(ctx, tx, edition)
		if err != nil {
			return err
		}
		e, err := r.edition()
		if err != nil {
			return err
		}
		if e.State != digest.EditionHeld && e.State != digest.EditionParked {
			return fmt.Errorf("%s of %s is %s, neither held nor parked: %w", e.Label, e.Name(), e.State, digest.ErrNotDue)
		}
		return step(tx, r, e)
	})
	if err != nil {
		return fmt.Errorf("%s edition %d: %w", verb, edition, err)
	}
	return nil
}
