package ledger

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/open_choices.sql
var openChoicesSQL string

//go:embed questions/stored_choices.sql
var storedChoicesSQL string

//go:embed questions/start_rendering.sql
var startRenderingSQL string

//go:embed questions/rendered.sql
var renderedSQL string

//go:embed questions/park_edition.sql
var parkEditionSQL string

// renderPoll is how soon somebody looks again whether another process has made the variants: they are made in a second or two.
const renderPoll = time.Second

// StartRendering gives the variants that open deliveries of an edition need and that are not stored, to one process at a time: to
// others the answer is a *HeldError for a second, until those are stored or that one's lease, which Renew and KeepVariant renew, has
// run out. digest.ErrNotDue where none is lacking, or the edition is not one to be sent. Three tries that no KeepVariant followed
// park the edition; the answer is then a *ParkedError.
func (l *Ledger) StartRendering(ctx context.Context, edition int64) (lacking []digest.Choice, err error) {
	r, e, err := l.edition(ctx, l.pool, edition) // asked without a lock first, for there is one asker a batch
	if err != nil {
		return nil, err
	}
	if r.RenderedAt != nil || !toBeSent(e.State) {
		return nil, fmt.Errorf("render %s, which is %s: %w", e.Label, e.State, digest.ErrNotDue)
	}
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		r, err := l.lock(ctx, tx, edition)
		if err != nil {
			return err
		}
		now := l.Now()
		switch {
		case r.RenderedAt != nil || !toBeSent(digest.EditionState(r.State)):
			return digest.ErrNotDue
		case r.NextAt.After(now):
			return &HeldError{r.NextAt}
		}
		if lacking, err = l.lacking(ctx, tx, e); err != nil {
			return err
		}
		if len(lacking) == 0 {
			if _, err := tx.Exec(ctx, renderedSQL, args{"edition": edition, "now": now}); err != nil {
				return err
			}
			return digest.ErrNotDue
		}
		reason := r.Reason
		if r.RenderingUntil != nil && r.Tries > 0 {
			reason = vanished
		}
		switch {
		case r.RenderingUntil != nil && r.RenderingUntil.After(now):
			return &HeldError{earliest(*r.RenderingUntil, now.Add(renderPoll))}
		case r.Tries >= mostTries:
			if _, err := tx.Exec(ctx, parkEditionSQL, args{"edition": edition, "reason": reason}); err != nil {
				return err
			}
			return &ParkedError{reason}
		}
		_, err = tx.Exec(ctx, startRenderingSQL, args{"edition": edition, "lease_until": now.Add(l.Lease), "reason": reason})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", e.Label, err)
	}
	return lacking, nil
}

func toBeSent(s digest.EditionState) bool {
	return s == digest.EditionReady || s == digest.EditionSending
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// lacking lists the choices of an edition's open deliveries that are not rendered.
func (l *Ledger) lacking(ctx context.Context, tx pgx.Tx, e digest.Edition) ([]digest.Choice, error) {
	needed, err := ask[struct {
		Audience, Locale string
		WithPDF          bool
	}](ctx, tx, openChoicesSQL, args{"edition": e.ID})
	if err != nil {
		return nil, err
	}
	stored, err := ask[struct {
		Audience, Locale string
		WithPDF          bool
		Paper            string
	}](ctx, tx, storedChoicesSQL, args{"edition": e.ID})
	if err != nil {
		return nil, err
	}
	var there, all []digest.Choice
	for _, r := range stored {
		there = append(there, digest.Choice{Audience: digest.Audience(r.Audience), Locale: r.Locale, PDF: r.WithPDF, Paper: r.Paper})
	}
	for _, r := range needed {
		c := digest.ChoiceOf(e, digest.Subscriber{Audience: digest.Audience(r.Audience), Locale: r.Locale, PDF: r.WithPDF})
		if !slices.Contains(there, c) && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all, nil
}
