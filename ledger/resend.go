package ledger

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/strangers.sql
var strangersSQL string

//go:embed questions/lock_resendable.sql
var lockResendableSQL string

//go:embed questions/mailed_since.sql
var mailedSinceSQL string

//go:embed questions/resend_deliveries.sql
var resendDeliveriesSQL string

//go:embed questions/resend_edition.sql
var resendEditionSQL string

// resendFor is how long deliveries that are planned once more may be tried, at least.
const resendFor = 24 * time.Hour

// Resend plans deliveries of an edition once more, with the same Message-ID and Date, and says how many: those named that failed,
// expired or are unknown, or where none is named all that failed or expired. Their attempts go on counting; they may be tried for the
// length of the period, or a day. Those whose readers have left or may not be written to stay as they are; so do those whose readers
// had, or are to get, a day of the period with another edition of the digest, which the audit counts. What was rendered
// is not rendered anew, so that every copy is the same message; one that never was tried is dated now. The edition is then being sent, and
// a running serve takes it up within half a lease and a look of its schedule. One that is not ready, being sent or done is
// digest.ErrNotDue with its state in words.
func (t *Tenant) Resend(ctx context.Context, by digest.Actor, edition int64, deliveries []int64) (planned int, err error) {
	chosen := orNone(deliveries)
	err = t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		strangers, err := column[int64](ctx, tx, strangersSQL, args{"edition": edition, "deliveries": chosen})
		if err != nil {
			return nil, err
		}
		if len(strangers) > 0 {
			return nil, digest.ErrNotFound
		}
		again, err := column[int64](ctx, tx, lockResendableSQL, args{"edition": edition, "named": chosen})
		if err != nil {
			return nil, err
		}
		r, err := t.l.lock(ctx, tx, edition)
		if err != nil {
			return nil, err
		}
		e, err := r.edition()
		if err != nil {
			return nil, err
		}
		if !toBeSent(e.State) && e.State != digest.EditionDone {
			return nil, fmt.Errorf("%s of %s is %s, and nothing of it is sent again: %w", e.Label, e.Name(), e.State, digest.ErrNotDue)
		}
		again, had, err := t.withoutMailed(ctx, tx, r, e, again)
		if err != nil || len(again) == 0 {
			return nil, err
		}
		now := t.l.Now()
		batches, err := askOne[struct{ First, Last int }](ctx, tx, resendDeliveriesSQL, args{
			"edition": edition, "deliveries": again, "per_batch": perBatch, "leaves": now.Truncate(time.Second),
			"expires_at": now.Add(max(e.Period.To.Sub(e.Period.From), resendFor)), "now": now,
		})
		if err != nil {
			return nil, err
		}
		if _, err := tx.Exec(ctx, resendEditionSQL, args{"edition": edition, "first": batches.First, "last": batches.Last, "now": now}); err != nil {
			return nil, err
		}
		planned = len(again)
		notes := []string{whichOf(again, len(chosen) > 0)}
		if had > 0 {
			notes = append(notes, fmt.Sprintf("%d left out, mailed days of it with another edition", had))
		}
		return []digest.Change{{Verb: "resend", What: named(e), Notes: notes}}, nil
	})
	if err != nil {
		return 0, fmt.Errorf("resend deliveries of edition %d: %w", edition, t.notFound(err))
	}
	return planned, nil
}

// withoutMailed leaves out of an edition's deliveries those whose readers had, may have had or are to get a day of its period with
// another edition: they have chosen another cadence since, or the digest has one. It says how many those are. No other planning of the
// digest goes on until the transaction ends.
func (t *Tenant) withoutMailed(ctx context.Context, tx pgx.Tx, r lockedEdition, e digest.Edition, deliveries []int64) (rest []int64, had int, err error) {
	if _, err := tx.Exec(ctx, planningLockSQL, args{"lock": planningLock, "digest": r.DigestID}); err != nil {
		return nil, 0, err
	}
	others, err := sharingDays(ctx, tx, e)
	if err != nil {
		return nil, 0, err
	}
	mailed, err := column[int64](ctx, tx, mailedSinceSQL, args{"deliveries": deliveries, "others": others})
	if err != nil {
		return nil, 0, err
	}
	rest = slices.DeleteFunc(deliveries, func(d int64) bool { return slices.Contains(mailed, d) })
	return rest, len(mailed), nil
}

// whichOf tells of deliveries by how many they are, and by their numbers where somebody chose them; names stay out of the audit.
func whichOf(deliveries []int64, chosen bool) string {
	const few = 20
	several := len(deliveries) > 1
	if !chosen || len(deliveries) > few {
		if several {
			return strconv.Itoa(len(deliveries)) + " deliveries"
		}
		return "1 delivery"
	}
	var numbers []string
	for _, d := range deliveries {
		numbers = append(numbers, strconv.FormatInt(d, 10))
	}
	if several {
		return "deliveries " + strings.Join(numbers, ", ")
	}
	return "delivery " + numbers[0]
}
