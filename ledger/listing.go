package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"fortnight/digest"
)

//go:embed questions/editions.sql
var editionsSQL string

//go:embed questions/subscribers.sql
var subscribersSQL string

// EditionLine is an edition in a list.
type EditionLine = digest.EditionLine

// Editions lists up to limit editions, the newest period first. name is PROJECT, PROJECT/DIGEST, or empty for all.
func (l *Ledger) Editions(ctx context.Context, name string, limit int) ([]EditionLine, error) {
	project, key, _ := strings.Cut(name, "/")
	rows, err := ask[struct {
		editionRow
		OpenedAt            time.Time
		ReadyAt, FinishedAt *time.Time
		Counts              json.RawMessage
	}](ctx, l.pool, editionsSQL, args{"project": project, "digest": key, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("list editions: %w", err)
	}
	var all []EditionLine
	for _, r := range rows {
		line := EditionLine{DigestID: r.DigestID, OpenedAt: r.OpenedAt.UTC(), ReadyAt: orZero(r.ReadyAt), FinishedAt: orZero(r.FinishedAt)}
		if line.Edition, err = r.edition(); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(r.Counts, &line.Deliveries); err != nil {
			return nil, err
		}
		all = append(all, line)
	}
	return all, nil
}

// SubscriberLine is a subscription in a list.
type SubscriberLine = digest.SubscriberLine

// Subscribers lists the subscriptions, past ones included. name is PROJECT, PROJECT/DIGEST, or empty for all. Tokens are left out.
func (l *Ledger) Subscribers(ctx context.Context, name string) ([]SubscriberLine, error) {
	project, key, _ := strings.Cut(name, "/")
	rows, err := ask[struct {
		subscriberRow
		Project, Digest, Suppressed string
	}](ctx, l.pool, subscribersSQL, args{"project": project, "digest": key})
	if err != nil {
		return nil, fmt.Errorf("list subscribers: %w", err)
	}
	var all []SubscriberLine
	for _, r := range rows {
		all = append(all, SubscriberLine{
			Project: r.Project, Digest: r.Digest, Subscriber: r.subscriber(),
			UnsubscribedAt: orZero(r.UnsubscribedAt), RemovedAt: orZero(r.RemovedAt), Suppressed: r.Suppressed,
		})
	}
	return all, nil
}

// subscriberRow is a subscription without its token.
type subscriberRow struct {
	SubscriberID                                 int64
	Name, Address, Locale, Zone, Audience, Agent string
	PDF                                          bool
	AddedBy                                      string
	AddedAt                                      time.Time
	UnsubscribedAt, RemovedAt                    *time.Time
}

func (r subscriberRow) subscriber() digest.Subscriber {
	return digest.Subscriber{
		ID: r.SubscriberID, Name: r.Name, Address: r.Address, Locale: r.Locale, Zone: r.Zone, Audience: digest.Audience(r.Audience), Agent: r.Agent,
		PDF: r.PDF, AddedBy: r.AddedBy, AddedAt: r.AddedAt.UTC(),
	}
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
