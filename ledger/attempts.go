package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/lock_delivery.sql
var lockDeliverySQL string

//go:embed questions/lock_subscriber.sql
var lockSubscriberSQL string

//go:embed questions/may_write.sql
var mayWriteSQL string

//go:embed questions/close_delivery.sql
var closeDeliverySQL string

//go:embed questions/start_attempt.sql
var startAttemptSQL string

//go:embed questions/note_attempt.sql
var noteAttemptSQL string

//go:embed questions/edition_sending.sql
var editionSendingSQL string

//go:embed questions/hand_over.sql
var handOverSQL string

//go:embed questions/record.sql
var recordSQL string

//go:embed questions/record_attempt.sql
var recordAttemptSQL string

//go:embed questions/finish.sql
var finishSQL string

// StartAttempt moves a delivery to sending under a lease and gives it. Whether the address is suppressed or the subscriber has
// left is looked up in the same transaction; the delivery is then suppressed for good. It is digest.ErrNotDue where there is
// nothing to send, and a *HeldError where it is too early, or in other hands.
//
// A delivery whose sender was killed is taken up again when the lease has run out: if the message had not been handed over it is
// tried again, else its outcome is unknown and stays so, because a second try could be a second copy.
func (l *Ledger) StartAttempt(ctx context.Context, delivery int64) (d digest.Delivery, err error) {
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		r, err := askOne[deliveryRow](ctx, tx, lockDeliverySQL, args{"delivery": delivery})
		if err != nil {
			return err
		}
		if err := l.mayStart(ctx, tx, r); err != nil {
			return err
		}
		now := l.Now()
		sealed, why, err := l.mayWrite(ctx, tx, r)
		if err != nil {
			return err
		}
		if why != "" {
			return l.closeDelivery(ctx, tx, r.DeliveryID, digest.DeliverySuppressed, why)
		}
		if now.After(r.ExpiresAt) {
			return l.closeDelivery(ctx, tx, r.DeliveryID, digest.DeliveryExpired, r.Answer)
		}
		number, err := scalar[int](ctx, tx, startAttemptSQL, args{"delivery": delivery, "lease_until": now.Add(l.Lease), "now": now})
		if errors.Is(err, pgx.ErrNoRows) {
			return digest.ErrNotDue // its edition is held, parked or discarded
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, noteAttemptSQL, args{"delivery": delivery, "project_id": r.ProjectID, "number": number, "now": now}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, editionSendingSQL, args{"edition": r.EditionID}); err != nil {
			return err
		}
		if d, err = r.delivery(); err != nil {
			return err
		}
		d.State, d.Attempts = digest.DeliverySending, number
		d.Subscriber.Token, _, err = l.Keys.open(sealed, ofToken)
		return err
	})
	if err != nil {
		return digest.Delivery{}, fmt.Errorf("start an attempt of delivery %d: %w", delivery, err)
	}
	return d, nil
}

// mayStart tells whether a locked delivery waits for an attempt. What a killed sender left is cleared up.
func (l *Ledger) mayStart(ctx context.Context, tx pgx.Tx, r deliveryRow) error {
	now := l.Now()
	switch digest.DeliveryState(r.State) {
	case digest.DeliveryPlanned, digest.DeliveryDeferred:
		if r.NextAt.After(now) {
			return &HeldError{r.NextAt}
		}
		return nil
	case digest.DeliverySending:
		if r.LeaseUntil.After(now) {
			return &HeldError{*r.LeaseUntil}
		}
		o := digest.Outcome{State: digest.DeliveryDeferred, Answer: "the process ended before the message was handed over"}
		if r.HandedAt != nil {
			o = digest.Outcome{State: digest.DeliveryUnknown, Answer: "the process ended before the server's answer was recorded"}
		}
		if err := l.recordAttempt(ctx, tx, r.DeliveryID, r.Attempts, o); err != nil || r.HandedAt == nil {
			return err
		}
		if _, err := tx.Exec(ctx, recordSQL, l.recordArgs(r.DeliveryID, o, r.NextAt)); err != nil {
			return err
		}
	}
	return digest.ErrNotDue
}

// mayWrite gives the sealed token of a delivery's subscriber, or why there is nobody to write to.
func (l *Ledger) mayWrite(ctx context.Context, tx pgx.Tx, r deliveryRow) (sealed []byte, why string, err error) {
	var recipient digest.Subscriber
	if err := json.Unmarshal(r.Recipient, &recipient); err != nil {
		return nil, "", err
	}
	if r.SubscriberID != nil {
		sealed, err = scalar[[]byte](ctx, tx, lockSubscriberSQL, args{"subscriber": *r.SubscriberID})
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return nil, "", err
		}
	}
	why, err = scalar[string](ctx, tx, mayWriteSQL, args{"project_id": r.ProjectID, "address": recipient.Address, "subscriber": r.SubscriberID})
	return sealed, why, err
}

func (l *Ledger) closeDelivery(ctx context.Context, tx pgx.Tx, delivery int64, state digest.DeliveryState, answer string) error {
	if _, err := tx.Exec(ctx, closeDeliverySQL, args{"delivery": delivery, "state": string(state), "answer": answer, "now": l.Now()}); err != nil {
		return err
	}
	return digest.ErrNotDue
}

// HandOver says that the message of an attempt is about to go to the mail server. digest.ErrNotDue where the attempt was lost
// to others since StartAttempt gave it.
func (l *Ledger) HandOver(ctx context.Context, d digest.Delivery) error {
	now := l.Now()
	_, err := scalar[int64](ctx, l.pool, handOverSQL, args{"delivery": d.ID, "number": d.Attempts, "now": now, "lease_until": now.Add(l.Lease)})
	if errors.Is(err, pgx.ErrNoRows) {
		err = digest.ErrNotDue
	}
	if err != nil {
		return fmt.Errorf("hand over delivery %d: %w", d.ID, err)
	}
	return nil
}

// Record writes what became of the attempt under way and says when to try again; zero: never. It is written even where ctx has
// ended, for what a server has said must not be lost. A deferred delivery is tried again after a minute, two, four … up to
// four hours, until it expires. An unknown one is held: nothing tries it again. digest.ErrNotDue where nothing was under way.
func (l *Ledger) Record(ctx context.Context, delivery int64, o digest.Outcome) (retry time.Time, err error) {
	ctx, cancel := outlive(ctx)
	defer cancel()
	switch o.State {
	case digest.DeliverySent, digest.DeliveryDeferred, digest.DeliveryFailed, digest.DeliveryUnknown:
	default:
		return time.Time{}, fmt.Errorf("record delivery %d: %q is no outcome of an attempt", delivery, o.State)
	}
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		r, err := askOne[deliveryRow](ctx, tx, lockDeliverySQL, args{"delivery": delivery})
		if err != nil {
			return err
		}
		final := o
		next := r.NextAt
		if o.State == digest.DeliveryDeferred {
			next = l.Now().Add(backoff(r.Attempts))
			if next.After(r.ExpiresAt) {
				final.State = digest.DeliveryExpired
			} else {
				retry = next
			}
		}
		number, err := scalar[int](ctx, tx, recordSQL, l.recordArgs(delivery, final, next))
		if errors.Is(err, pgx.ErrNoRows) {
			retry = time.Time{}
			return digest.ErrNotDue
		}
		if err != nil {
			return err
		}
		return l.recordAttempt(ctx, tx, delivery, number, o)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("record delivery %d: %w", delivery, err)
	}
	return retry, nil
}

func (l *Ledger) recordArgs(delivery int64, o digest.Outcome, next time.Time) args {
	return args{
		"delivery": delivery, "state": string(o.State), "code": o.Code, "status": o.Status, "answer": clean(o.Answer), "next_at": next, "now": l.Now(),
	}
}

func (l *Ledger) recordAttempt(ctx context.Context, tx pgx.Tx, delivery int64, number int, o digest.Outcome) error {
	_, err := tx.Exec(ctx, recordAttemptSQL, args{
		"delivery": delivery, "number": number, "state": string(o.State), "code": o.Code, "status": o.Status, "answer": clean(o.Answer), "now": l.Now(),
	})
	return err
}

// clean makes a server's words storable: they may hold anything, PostgreSQL takes neither broken UTF-8 nor NUL.
func clean(answer string) string {
	answer = strings.ReplaceAll(strings.ToValidUTF8(answer, "�"), "\x00", "")
	const enough = 2000
	if len(answer) > enough {
		answer = strings.ToValidUTF8(answer[:enough], "") + " …"
	}
	return answer
}

// backoff is the pause after the n-th attempt: a minute, doubled each time, four hours at most.
func backoff(n int) time.Duration {
	const longest = 4 * time.Hour
	if n > 8 {
		return longest
	}
	return min(time.Minute<<max(n-1, 0), longest)
}

// Finish marks the edition done where every delivery has come to an end, and says how it stands. Unknown is an end: it waits
// for a person, not for the edition.
func (l *Ledger) Finish(ctx context.Context, edition int64) (digest.EditionState, error) {
	state, err := scalar[string](ctx, l.pool, finishSQL, args{"edition": edition, "now": l.Now()})
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNoEdition
	}
	if err != nil {
		return "", fmt.Errorf("finish edition %d: %w", edition, err)
	}
	return digest.EditionState(state), nil
}

// deliveryRow is a delivery as it is locked for a step.
type deliveryRow struct {
	listedDelivery
	ProjectID            int64
	SubscriberID         *int64
	ExpiresAt            time.Time
	LeaseUntil, HandedAt *time.Time
}

// listedDelivery is a delivery as it is shown.
type listedDelivery struct {
	DeliveryID, EditionID int64
	Recipient             json.RawMessage
	State                 string
	Attempts              int
	MessageID             string
	Dated, NextAt         time.Time
	Answer                string
	Zone                  string // of the digest
}

func (r listedDelivery) delivery() (digest.Delivery, error) {
	loc, err := time.LoadLocation(r.Zone)
	if err != nil {
		return digest.Delivery{}, fmt.Errorf("zone of delivery %d: %w", r.DeliveryID, err)
	}
	d := digest.Delivery{
		ID: r.DeliveryID, EditionID: r.EditionID, State: digest.DeliveryState(r.State), Attempts: r.Attempts,
		MessageID: r.MessageID, Date: r.Dated.In(loc), NextAt: r.NextAt.In(loc), LastAnswer: r.Answer,
	}
	if err := json.Unmarshal(r.Recipient, &d.Subscriber); err != nil {
		return d, fmt.Errorf("recipient of delivery %d: %w", r.DeliveryID, err)
	}
	return d, nil
}
