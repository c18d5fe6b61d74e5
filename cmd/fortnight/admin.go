package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"maps"
	"net/mail"
	"strings"
	"sync"
	"time"

	"fortnight/digest"
)

// admin tells the one in charge, by mail, what needs a hand: at most one mail a cause and hour.
type admin struct {
	to   digest.Address // none: nobody is told
	life *digest.Life
	log  *slog.Logger

	mu   sync.Mutex
	told map[string]time.Time
}

func newAdmin(cfg Config, life *digest.Life, log *slog.Logger) *admin {
	a := &admin{life: life, log: log, told: map[string]time.Time{}}
	if to, err := mail.ParseAddress(cfg.AdminEmail); err == nil { // Config.Validate has refused what is no address
		a.to = digest.Address{Name: to.Name, Address: to.Address}
	}
	return a
}

// collect tells of editions that could not be collected, and of sections that failed in one that was.
func (a *admin) collect(b *books, step collectStep) collectStep {
	return func(ctx context.Context, edition int64) ([]digest.Delivery, error) {
		planned, err := step(ctx, edition)
		if errors.Is(err, digest.ErrNotDue) || ctx.Err() != nil {
			return planned, err
		}
		if err != nil {
			a.tell(ctx, fmt.Sprintf("collect %d", edition), fmt.Sprintf("Edition %d could not be collected", edition),
				err.Error()+"\n\nIt is tried again. \"fortnight doctor\" checks the database and every source.")
			return planned, err
		}
		e, snap, readErr := b.Edition(ctx, edition)
		if readErr != nil {
			a.log.Error("edition was not read for its admin", "edition", edition, "error", readErr)
			return planned, nil
		}
		var failed []string
		for _, s := range snap.Sections {
			if s.Status == digest.Broken {
				failed = append(failed, fmt.Sprintf("%s (source %s): %s", s.Key, s.Source, s.Reason))
			}
		}
		if len(failed) > 0 {
			a.tell(ctx, e.Name(), fmt.Sprintf("%s of %s has failed sections", e.Label, e.Name()),
				strings.Join(failed, "\n")+"\n\nThe mail goes out and names them. \"fortnight doctor\" checks every source.")
		}
		return planned, nil
	}
}

// finish tells of deliveries that came to a bad end.
func (a *admin) finish(b *books, step finishStep) finishStep {
	return func(ctx context.Context, edition int64) (digest.EditionState, error) {
		state, err := step(ctx, edition)
		if err != nil || state != digest.EditionDone || a.to.Address == "" {
			return state, err
		}
		deliveries, readErr := b.Deliveries(ctx, edition)
		if readErr != nil {
			a.log.Error("deliveries were not read for the admin", "edition", edition, "error", readErr)
			return state, nil
		}
		var bad []string
		for _, d := range deliveries {
			switch d.State {
			case digest.DeliveryFailed, digest.DeliveryUnknown, digest.DeliveryExpired:
				bad = append(bad, fmt.Sprintf("%s: %s: %s", d.Subscriber.Address, d.State, d.LastAnswer))
			}
		}
		if len(bad) > 0 {
			const enough = 20
			more := ""
			if len(bad) > enough {
				more = fmt.Sprintf("\n… and %d more.", len(bad)-enough)
			}
			a.tell(ctx, fmt.Sprintf("finish %d", edition), fmt.Sprintf("%d of %d deliveries of edition %d were not made", len(bad), len(deliveries), edition),
				strings.Join(bad[:min(len(bad), enough)], "\n")+more+fmt.Sprintf("\n\n\"fortnight deliveries --edition %d\" has them all.", edition))
		}
		return state, nil
	}
}

// tell sends a plain message, unless the same cause was told within the hour or nobody is to be told.
func (a *admin) tell(ctx context.Context, cause, subject, text string) {
	if a.to.Address == "" || !a.first(cause) {
		return
	}
	if err := a.send(ctx, subject, text); err != nil {
		a.log.Error("admin was not told", "subject", subject, "error", err)
		a.mu.Lock()
		delete(a.told, cause) // so that it is tried again
		a.mu.Unlock()
	}
}

// first notes a cause, and tells whether it is the first of its kind within the hour.
func (a *admin) first(cause string) bool {
	now := a.life.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.told, func(_ string, at time.Time) bool { return now.Sub(at) >= time.Hour })
	_, recent := a.told[cause]
	if !recent {
		a.told[cause] = now
	}
	return !recent
}

func (a *admin) send(ctx context.Context, subject, text string) error {
	m := digest.Message{
		Variant: digest.Variant{HTML: []byte("<!doctype html><html lang=\"en\"><body><pre>" + html.EscapeString(text) + "</pre></body></html>"), Text: []byte(text + "\n")},
		From:    a.life.From, To: a.to, Subject: "[Fortnight] " + subject,
		Date: a.life.Now().UTC().Truncate(time.Second), MessageID: fmt.Sprintf("admin.%s@%s", strings.ToLower(rand.Text()), a.life.Domain),
	}
	raw, err := a.life.Post.Compose(m)
	if err != nil {
		return err
	}
	if o := a.life.Post.Send(ctx, m.From.Address, a.to.Address, raw); o.State != digest.DeliverySent {
		return fmt.Errorf("%s: %s", o.State, o.Answer)
	}
	return nil
}
