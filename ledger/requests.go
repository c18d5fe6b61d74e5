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

//go:embed questions/requests.sql
var requestsSQL string

//go:embed questions/lock_request.sql
var lockRequestSQL string

//go:embed questions/decide_request.sql
var decideRequestSQL string

//go:embed questions/subscriber_of_address.sql
var subscriberOfAddressSQL string

//go:embed questions/take_in_again.sql
var takeInAgainSQL string

// Requests lists who asks to subscribe and has no decision yet, the oldest first. One whose address is not confirmed is among them as long
// as the link that confirms it is good.
func (t *Tenant) Requests(ctx context.Context) (all []digest.Request, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		all, err = t.requests(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	return all, nil
}

func (t *Tenant) requests(ctx context.Context, tx pgx.Tx) ([]digest.Request, error) {
	rows, err := ask[struct {
		RequestID                                int64
		Digest, Address, Name, Locale, Forwarder string
		MadeAt                                   time.Time
		ConfirmedAt                              *time.Time
	}](ctx, tx, requestsSQL, args{"project": t.project, "now": t.l.Now()})
	var all []digest.Request
	for _, r := range rows {
		all = append(all, digest.Request{
			ID: r.RequestID, Digest: r.Digest, Address: r.Address, Name: r.Name, Locale: r.Locale, Forwarder: r.Forwarder,
			MadeAt: r.MadeAt.UTC(), Confirmed: orZero(r.ConfirmedAt),
		})
	}
	return all, err
}

// Decide approves or refuses a request. Approved, its person is a subscriber. One whose address is not confirmed cannot be approved; one
// that is decided is digest.ErrNotDue.
func (t *Tenant) Decide(ctx context.Context, by digest.Actor, request int64, approve bool) error {
	_, err := t.changing(ctx, by, func(tx pgx.Tx, a *applying) error {
		r, err := askOne[requestRow](ctx, tx, lockRequestSQL, args{"request": request})
		switch {
		case err != nil:
			return err
		case r.DecidedAt != nil:
			return fmt.Errorf("it was decided at %s: %w", r.DecidedAt.UTC().Format(time.RFC3339), digest.ErrNotDue)
		case approve && r.ConfirmedAt == nil:
			return &digest.RefusedError{Reason: "The address is not confirmed yet: whoever has it gets a mail with a link for that."}
		}
		verb := "refuse"
		if approve {
			verb = "approve"
		}
		a.note(verb, "request "+a.key+"/"+r.Digest+" "+r.Address)
		return a.decide(ctx, r, approve)
	})
	if err != nil {
		return doing(err, "decide request %d", request)
	}
	return nil
}

// requestRow is the wish of somebody who was forwarded a mail, locked.
type requestRow struct {
	RequestID, DigestID    int64
	Digest                 string
	Address, Name, Locale  string
	ConfirmedAt, DecidedAt *time.Time
	Forwarder, Audience    string // whose mail it was
	Agent                  string
}

// decide notes what became of a request that is locked; approved, its person is a subscriber: one who was taken out or had left has asked
// for it himself. A new one may see what the one who forwarded the mail may.
func (a *applying) decide(ctx context.Context, r requestRow, approve bool) error {
	if _, err := a.tx.Exec(ctx, decideRequestSQL, args{"request": r.RequestID, "approved": approve, "now": a.Now()}); err != nil || !approve {
		return err
	}
	known, err := askOne[struct {
		SubscriberID              int64
		UnsubscribedAt, RemovedAt *time.Time
	}](ctx, a.tx, subscriberOfAddressSQL, args{"digest": r.DigestID, "address": r.Address})
	what := "subscriber " + a.key + "/" + r.Digest + " " + r.Address
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		audience := r.Audience
		if audience == "" {
			audience = string(digest.Executive) // whoever forwarded it is gone; this one sees no persons
		}
		a.note("add", what)
		return a.addSubscriber(ctx, r.DigestID, args{
			"name": r.Name, "address": r.Address, "locale": r.Locale, "zone": "", "audience": audience, "agent": r.Agent, "pdf": false, "added_by": r.Forwarder,
		})
	case err != nil:
		return err
	case known.UnsubscribedAt == nil && known.RemovedAt == nil:
		return nil
	}
	a.note("add", what)
	_, err = a.tx.Exec(ctx, takeInAgainSQL, args{"subscriber": known.SubscriberID})
	return err
}
