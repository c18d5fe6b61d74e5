package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"fortnight/charts"
	"fortnight/digest"
	"fortnight/ledger"
	"fortnight/scheduler"
	"fortnight/templates"
	"fortnight/web/look"
	"fortnight/web/reader"
)

// readerPages is what the pages need that mails link to.
func readerPages(b *books, life *digest.Life, post carrier, painter *charts.Charts, looks *look.Look, words func(string) (digest.Words, error)) reader.Config {
	all := readers{b: b, life: life, post: post, words: words}
	return reader.Config{
		Readers: all, Editions: all, Requests: all, Next: coming(life.Now, b.MailedUntil), Draw: drawing(painter, words), Colours: charts.Sheet,
		Words: words, Locales: templates.Locales(), Now: life.Now, LinkLife: b.cfg.LinkLife, Look: looks,
	}
}

// readers gives the pages the ledger's subscriptions, in a reader's words.
type readers struct {
	b     *books
	life  *digest.Life
	post  carrier
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

// Wish keeps what the reader has chosen.
func (r readers) Wish(ctx context.Context, token string, w digest.Wishes) (reader.Subscription, error) {
	return r.read(r.b.Wish(ctx, token, w))
}

func (r readers) read(s ledger.Subscription, err error) (reader.Subscription, error) {
	if err != nil {
		return reader.Subscription{}, unread(err)
	}
	chosen := s.Subscriber.With(s.Wishes, s.Config)
	zone, err := time.LoadLocation(orElse(chosen.Zone, s.ProjectZone))
	if err != nil {
		zone = time.UTC
	}
	locale := orElse(chosen.Locale, s.ProjectLocale)
	kind := resolvedKind(s.Config.Cadence, s.BiMonthly)
	name, err := r.digestName(locale, s.Config.Name, orElse(chosen.Cadence, kind))
	if err != nil {
		return reader.Subscription{}, err
	}
	w := reader.Subscription{
		ID: s.Subscriber.ID, Name: s.Subscriber.Name, Address: s.Subscriber.Address,
		Locale: locale, Project: s.ProjectName, Digest: name, Accent: s.Accent, Footer: s.Footer, Contact: orElse(s.Contact, r.life.From.Address),
		Since: s.Subscriber.AddedAt.In(zone), Config: s.Config, Kind: kind, Zone: orElse(s.Config.Cadence.Zone, s.ProjectZone),
		ProjectLocale: s.ProjectLocale, Given: s.Subscriber, Wishes: s.Wishes, Platforms: s.Platforms,
	}
	if !s.UnsubscribedAt.IsZero() {
		w.Ended = s.UnsubscribedAt.In(zone)
	}
	return w, nil
}

// digestName is how readers see a digest: its own name, else its cadence's.
func (r readers) digestName(locale, name, kind string) (string, error) {
	words, err := r.words(locale)
	if err != nil {
		return "", err
	}
	key := "kind." + kind
	if !words.Has(key) {
		key = "kind.custom"
	}
	return orElse(name, words.Phrase(key).String()), nil
}

// resolvedKind is a cadence's kind, its aliases resolved; an expression that no longer parses stays as it is written.
func resolvedKind(spec digest.CadenceSpec, biMonthly string) string {
	c, err := scheduler.Parse(spec, biMonthly)
	if err != nil {
		return spec.Kind
	}
	return c.Kind()
}

// unread puts a refusal of the books as the pages know it.
func unread(err error) error {
	for _, known := range []struct{ books, pages error }{
		{ledger.ErrNoSubscription, reader.ErrUnknown},
		{ledger.ErrLinkEnded, reader.ErrEnded},
		{ledger.ErrLinkRevoked, reader.ErrRevoked},
		{ledger.ErrAskedTooOften, reader.ErrOften},
		{ledger.ErrTakesNobody, reader.ErrClosed},
	} {
		if errors.Is(err, known.books) {
			return known.pages
		}
	}
	return err
}

// Edition gives an edition as the token's owner was sent it.
func (r readers) Edition(ctx context.Context, edition int64, token string) (reader.Reading, error) {
	v, err := r.b.View(ctx, edition, token, r.b.cfg.LinkLife)
	if err != nil {
		return reader.Reading{}, unread(err)
	}
	s, err := r.Subscription(ctx, token)
	if err != nil {
		return reader.Reading{}, err
	}
	out := reader.Reading{Subscription: s, Edition: edition, Variant: v.Variant, Links: linksTo(r.b.cfg, v.Edition, v.Delivery.Subscriber), PDF: &reader.PDF{Size: len(v.Variant.PDF)}}
	for _, n := range []struct {
		books *ledger.Beside
		page  **reader.Neighbour
	}{{v.Before, &out.Before}, {v.After, &out.After}} {
		if n.books != nil {
			*n.page = &reader.Neighbour{Edition: n.books.Edition, Period: n.books.Period}
		}
	}
	return out, nil
}

// PDF gives the same as a PDF: the one that was rendered for those whom it is attached for, else it is set now, from the same letter.
func (r readers) PDF(ctx context.Context, edition int64, token string) ([]byte, error) {
	v, err := r.b.View(ctx, edition, token, r.b.cfg.LinkLife)
	if err != nil {
		return nil, unread(err)
	}
	if len(v.Variant.PDF) > 0 {
		return v.Variant.PDF, nil
	}
	choice := v.Variant.Choice
	choice.PDF = true
	if attached, ok, err := r.b.Variant(ctx, edition, choice); err != nil || ok && len(attached.PDF) > 0 {
		return attached.PDF, err
	}
	letter := v.Variant.Letter
	words, err := r.words(letter.Locale)
	if err != nil {
		return nil, err
	}
	return r.life.Studio.Press.Set(letter, choice.Paper, func(p digest.Picture, f digest.Frame) (digest.Drawing, error) {
		f.Accent = letter.Brand.Accent
		return r.life.Studio.Drawer.Draw(p, f, words)
	})
}

// askedLasts is how long the link is good that confirms an address.
const askedLasts = 7 * 24 * time.Hour

// Ask keeps the wish of somebody whom a mail was forwarded to; mail sends the address a link that confirms it.
func (r readers) Ask(ctx context.Context, token string, a reader.Asking) (mail func(context.Context) error, err error) {
	confirm, q, err := r.b.AskToSubscribe(ctx, token, a.Address, a.Name, a.Locale, askedLasts)
	if err != nil || confirm == "" {
		return nil, unread(err)
	}
	words, err := r.words(a.Locale)
	if err != nil {
		return nil, err
	}
	name, err := r.digestName(a.Locale, q.Config.Name, resolvedKind(q.Config.Cadence, q.BiMonthly))
	if err != nil {
		return nil, err
	}
	say := func(key string) string {
		return words.Phrase("notice.confirm."+key, digest.S("project", q.ProjectName), digest.S("digest", name)).String()
	}
	return func(ctx context.Context) error {
		return courier{r.life, r.post}.send(ctx, digest.Address{Name: a.Name, Address: a.Address}, notice{
			Lang: words.Locale(), Dir: words.Dir(), From: q.ProjectName, Subject: say("subject"), Text: say("text"),
			Link: strings.TrimSuffix(r.b.cfg.BaseURL, "/") + "/confirm/" + confirm, Label: say("button"), After: say("after"),
		})
	}, nil
}

// Asked gives the wish that a link confirms.
func (r readers) Asked(ctx context.Context, token string) (reader.Asked, error) {
	return r.asked(r.b.RequestOf(ctx, token))
}

// Confirm takes it for meant.
func (r readers) Confirm(ctx context.Context, token string) (reader.Asked, error) {
	return r.asked(r.b.ConfirmRequest(ctx, token))
}

func (r readers) asked(q ledger.Request, err error) (reader.Asked, error) {
	if err != nil {
		return reader.Asked{}, unread(err)
	}
	locale := orElse(q.Locale, q.ProjectLocale)
	name, err := r.digestName(locale, q.Config.Name, resolvedKind(q.Config.Cadence, q.BiMonthly))
	if err != nil {
		return reader.Asked{}, err
	}
	return reader.Asked{
		Project: q.ProjectName, Digest: name, Accent: q.Accent, Confirmed: q.Confirmed, Waits: q.Waits,
		Asking: reader.Asking{Address: q.Address, Name: q.Name, Locale: locale},
	}, nil
}
