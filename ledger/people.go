package ledger

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/subscription.sql
var subscriptionSQL string

//go:embed questions/unsubscribe.sql
var unsubscribeSQL string

//go:embed questions/resubscribe.sql
var resubscribeSQL string

//go:embed questions/suppress.sql
var suppressSQL string

//go:embed questions/unsuppress.sql
var unsuppressSQL string

//go:embed questions/delivery_to.sql
var deliveryToSQL string

// Subscription is a subscriber's relation to one digest, as a link's token names it.
type Subscription struct {
	Project, ProjectName string
	ProjectLocale        string
	ProjectZone          string
	Accent               digest.Colour
	Digest, DigestName   string
	Cadence              string // as it is written: "weekly"
	Subscriber           digest.Subscriber
	UnsubscribedAt       time.Time // zero: not
}

// ErrNoSubscription is the error of a token that names no subscription: mistyped, or its person was erased.
var ErrNoSubscription = errors.New("no such subscription")

// Tokens are 130 random bits in base32. They never expire, name one subscription, and are found by their SHA-256: what is kept in
// clear does not give them away, and the time of a look-up says nothing of them.
func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Subscription gives the subscription that a token names, or ErrNoSubscription.
func (l *Ledger) Subscription(ctx context.Context, token string) (Subscription, error) {
	hash := tokenHash(token)
	r, err := askOne[struct {
		subscriberRow
		TokenHash                                        []byte
		Project, ProjectName, ProjectLocale, ProjectZone string
		Accent                                           int64
		Digest, DigestName, Cadence                      string
	}](ctx, l.pool, subscriptionSQL, args{"token_hash": hash})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && subtle.ConstantTimeCompare(hash, r.TokenHash) != 1 {
		return Subscription{}, ErrNoSubscription
	}
	if err != nil {
		return Subscription{}, fmt.Errorf("look up a subscription: %w", err)
	}
	s := Subscription{
		Project: r.Project, ProjectName: r.ProjectName, ProjectLocale: r.ProjectLocale, ProjectZone: r.ProjectZone, Accent: digest.Colour(r.Accent),
		Digest: r.Digest, DigestName: r.DigestName, Cadence: r.Cadence, Subscriber: r.subscriber(), UnsubscribedAt: orZero(r.UnsubscribedAt),
	}
	s.Subscriber.Token = token
	return s, nil
}

// Unsubscribe ends the subscription that a token names; doing it again changes nothing. What is planned and not yet begun is
// not sent.
func (l *Ledger) Unsubscribe(ctx context.Context, token string) (Subscription, error) {
	return l.change(ctx, token, unsubscribeSQL, args{"now": l.Now()})
}

// Resubscribe takes an unsubscribing back.
func (l *Ledger) Resubscribe(ctx context.Context, token string) (Subscription, error) {
	return l.change(ctx, token, resubscribeSQL, args{})
}

func (l *Ledger) change(ctx context.Context, token, question string, with args) (Subscription, error) {
	s, err := l.Subscription(ctx, token)
	if err != nil {
		return s, err
	}
	with["subscriber"] = s.Subscriber.ID
	if _, err := l.pool.Exec(ctx, question, with); err != nil {
		return s, fmt.Errorf("change a subscription of %s/%s: %w", s.Project, s.Digest, err)
	}
	return l.Subscription(ctx, token)
}

// View gives what a subscription's reader was sent, or is to be sent, of an edition, for reading in a browser: the variant is as it
// was rendered, with placeholders for links. ErrNoSubscription where the token or the edition is not his, digest.ErrNotDue where it
// is not rendered yet.
func (l *Ledger) View(ctx context.Context, edition int64, token string) (digest.Edition, digest.Delivery, digest.Variant, error) {
	fail := func(err error) (digest.Edition, digest.Delivery, digest.Variant, error) {
		return digest.Edition{}, digest.Delivery{}, digest.Variant{}, err
	}
	r, err := askOne[listedDelivery](ctx, l.pool, deliveryToSQL, args{"edition": edition, "token_hash": tokenHash(token)})
	if errors.Is(err, pgx.ErrNoRows) {
		return fail(ErrNoSubscription)
	}
	if err != nil {
		return fail(fmt.Errorf("look up edition %d for a reader: %w", edition, err))
	}
	d, err := r.delivery()
	if err != nil {
		return fail(err)
	}
	d.Subscriber.Token = token
	_, e, err := l.edition(ctx, l.pool, edition)
	if err != nil {
		return fail(err)
	}
	v, ok, err := l.Variant(ctx, edition, digest.ChoiceOf(e, d.Subscriber))
	if err != nil {
		return fail(err)
	}
	if !ok {
		return fail(digest.ErrNotDue)
	}
	return e, d, v, nil
}

// Suppress stops all mail of a project to an address: a hard bounce, a complaint, a wish. The first reason stays.
func (l *Ledger) Suppress(ctx context.Context, project, address, reason string) error {
	_, err := l.pool.Exec(ctx, suppressSQL, args{"project": project, "address": strings.TrimSpace(address), "reason": reason, "now": l.Now()})
	if err != nil {
		return fmt.Errorf("suppress an address of project %s: %w", project, err)
	}
	return nil
}

// Unsuppress lifts a suppression; lifted is false where there was none.
func (l *Ledger) Unsuppress(ctx context.Context, project, address string) (lifted bool, err error) {
	tag, err := l.pool.Exec(ctx, unsuppressSQL, args{"project": project, "address": strings.TrimSpace(address)})
	if err != nil {
		return false, fmt.Errorf("lift a suppression of project %s: %w", project, err)
	}
	return tag.RowsAffected() > 0, nil
}
