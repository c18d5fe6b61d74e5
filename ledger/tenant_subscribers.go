package ledger

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/subscribers_page.sql
var subscribersPageSQL string

//go:embed questions/subscribers_count.sql
var subscribersCountSQL string

//go:embed questions/subscriber_lines.sql
var subscriberLinesSQL string

//go:embed questions/subscriber_taken_out.sql
var subscriberTakenOutSQL string

//go:embed questions/revoke_links.sql
var revokeLinksSQL string

//go:embed questions/suppressions.sql
var suppressionsSQL string

//go:embed questions/suppressions_count.sql
var suppressionsCountSQL string

//go:embed questions/lift_suppression.sql
var liftSuppressionSQL string

// Subscribers lists subscriptions by name, or by address where there is none.
func (t *Tenant) Subscribers(ctx context.Context, w digest.SubscribersWanted) (all digest.Listed[digest.SubscriberLine], err error) {
	switch w.State {
	case "", "gets", "unsubscribed", "suppressed", "paused", "removed":
	default:
		return all, &digest.RefusedError{Field: "state", Reason: fmt.Sprintf("There is no state %q: write gets, unsubscribed, suppressed, paused or removed.", w.State)}
	}
	var after string
	var afterID int64
	if err := marked(w.After, &after, &afterID); err != nil {
		return all, err
	}
	err = t.read(ctx, func(tx pgx.Tx) error {
		today, err := t.today(ctx, tx)
		if err != nil {
			return err
		}
		with := args{"project": t.project, "digest": w.Digest, "state": w.State, "search": strings.TrimSpace(w.Search), "today": today.String()}
		if all.Total, err = scalar[int](ctx, tx, subscribersCountSQL, with); err != nil {
			return err
		}
		size := sizeOf(w.Page)
		with["after"], with["after_id"], with["size"] = after, afterID, size+1
		rows, err := ask[struct {
			SubscriberID int64
			ListedAs     string
		}](ctx, tx, subscribersPageSQL, with)
		if err != nil {
			return err
		}
		if len(rows) > size {
			rows = rows[:size]
			if all.Next, err = mark(rows[size-1].ListedAs, rows[size-1].SubscriberID); err != nil {
				return err
			}
		}
		ids := make([]int64, len(rows))
		for i, r := range rows {
			ids[i] = r.SubscriberID
		}
		all.Lines, err = subscriberLines(ctx, tx, ids)
		return err
	})
	if err != nil {
		return digest.Listed[digest.SubscriberLine]{}, fmt.Errorf("list subscribers: %w", err)
	}
	return all, nil
}

// Subscriber gives one subscription.
func (t *Tenant) Subscriber(ctx context.Context, id int64) (line digest.SubscriberLine, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		line, err = subscriber(ctx, tx, id)
		return err
	})
	if err != nil {
		return digest.SubscriberLine{}, fmt.Errorf("subscriber %d: %w", id, err)
	}
	return line, nil
}

// subscriber gives a subscription; digest.ErrNotFound where there is none.
func subscriber(ctx context.Context, tx pgx.Tx, id int64) (digest.SubscriberLine, error) {
	lines, err := subscriberLines(ctx, tx, []int64{id})
	if err != nil {
		return digest.SubscriberLine{}, err
	}
	if len(lines) == 0 {
		return digest.SubscriberLine{}, digest.ErrNotFound
	}
	return lines[0], nil
}

// subscriberLines lists subscriptions in the order of their numbers in ids; one that is not there is left out.
func subscriberLines(ctx context.Context, tx pgx.Tx, ids []int64) ([]digest.SubscriberLine, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := ask[struct {
		subscriberRow
		Wishes                                           digest.Wishes
		ListedAs, Project, Digest, Suppressed, LastState string
		LastAt                                           *time.Time
	}](ctx, tx, subscriberLinesSQL, args{"subscribers": ids})
	all := make([]digest.SubscriberLine, len(rows))
	for i, r := range rows {
		all[i] = digest.SubscriberLine{
			Project: r.Project, Digest: r.Digest, Subscriber: r.subscriber(), Wishes: r.Wishes, UnsubscribedAt: orZero(r.UnsubscribedAt),
			RemovedAt: orZero(r.RemovedAt), Suppressed: r.Suppressed, LastState: digest.DeliveryState(r.LastState), LastAt: orZero(r.LastAt),
		}
	}
	return all, err
}

// errDry ends a transaction that was only to say what it would do.
var errDry = errors.New("only looked at")

// SaveSubscribers adds those of new addresses to the digest of a key and changes the others, all or none; what readers chose stays. With
// only, those who are not among them are taken out. It says what it did; with dry nothing is done. Who unsubscribed, or has an address
// that the project may not write to, stays so, and a note says that. Faults are *digest.RefusedError, joined: of the third
// one's address "subscribers[2].address".
func (t *Tenant) SaveSubscribers(ctx context.Context, by digest.Actor, key string, all []digest.Subscriber, only, dry bool) ([]digest.Change, error) {
	var check checker
	seen := map[string]int{}
	for i, s := range all {
		where := fmt.Sprintf("subscribers[%d]", i)
		check.subscriber(where, s)
		address := strings.ToLower(strings.TrimSpace(s.Address))
		if before, twice := seen[address]; twice {
			check.fault(where+".address", "%s stands there twice: subscribers[%d] has it, too", s.Address, before)
		} else {
			seen[address] = i
		}
	}
	err := check.err()
	var made []digest.Change
	if err == nil {
		made, err = t.changing(ctx, by, func(tx pgx.Tx, a *applying) error {
			r, _, err := t.lockDigest(ctx, tx, key)
			if err != nil {
				return err
			}
			if err := a.subscribers(ctx, r.DigestID, key, all, only); err != nil || !dry {
				return err
			}
			return errDry
		})
	}
	if err != nil && !errors.Is(err, errDry) {
		return nil, doing(err, "save subscribers of digest %q", key)
	}
	return made, nil
}

// RemoveSubscriber takes a subscriber out of the digest, as a configuration without him would. Nothing is done where he is out already.
func (t *Tenant) RemoveSubscriber(ctx context.Context, by digest.Actor, id int64) error {
	_, err := t.changing(ctx, by, func(tx pgx.Tx, a *applying) error {
		s, err := subscriber(ctx, tx, id)
		if err != nil {
			return err
		}
		_, err = scalar[int64](ctx, tx, subscriberTakenOutSQL, args{"subscriber": id, "now": t.l.Now()})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		a.note("remove", "subscriber "+a.key+"/"+s.Digest+" "+s.Address)
		return err
	})
	if err != nil {
		return fmt.Errorf("remove subscriber %d: %w", id, err)
	}
	return nil
}

// RevokeLinks makes the links of all editions opened so far useless in a subscriber's mails; unsubscribing goes on working.
func (t *Tenant) RevokeLinks(ctx context.Context, by digest.Actor, id int64) error {
	_, err := t.changing(ctx, by, func(tx pgx.Tx, a *applying) error {
		s, err := subscriber(ctx, tx, id)
		if err != nil {
			return err
		}
		a.note("revoke links", "subscriber "+a.key+"/"+s.Digest+" "+s.Address)
		_, err = tx.Exec(ctx, revokeLinksSQL, args{"subscriber": id, "now": t.l.Now()})
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke the links of subscriber %d: %w", id, err)
	}
	return nil
}

// Suppressions lists the addresses that the project may not write to, the latest first.
func (t *Tenant) Suppressions(ctx context.Context, p digest.Page) (all digest.Listed[digest.Suppression], err error) {
	after, afterHash := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), []byte{}
	if err := marked(p.After, &after, &afterHash); err != nil {
		return all, err
	}
	err = t.read(ctx, func(tx pgx.Tx) error {
		if all.Total, err = scalar[int](ctx, tx, suppressionsCountSQL, args{"project": t.project}); err != nil {
			return err
		}
		size := sizeOf(p)
		rows, err := ask[struct {
			Address, Reason string
			At              time.Time
			AddressHash     []byte
		}](ctx, tx, suppressionsSQL, args{"project": t.project, "after": after, "after_hash": afterHash, "size": size + 1})
		if err != nil {
			return err
		}
		if len(rows) > size {
			rows = rows[:size]
			if all.Next, err = mark(rows[size-1].At.UTC(), rows[size-1].AddressHash); err != nil {
				return err
			}
		}
		for _, r := range rows {
			all.Lines = append(all.Lines, digest.Suppression{Address: r.Address, Reason: r.Reason, At: r.At.UTC()})
		}
		return nil
	})
	if err != nil {
		return digest.Listed[digest.Suppression]{}, fmt.Errorf("list suppressions: %w", err)
	}
	return all, nil
}

// Unsuppress lets the project write to an address again; digest.ErrNotFound where it may already.
func (t *Tenant) Unsuppress(ctx context.Context, by digest.Actor, address string) error {
	address = strings.TrimSpace(address)
	_, err := t.changing(ctx, by, func(tx pgx.Tx, a *applying) error {
		reason, err := scalar[string](ctx, tx, liftSuppressionSQL, args{"project": t.project, "address": address})
		if err != nil {
			return err
		}
		a.say(digest.Change{Verb: "unsuppress", What: "address " + address, Notes: []string{"it was suppressed: " + reason}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("unsuppress an address: %w", err)
	}
	return nil
}
