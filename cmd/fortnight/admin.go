package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"strings"
	"sync"
	"time"

	"fortnight/digest"
)

// admin tells the one in charge, by mail, what needs a hand: at most one mail a cause and hour.
type admin struct {
	address string
	life    *digest.Life
	log     *slog.Logger

	mu   sync.Mutex
	told map[string]time.Time
}

func newAdmin(cfg Config, life *digest.Life, log *slog.Logger) *admin {
	return &admin{address: cfg.AdminEmail, life: life, log: log, told: map[string]time.Time{}}
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

// tell sends a plain message, unless the same cause was told within the hour or nobody is to be told.
func (a *admin) tell(ctx context.Context, cause, subject, text string) {
	now := a.life.Now()
	a.mu.Lock()
	recent := now.Sub(a.told[cause]) < time.Hour
	if !recent {
		a.told[cause] = now
	}
	a.mu.Unlock()
	if recent || a.address == "" {
		return
	}
	m := digest.Message{
		Variant: digest.Variant{HTML: []byte("<!doctype html><html lang=\"en\"><body><pre>" + html.EscapeString(text) + "</pre></body></html>"), Text: []byte(text + "\n")},
		From:    a.life.From, To: digest.Address{Address: a.address}, Subject: "[Fortnight] " + subject,
		Date: now.UTC().Truncate(time.Second), MessageID: fmt.Sprintf("admin.%s@%s", strings.ToLower(rand.Text()), a.life.Domain),
	}
	raw, err := a.life.Post.Compose(m)
	if err != nil {
		a.log.Error("admin was not told", "subject", subject, "error", err)
		return
	}
	if o := a.life.Post.Send(ctx, m.From.Address, a.address, raw); o.State != digest.DeliverySent {
		a.log.Error("admin was not told", "subject", subject, "outcome", o.State, "answer", o.Answer)
	}
}
