package main

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"fortnight/charts"
	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/editor"
	"fortnight/mailer"
	"fortnight/pdf"
	"fortnight/scheduler"
	"fortnight/sheets"
	"fortnight/templates"
)

// builtIn is how readers see the platforms that are built in.
var builtIn = map[string]string{"chatwoot": "Chatwoot", "libredesk": "Libredesk", "native": "Fortnight events", "rasa": "Rasa", "typebot": "Typebot", "whatomate": "Whatomate"}

// platformNames is how readers see the platforms. One's own is called as its folder: acme-desk is Acme desk.
func platformNames(own ...string) map[string]string {
	names := maps.Clone(builtIn)
	for _, key := range own {
		if _, known := names[key]; !known && key != "" {
			names[key] = capital(strings.NewReplacer("-", " ", "_", " ").Replace(key))
		}
	}
	return names
}

// newStudio joins what makes a snapshot into something to read.
func newStudio() (digest.Studio, error) {
	painter, err := charts.New()
	if err != nil {
		return digest.Studio{}, fmt.Errorf("set up charts: %w", err)
	}
	layout, err := templates.New()
	if err != nil {
		return digest.Studio{}, err
	}
	return digest.Studio{
		Editor: editor.Editor{},
		Drawer: painter,
		Layout: layout,
		Press:  pdf.New(paperFonts(painter), painter.Shape),
		Clerk:  sheets.Clerk{},
		Words:  remembered(templates.Load),
		Links:  digest.Placeholders,
	}, nil
}

// paperFonts hands the charts' fonts to the press.
func paperFonts(c *charts.Charts) (f pdf.Fonts) {
	for _, font := range c.Fonts() {
		switch font.Weight {
		case 400:
			f.Regular = font.TTF
		case 600:
			f.Semibold = font.TTF
		case 700:
			f.Bold = font.TTF
		}
	}
	return f
}

// letterhead is what messages carry of the installation.
func letterhead(cfg Config, from digest.Address, platforms map[string]string) digest.Letterhead {
	_, domain, _ := strings.Cut(from.Address, "@")
	return digest.Letterhead{From: from, Domain: domain, OneClick: cfg.oneClick(), Platforms: platforms}
}

// newMailer is the post to the configured relay.
func newMailer(cfg Config) (*mailer.Mailer, error) {
	keys, err := dkimKeys(cfg)
	if err != nil {
		return nil, err
	}
	return mailer.New(mailer.Config{
		Host: cfg.SMTPHost, Port: cfg.SMTPPort, Username: cfg.SMTPUsername,
		Password: mailer.Secret(cfg.SMTPPassword), TLS: mailer.TLS(cfg.SMTPTLS), DKIM: keys, Connections: cfg.SMTPConnections,
		Timeouts: mailer.Timeouts{Data: cfg.SMTPTimeout}, Now: time.Now, Limits: limits(cfg),
	})
}

// limits are how fast and over how many connections mail may go out.
func limits(cfg Config) mailer.Limits {
	named := map[string]mailer.Limit{}
	for domain, rate := range cfg.DomainRates {
		named[domain] = mailer.Limit{Rate: rate}
	}
	return mailer.Limits{Rate: cfg.SMTPRate, DomainConnections: cfg.DomainConns, DomainRate: cfg.DomainRate, Domains: named}
}

// newComposer composes messages that are not sent.
func newComposer(cfg Config) (*mailer.Mailer, error) {
	keys, err := dkimKeys(cfg)
	if err != nil {
		return nil, err
	}
	return mailer.New(mailer.Config{Host: "localhost", TLS: mailer.None, DKIM: keys})
}

// hangUp says goodbye to the relay, which is given a moment to answer.
func hangUp(ctx context.Context, relay *mailer.Mailer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = relay.Close(ctx) // a courtesy: the connections end with the process
}

// shutdown is how long what is in flight may take when the program is asked to stop.
const shutdown = 15 * time.Second

// newLife joins everything that makes editions and sends them.
func newLife(cfg Config, b *books, studio digest.Studio, post digest.Post, now func() time.Time) (*digest.Life, error) {
	name, address, err := cfg.sender()
	if err != nil {
		return nil, err
	}
	head := letterhead(cfg, digest.Address{Name: name, Address: address}, platformNames(b.mappings.Own()...))
	head.Links = func(e digest.Edition, s digest.Subscriber) digest.Links { return linksTo(cfg, e, s) }
	head.Console = func(e digest.Edition) string { return consoleOf(cfg, e) }
	if cfg.BounceAddress != "" {
		paths, err := cfg.returnPaths()
		if err != nil {
			return nil, err
		}
		head.Return = func(d digest.Delivery) string { return paths.Path(d.ID) }
	}
	return &digest.Life{Ledger: b.Ledger, Open: opener(b.mappings, now), Studio: studio, Post: post, Letterhead: head, Kind: kindOf, Now: now}, nil
}

// linksTo gives a delivery's own addresses: what web serves.
func linksTo(cfg Config, e digest.Edition, s digest.Subscriber) digest.Links {
	return links(cfg, fmt.Sprint(e.ID), s.Token)
}

func links(cfg Config, edition, token string) digest.Links {
	base := strings.TrimSuffix(cfg.BaseURL, "/")
	view := base + "/view/" + edition + "/" + token
	return digest.Links{
		View: view, PDF: view + "/pdf", Preferences: base + "/preferences/" + token, Unsubscribe: base + "/unsubscribe/" + token,
		Definitions: base + "/definitions/" + token,
	}
}

// consoleOf is the address of an edition in the console; of one that is recorded nowhere there is none.
func consoleOf(cfg Config, e digest.Edition) string {
	if e.ID == 0 {
		return ""
	}
	return fmt.Sprintf("%s/p/%s/editions/%d", strings.TrimSuffix(cfg.BaseURL, "/"), e.Project.Key, e.ID)
}

// opener opens a project's sources.
func opener(mappings collectors.Mappings, now func() time.Time) func(context.Context, digest.Source) (digest.Collector, func(), error) {
	return func(ctx context.Context, s digest.Source) (digest.Collector, func(), error) {
		source, err := mappings.Open(ctx, s.Key, s.Platform, s.DSN, s.Tenant, now)
		if err != nil {
			return nil, nil, err
		}
		return source, source.Close, nil
	}
}

// remembered keeps what was loaded: a locale is a file that is read once.
func remembered(load func(string) (digest.Words, error)) func(string) (digest.Words, error) {
	var known sync.Map
	return func(locale string) (digest.Words, error) {
		if w, ok := known.Load(locale); ok {
			return w.(digest.Words), nil
		}
		w, err := load(locale)
		if err == nil {
			known.Store(locale, w)
		}
		return w, err
	}
}

// kindOf resolves an edition's cadence; an expression that no longer parses stays as it is written.
func kindOf(e digest.Edition) string {
	c, err := scheduler.Parse(e.Project.Timed(e.Config.Cadence), e.Project.BiMonthly)
	if err != nil {
		return e.Config.Cadence.Kind
	}
	return c.Kind()
}
