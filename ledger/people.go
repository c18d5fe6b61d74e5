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

// Subscription is a subscriber's relation to one digest, as a link's token names it.
type Subscription struct {
	Project, ProjectName string
	ProjectLocale        string
	ProjectZone          string
	BiMonthly            string // what bi-monthly means in the project
	Accent               digest.Colour
	Footer               string
	Contact              string // the address that answers to the mails reach; "": the program's own
	Digest               string
	Config               digest.Config     // of the digest, without subscribers
	Platforms            []string          // of the sources that its sections come from
	Subscriber           digest.Subscriber // as configured
	Wishes               digest.Wishes     // what the reader chose over it
	UnsubscribedAt       time.Time         // zero: not

	projectID, digestID int64
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
		TokenHash                                                                    []byte
		Wishes                                                                       digest.Wishes
		ProjectID, DigestID                                                          int64
		Project, ProjectName, ProjectLocale, ProjectZone, BiMonthly, Footer, Contact string
		Accent                                                                       int64
		Hours                                                                        digest.Hours
		Digest                                                                       string
		Active                                                                       bool
		Config                                                                       digest.Config
		Platforms                                                                    []string
	}](ctx, l.pool, subscriptionSQL, args{"token_hash": hash})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && subtle.ConstantTimeCompare(hash, r.TokenHash) != 1 {
		return Subscription{}, ErrNoSubscription
	}
	if err != nil {
		return Subscription{}, fmt.Errorf("look up a subscription: %w", err)
	}
	s := Subscription{
		Project: r.Project, ProjectName: r.ProjectName, ProjectLocale: r.ProjectLocale, ProjectZone: r.ProjectZone, BiMonthly: r.BiMonthly,
		Accent: digest.Colour(r.Accent), Footer: r.Footer, Contact: r.Contact, Digest: r.Digest, Config: r.Config, Platforms: r.Platforms,
		Subscriber: r.subscriber(), Wishes: r.Wishes, UnsubscribedAt: orZero(r.UnsubscribedAt), projectID: r.ProjectID, digestID: r.DigestID,
	}
	s.Config.Active = r.Active
	s.Config.Cadence = digest.Project{Zone: r.ProjectZone, Hours: r.Hours}.Timed(s.Config.Cadence)
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
