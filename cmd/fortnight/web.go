package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fortnight/charts"
	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/intake"
	"fortnight/ledger"
	"fortnight/templates"
	"fortnight/web"
	"fortnight/web/api"
	"fortnight/web/console"
	"fortnight/web/hooks"
	"fortnight/web/look"
	"fortnight/web/office"
)

// The ledger is what the console and the API ask.
var (
	_ office.Project = (*ledger.Tenant)(nil)
	_ office.House   = (*ledger.Ledger)(nil)
)

// newWeb makes what the web port answers: the pages that mails link to, the console, the API, and the questions of those who watch.
func newWeb(b *books, life *digest.Life, post carrier, metrics http.Handler, log *slog.Logger) (http.Handler, error) {
	cfg := b.cfg
	base, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("%s_BASE_URL: %w", prefix, err)
	}
	proxies, err := networks(cfg.TrustedProxies)
	if err != nil {
		return nil, fmt.Errorf("%s_TRUSTED_PROXIES %w", prefix, err)
	}
	own, err := networks(cfg.WebhookNetworks)
	if err != nil {
		return nil, fmt.Errorf("%s_WEBHOOK_NETWORKS %w", prefix, err)
	}
	looks, err := look.New((&url.URL{Path: cfg.basePath()}).EscapedPath())
	if err != nil {
		return nil, err
	}
	painter, err := charts.New()
	if err != nil {
		return nil, err
	}
	words := remembered(templates.Load)
	w := newWorks(cfg, b, life, post, painter, words)
	project := func(id int64) office.Project { return b.Tenant(id) }
	pages, err := console.New(console.Config{
		House: b.Ledger, Project: project, Works: w, Words: words, Colours: charts.Sheet, Sessions: b.SessionStore(), Base: *base, Look: looks, OIDC: signOn(cfg), Proxies: proxies, Now: life.Now, Log: log,
	})
	if err != nil {
		return nil, err
	}
	programs := api.New(api.Config{
		House: b.Ledger, Project: project, Works: w, BaseURL: cfg.BaseURL, Version: version, Style: looks.Style(), Networks: own, Now: life.Now, Log: log, Intake: intakeOf(b, life.Now),
	})
	return web.New(web.Config{
		Reader: readerPages(b, life, post, painter, looks, words), Console: pages, API: programs, Look: looks, Base: cfg.basePath(), Secure: base.Scheme == "https",
		Metrics: metrics, Log: log, Ready: func(ctx context.Context) error { return mustBeMigrated(ctx, b.pool) },
	})
}

// intakeOf is the way in for events that come over the API.
func intakeOf(b *books, now func() time.Time) api.Intake {
	in := intake.New(b.pool, collectors.NativeRelations(), now)
	return func(ctx context.Context, body io.Reader, batch digest.Batch) (digest.Taken, error) {
		return in.Take(ctx, body, batch, intake.Watch{})
	}
}

// newWorks is what the console and the API have done.
func newWorks(cfg Config, b *books, life *digest.Life, post carrier, painter *charts.Charts, words func(string) (digest.Words, error)) *works {
	return &works{cfg: cfg, b: b, life: life, post: post, read: &readings{now: life.Now, kept: map[question]keptReading{}}, drawer: drawing(painter, words)}
}

// drawing draws charts for pages.
func drawing(painter *charts.Charts, words func(string) (digest.Words, error)) func(digest.Letter, digest.Picture, float64) ([]byte, error) {
	return func(l digest.Letter, p digest.Picture, width float64) ([]byte, error) {
		w, err := words(l.Locale)
		if err != nil {
			return nil, err
		}
		return painter.Page(p, width, w)
	}
}

// signOn is the configured OpenID Connect provider; nil: none.
func signOn(cfg Config) *console.OIDC {
	if cfg.OIDCIssuer == "" {
		return nil
	}
	return &console.OIDC{Name: cfg.OIDCName, Issuer: strings.TrimSuffix(cfg.OIDCIssuer, "/"), Client: cfg.OIDCClientID, Secret: cfg.OIDCClientSecret.Reveal()}
}

// newPoster posts events to webhooks.
func newPoster(cfg Config, b *books, now func() time.Time, log *slog.Logger) (*hooks.Poster, error) {
	own, err := networks(cfg.WebhookNetworks)
	if err != nil {
		return nil, err
	}
	return hooks.New(hooks.Config{Books: b.Ledger, Networks: own, Agent: "Fortnight/" + version, Now: now, Log: log}), nil
}
