package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/delivery_to.sql
var deliveryToSQL string

//go:embed questions/beside.sql
var besideSQL string

//go:embed questions/wish.sql
var wishSQL string

//go:embed questions/wishes_of.sql
var wishesOfSQL string

// Reading is what a subscription's reader was sent, or is to be sent, of an edition.
type Reading struct {
	Edition       digest.Edition
	Delivery      digest.Delivery
	Variant       digest.Variant // as it was rendered, with placeholders for links
	Before, After *Beside        // what the same reader can read beside it; nil: nothing
}

// Beside is an edition's neighbour.
type Beside struct {
	Edition int64
	Period  digest.Period
}

// View gives an edition to read in a browser. ErrNoSubscription where the token or the edition is not its reader's, ErrLinkRevoked,
// ErrLinkEnded where it was opened more than life ago (0: links have no end), digest.ErrNotDue where it is not rendered yet.
func (l *Ledger) View(ctx context.Context, edition int64, token string, life time.Duration) (Reading, error) {
	r, err := askOne[struct {
		listedDelivery
		SubscriberID          int64
		PeriodStart, OpenedAt time.Time
		Revoked               bool
	}](ctx, l.pool, deliveryToSQL, args{"edition": edition, "token_hash": tokenHash(token)})
	if errors.Is(err, pgx.ErrNoRows) {
		return Reading{}, ErrNoSubscription
	}
	if err != nil {
		return Reading{}, fmt.Errorf("look up edition %d for a reader: %w", edition, err)
	}
	since := time.Time{}
	if life > 0 {
		since = l.Now().Add(-life)
	}
	switch {
	case r.Revoked:
		return Reading{}, ErrLinkRevoked
	case r.OpenedAt.Before(since):
		return Reading{}, ErrLinkEnded
	}
	var out Reading
	if out.Delivery, err = r.delivery(); err != nil {
		return Reading{}, err
	}
	out.Delivery.Subscriber.Token = token
	if _, out.Edition, err = l.edition(ctx, l.pool, edition); err != nil {
		return Reading{}, err
	}
	var ok bool
	if out.Variant, ok, err = l.Variant(ctx, edition, digest.ChoiceOf(out.Edition, out.Delivery.Subscriber)); err != nil {
		return Reading{}, err
	}
	if !ok {
		return Reading{}, digest.ErrNotDue
	}
	return out, l.beside(ctx, &out, r.SubscriberID, r.PeriodStart, since)
}

func (l *Ledger) beside(ctx context.Context, v *Reading, subscriber int64, start, since time.Time) error {
	rows, err := ask[struct {
		EditionID              int64
		Zone                   string
		PeriodStart, PeriodEnd time.Time
		Later                  bool
	}](ctx, l.pool, besideSQL, args{"subscriber": subscriber, "edition": v.Edition.ID, "start": start, "since": since})
	if err != nil {
		return fmt.Errorf("look up what is beside edition %d: %w", v.Edition.ID, err)
	}
	for _, r := range rows {
		loc, err := l.zones.load(r.Zone)
		if err != nil {
			return err
		}
		b := &Beside{r.EditionID, digest.Period{From: r.PeriodStart.In(loc), To: r.PeriodEnd.In(loc)}}
		if r.Later {
			v.After = b
		} else {
			v.Before = b
		}
	}
	return nil
}

// Wish keeps what a reader has chosen, in place of what was chosen before. A cadence that the digest does not let its readers choose,
// and sections that it does not have or let them choose, are left out.
func (l *Ledger) Wish(ctx context.Context, token string, w digest.Wishes) (Subscription, error) {
	s, err := l.Subscription(ctx, token)
	if err != nil {
		return s, err
	}
	if !slices.Contains(s.Config.Readers.Cadences, w.Cadence) {
		w.Cadence = ""
	}
	w.Sections = s.Subscriber.With(w, s.Config).Sections
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		was, err := scalar[digest.Wishes](ctx, tx, wishesOfSQL, args{"subscriber": s.Subscriber.ID})
		if err != nil {
			return err
		}
		changed, err := wished(was, w)
		if err != nil || len(changed) == 0 {
			return err
		}
		kept, err := toJSON(w)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, wishSQL, args{"subscriber": s.Subscriber.ID, "wishes": kept, "cadence": w.Cadence}); err != nil {
			return err
		}
		if w.Cadence != was.Cadence {
			if err := l.markChosen(ctx, tx, s, w.Cadence); err != nil {
				return err
			}
		}
		return l.audit(ctx, tx, s.projectID, readerActing(s.Subscriber.Name, s.Subscriber.Address), []digest.Change{{
			Verb: "change", What: "subscriber " + s.Project + "/" + s.Digest + " " + s.Subscriber.Address, Details: changed,
		}})
	})
	if err != nil {
		return s, fmt.Errorf("keep the wishes of a reader of %s/%s: %w", s.Project, s.Digest, err)
	}
	return l.Subscription(ctx, token)
}

// wished tells what a reader chooses otherwise than before; "" is what was not chosen, and so as configured.
func wished(was, is digest.Wishes) (changed []digest.Difference, err error) {
	values := func(w digest.Wishes) (all map[string]json.RawMessage, err error) {
		text, err := json.Marshal(w)
		if err != nil {
			return nil, err
		}
		return all, json.Unmarshal(text, &all)
	}
	before, err := values(was)
	if err != nil {
		return nil, err
	}
	after, err := values(is)
	if err != nil {
		return nil, err
	}
	for _, field := range []struct{ key, what string }{
		{"Cadence", "wishes.cadence"},
		{"Sections", "wishes.sections"},
		{"Locale", "wishes.locale"},
		{"Zone", "wishes.zone"},
		{"PDF", "wishes.pdf"},
		{"PausedUntil", "wishes.paused_until"},
	} {
		if from, to := string(before[field.key]), string(after[field.key]); from != to {
			changed = append(changed, digest.Difference{What: field.what, From: from, To: to})
		}
	}
	return changed, nil
}

// readerActing is a reader as who makes a change.
func readerActing(name, address string) digest.Actor {
	if name == "" {
		name = address
	}
	return digest.Actor{Name: name, Via: "reader"}
}
