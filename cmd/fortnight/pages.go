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
)

// readerPages makes what the web port answers: the pages that mails link to, and the questions of those who watch.
func readerPages(b *books, metrics http.Handler, log *slog.Logger) (http.Handler, error) {
	words := remembered(templates.Load)
	return web.New(web.Config{
		Readers: readers{b, words}, View: b.view, Words: words, Base: b.cfg.basePath(), Metrics: metrics, Log: log,
		Ready: func(ctx context.Context) error { return mustBeMigrated(ctx, b.pool) },
	})
}

// readers gives the pages the ledger's subscriptions, in a reader's words.
type readers struct {
	b     *books
	words func(string) (digest.Words, error)
}

// Subscription gives whose token it is.
func (r readers) Subscription(ctx context.Context, token string) (web.Subscription, error) {
	return r.read(r.b.Subscription(ctx, token))
}

// Unsubscribe ends the subscription.
func (r readers) Unsubscribe(ctx context.Context, token string) (web.Subscription, error) {
	return r.read(r.b.Unsubscribe(ctx, token))
}

// Resubscribe takes that back.
func (r readers) Resubscribe(ctx context.Context, token string) (web.Subscription, error) {
	return r.read(r.b.Resubscribe(ctx, token))
}

func (r readers) read(s ledger.Subscription, err error) (web.Subscription, error) {
	if errors.Is(err, ledger.ErrNoSubscription) {
		return web.Subscription{}, web.ErrUnknown
	}
	if err != nil {
		return web.Subscription{}, err
	}
	zone, err := time.LoadLocation(orElse(s.Subscriber.Zone, s.ProjectZone))
	if err != nil {
		zone = time.UTC
	}
	locale := orElse(s.Subscriber.Locale, s.ProjectLocale)
	words, err := r.words(locale)
	if err != nil {
		return web.Subscription{}, err
	}
	name := s.DigestName
	if key := "kind." + s.Cadence; name == "" && words.Has(key) {
		name = words.Phrase(key).String()
	}
	w := web.Subscription{
		ID: s.Subscriber.ID, Name: s.Subscriber.Name, Address: s.Subscriber.Address,
		Locale: locale, Project: s.ProjectName, Digest: name, Accent: s.Accent,
		Since: s.Subscriber.AddedAt.In(zone),
	}
	if !s.UnsubscribedAt.IsZero() {
		w.Ended = s.UnsubscribedAt.In(zone)
	}
	return w, nil
}

// view gives an edition as the token's owner was sent it.
func (b *books) view(ctx context.Context, edition int64, token string) (web.View, error) {
	e, d, v, err := b.View(ctx, edition, token)
	if errors.Is(err, ledger.ErrNoSubscription) {
		return web.View{}, web.ErrUnknown
	}
	if err != nil {
		return web.View{}, err
	}
	return web.View{HTML: v.HTML, Images: v.Images, Links: linksTo(b.cfg, e, d.Subscriber)}, nil
}
