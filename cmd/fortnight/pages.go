package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
	"fortnight/templates"
	"fortnight/web"
	"fortnight/web/reader"
)

// readerPages makes what the web port answers: the pages that mails link to, and the questions of those who watch.
func readerPages(b *books, metrics http.Handler, log *slog.Logger) (http.Handler, error) {
	words := remembered(templates.Load)
	all := readers{b, words}
	return web.New(web.Config{
		Reader: reader.Config{Readers: all, Editions: all, Words: words}, Base: b.cfg.basePath(), Metrics: metrics, Log: log,
		Ready: func(ctx context.Context) error { return mustBeMigrated(ctx, b.pool) },
	})
}

// readers gives the pages the ledger's subscriptions, in a reader's words.
type readers struct {
	b     *books
	words func(string) (digest.Words, error)
}

// Subscription gives whose token it is.
func (r readers) Subscription(ctx context.Context, token string) (reader.Subscription, error) {
	return r.read(r.b.Subscription(ctx, token))
}

// Unsubscribe ends the subscription.
func (r readers) Unsubscribe(ctx context.Context, token string) (reader.Subscription, error) {
	return r.read(r.b.Unsubscribe(ctx, token))
}

// Resubscribe takes that back.
func (r readers) Resubscribe(ctx context.Context, token string) (reader.Subscription, error) {
	return r.read(r.b.Resubscribe(ctx, token))
}

func (r readers) read(s ledger.Subscription, err error) (reader.Subscription, error) {
	if errors.Is(err, ledger.ErrNoSubscription) {
		return reader.Subscription{}, reader.ErrUnknown
	}
	if err != nil {
		return reader.Subscription{}, err
	}
	zone, err := time.LoadLocation(orElse(s.Subscriber.Zone, s.ProjectZone))
	if err != nil {
		zone = time.UTC
	}
	locale := orElse(s.Subscriber.Locale, s.ProjectLocale)
	words, err := r.words(locale)
	if err != nil {
		return reader.Subscription{}, err
	}
	name := s.DigestName
	if key := "kind." + s.Cadence; name == "" && words.Has(key) {
		name = words.Phrase(key).String()
	}
	w := reader.Subscription{
		ID: s.Subscriber.ID, Name: s.Subscriber.Name, Address: s.Subscriber.Address,
		Locale: locale, Project: s.ProjectName, Digest: name, Accent: s.Accent,
		Since: s.Subscriber.AddedAt.In(zone),
	}
	if !s.UnsubscribedAt.IsZero() {
		w.Ended = s.UnsubscribedAt.In(zone)
	}
	return w, nil
}

// Wish keeps what the reader has chosen.
func (r readers) Wish(ctx context.Context, token string, w digest.Wishes) (reader.Subscription, error) {
	return reader.Subscription{}, errors.New("not yet")
}

// Edition gives an edition as the token's owner was sent it.
func (r readers) Edition(ctx context.Context, edition int64, token string) (reader.Reading, error) {
	e, d, v, err := r.b.View(ctx, edition, token)
	if errors.Is(err, ledger.ErrNoSubscription) {
		return reader.Reading{}, reader.ErrUnknown
	}
	if err != nil {
		return reader.Reading{}, err
	}
	return reader.Reading{Edition: edition, Variant: v, Links: linksTo(r.b.cfg, e, d.Subscriber)}, nil
}
