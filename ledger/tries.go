package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/lock_edition.sql
var lockEditionSQL string

//go:embed questions/try_failed.sql
var tryFailedSQL string

//go:embed questions/try_interrupted.sql
var tryInterruptedSQL string

// mostTries is how often an edition is collected, or rendered, in vain before it is parked.
const mostTries = 3

// vanished is the reason of a try that nothing was heard of.
const vanished = "the process that worked on it ended without a word: it was killed, or ran out of memory"

// ParkedError is what a step answers that has parked the edition: it was tried three times in vain. It is a digest.ErrNotDue.
type ParkedError struct{ Reason string }

// Error tells why.
func (e *ParkedError) Error() string {
	return fmt.Sprintf("parked after %d tries: %s", mostTries, e.Reason)
}

// Is makes it a digest.ErrNotDue.
func (e *ParkedError) Is(target error) bool { return target == digest.ErrNotDue }

// lockedEdition is an edition as it is locked for a step.
type lockedEdition struct {
	editionRow
	RenderingUntil *time.Time
	Choices        json.RawMessage
}

// lock gives an edition and keeps it from changing until the transaction ends.
func (l *Ledger) lock(ctx context.Context, tx pgx.Tx, edition int64) (lockedEdition, error) {
	r, err := askOne[lockedEdition](ctx, tx, lockEditionSQL, args{"edition": edition})
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("%w: %d", ErrNoEdition, edition)
	}
	return r, err
}

// Failed notes a try to collect or to render an edition that came to nothing, with its reason, and says how the edition stands then
// and when it is to be tried again: after Options.Retry, and twice that the next time. The third try in vain parks it. It is noted
// even where ctx has ended. Of a fault that shows itself later, when the deliveries of a rendered edition are begun, each report
// after the pause of the one before is a try. An edition that is due, or at its end, already is told as it stands.
func (l *Ledger) Failed(ctx context.Context, edition int64, reason string) (state digest.EditionState, again time.Time, err error) {
	ctx, cancel := outlive(ctx)
	defer cancel()
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		r, err := l.lock(ctx, tx, edition)
		if err != nil {
			return err
		}
		state = digest.EditionState(r.State)
		now, tries := l.Now(), r.Tries
		switch state {
		case digest.EditionDue:
			again = r.NextAt
			return nil
		case digest.EditionCollecting:
			state = digest.EditionDue
		case digest.EditionReady, digest.EditionSending:
			if r.NextAt.After(now) {
				again = r.NextAt // another connection or process has told of it
				return nil
			}
			if r.RenderingUntil == nil || tries == 0 {
				tries++
			}
		default:
			return nil
		}
		if tries >= mostTries {
			state, again = digest.EditionParked, time.Time{}
		} else {
			again = now.Add(l.Retry << max(tries-1, 0))
		}
		until := again
		if until.IsZero() {
			until = now
		}
		_, err = tx.Exec(ctx, tryFailedSQL, args{
			"edition": edition, "state": string(state), "tries": tries, "reason": clean(reason), "next_at": until, "lease_until": until.Add(l.Lease),
			"now": now,
		})
		return err
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("note the failure of edition %d: %w", edition, err)
	}
	return state, again, nil
}

// Interrupted gives back a try that was called off because the process stops: it does not count, and whoever comes next takes the
// edition up at once. It is noted even where ctx has ended.
func (l *Ledger) Interrupted(ctx context.Context, edition int64) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	now := l.Now()
	if _, err := l.pool.Exec(ctx, tryInterruptedSQL, args{"edition": edition, "now": now, "lease_until": now.Add(l.Lease)}); err != nil {
		return fmt.Errorf("give back edition %d: %w", edition, err)
	}
	return nil
}
