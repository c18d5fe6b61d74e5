package ledger

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/keep_request.sql
var keepRequestSQL string

//go:embed questions/requests_lately.sql
var requestsLatelySQL string

//go:embed questions/asker_known.sql
var askerKnownSQL string

//go:embed questions/request_of_token.sql
var requestOfTokenSQL string

//go:embed questions/confirm_request.sql
var confirmRequestSQL string

// What AskToSubscribe and ConfirmRequest refuse.
var (
	ErrAskedTooOften = errors.New("asked too often: wait an hour")
	ErrTakesNobody   = errors.New("the digest takes no readers by forwarding")
	ErrLinkEnded     = errors.New("the link is past its time")
	ErrLinkRevoked   = errors.New("the link was revoked")
)

// How often may be asked within an hour: by the links of one subscription, and for one address.
const (
	asksByLink    = 10
	asksByAddress = 3
)

// Request is the wish of somebody whom a mail was forwarded to, as its link tells it.
type Request struct {
	Project, ProjectName  string
	ProjectLocale         string
	BiMonthly             string
	Accent                digest.Colour
	Digest                string
	Config                digest.Config // without subscribers
	Address, Name, Locale string
	Confirmed             bool
	Waits                 bool // for somebody to approve it
}

// AskToSubscribe keeps the wish of somebody whom the mail of a token's owner was forwarded to; the link that confirms the address is
// good for a time. confirm is "", and nothing is to be mailed, where the address gets the digest, may not be written to, or waits for a
// decision already: whoever asks is not to learn which. ErrNoSubscription, ErrTakesNobody or ErrAskedTooOften refuse it.
func (l *Ledger) AskToSubscribe(ctx context.Context, token, address, name, locale string, lasts time.Duration) (confirm string, r Request, err error) {
	s, err := l.Subscription(ctx, token)
	if err != nil {
		return "", r, err
	}
	if s.Config.Readers.Forwarding == digest.ForwardingOff {
		return "", r, ErrTakesNobody
	}
	address = strings.TrimSpace(address)
	r = Request{
		Project: s.Project, ProjectName: s.ProjectName, ProjectLocale: s.ProjectLocale, BiMonthly: s.BiMonthly, Accent: s.Accent, Digest: s.Digest, Config: s.Config,
		Address: address, Name: name, Locale: locale,
	}
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		now := l.Now()
		// Whoever asks at the same time by the same link waits, so that none is counted twice.
		if _, err := tx.Exec(ctx, wishesOfSQL, args{"subscriber": s.Subscriber.ID}); err != nil {
			return err
		}
		lately, err := askOne[struct{ ByLink, ForAddress int }](ctx, tx, requestsLatelySQL, args{
			"forwarder": s.Subscriber.ID, "address": address, "project": s.projectID, "since": now.Add(-time.Hour),
		})
		if err != nil {
			return err
		}
		if lately.ByLink >= asksByLink || lately.ForAddress >= asksByAddress {
			return ErrAskedTooOften
		}
		known, err := askOne[struct{ Gets, Suppressed, Waits bool }](ctx, tx, askerKnownSQL, args{"address": address, "digest": s.digestID, "project": s.projectID})
		if err != nil {
			return err
		}
		made := strings.ToLower(rand.Text())
		expires := now.Add(lasts)
		if known.Gets || known.Suppressed || known.Waits {
			expires = now // it counts as asked, and is no wish
		} else {
			confirm = made
		}
		_, err = tx.Exec(ctx, keepRequestSQL, args{
			"project_id": s.projectID, "digest": s.digestID, "forwarder": s.Subscriber.ID, "address": address, "name": name, "locale": locale,
			"token_hash": tokenHash(made), "now": now, "expires": expires,
		})
		return err
	})
	if err != nil {
		return "", Request{}, fmt.Errorf("keep a request for %s/%s: %w", s.Project, s.Digest, err)
	}
	return confirm, r, nil
}

// RequestOf gives the wish that a link confirms: ErrNoSubscription where there is none, ErrLinkEnded where it is past its time.
func (l *Ledger) RequestOf(ctx context.Context, token string) (r Request, err error) {
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		row, err := l.requestOf(ctx, tx, token)
		if err == nil {
			r, err = row.request()
		}
		return err
	})
	return r, err
}

// ConfirmRequest takes a wish for meant: its address is its owner's. Where the digest asks for no more, its person is a subscriber;
// else somebody of the project decides. Again changes nothing. Errors are RequestOf's.
func (l *Ledger) ConfirmRequest(ctx context.Context, token string) (r Request, err error) {
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		row, err := l.requestOf(ctx, tx, token)
		if err != nil {
			return err
		}
		if r, err = row.request(); err != nil || row.ConfirmedAt != nil {
			return err
		}
		if _, err := tx.Exec(ctx, confirmRequestSQL, args{"request": row.RequestID, "now": l.Now()}); err != nil {
			return err
		}
		now := l.Now()
		row.ConfirmedAt = &now
		var changes []digest.Change
		a := &applying{Ledger: l, tx: tx, key: row.Project, projectID: row.ProjectID, changes: &changes}
		a.note("ask for", "subscriber "+row.Project+"/"+row.Digest+" "+row.Address)
		if r.Config.Readers.Forwarding == digest.ForwardingConfirm {
			if err := a.decide(ctx, row.requestRow, true); err != nil {
				return err
			}
			row.DecidedAt = &now
		}
		if r, err = row.request(); err != nil {
			return err
		}
		return l.audit(ctx, tx, row.ProjectID, readerActing(row.Name, row.Address), changes)
	})
	if err != nil {
		return Request{}, fmt.Errorf("confirm a request: %w", err)
	}
	return r, nil
}

// askedRow is a wish with what it is for.
type askedRow struct {
	requestRow
	ExpiresAt                                      time.Time
	ProjectID                                      int64
	Project, ProjectName, BiMonthly, ProjectLocale string
	Accent                                         int64
	Config                                         json.RawMessage
}

func (l *Ledger) requestOf(ctx context.Context, tx pgx.Tx, token string) (askedRow, error) {
	row, err := askOne[askedRow](ctx, tx, requestOfTokenSQL, args{"token_hash": tokenHash(token)})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return row, ErrNoSubscription
	case err != nil:
		return row, fmt.Errorf("look up a request: %w", err)
	case row.ConfirmedAt == nil && !row.ExpiresAt.After(l.Now()):
		return row, ErrLinkEnded
	}
	return row, nil
}

func (r askedRow) request() (Request, error) {
	out := Request{
		Project: r.Project, ProjectName: r.ProjectName, ProjectLocale: r.ProjectLocale, BiMonthly: r.BiMonthly, Accent: digest.Colour(r.Accent), Digest: r.Digest,
		Address: r.Address, Name: r.Name, Locale: r.Locale, Confirmed: r.ConfirmedAt != nil, Waits: r.ConfirmedAt != nil && r.DecidedAt == nil,
	}
	return out, json.Unmarshal(r.Config, &out.Config)
}
