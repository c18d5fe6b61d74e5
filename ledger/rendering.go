package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/open_choices.sql
var openChoicesSQL string

//go:embed questions/still_chosen.sql
var stillChosenSQL string

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
		all, err := l.choices(ctx, tx, r, e)
		if err != nil {
			return err
		}
		if lacking, err = l.lacking(ctx, tx, e, all); err != nil {
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
			if _, err := tx.Exec(ctx, parkEditionSQL, args{"edition": edition, "reason": reason, "now": now}); err != nil {
				return err
			}
			return &ParkedError{reason}
		}
		choices, err := toJSON(all)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, startRenderingSQL, args{"edition": edition, "lease_until": now.Add(l.Lease), "reason": reason, "choices": choices})
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

// choices lists those of an edition's deliveries. Of 100,000 it takes a second to look them up; that is done once, before the first try
// to make the variants, for what is planned never chooses again.
func (l *Ledger) choices(ctx context.Context, tx pgx.Tx, r lockedEdition, e digest.Edition) (all []digest.Choice, err error) {
	if r.Choices != nil {
		err = json.Unmarshal(r.Choices, &all)
		return all, err
	}
	rows, err := ask[struct {
		Audience, Locale string
		WithPDF          bool
		Sections         []string
		Agent            string
	}](ctx, tx, openChoicesSQL, args{"edition": e.ID})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		c := digest.ChoiceOf(e, digest.Subscriber{Audience: digest.Audience(r.Audience), Locale: r.Locale, PDF: r.WithPDF, Sections: r.Sections, Agent: r.Agent})
		if !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all, nil
}

// storedChoices lists those that are rendered.
func storedChoices(ctx context.Context, db asker, edition int64) (all []digest.Choice, err error) {
	rows, err := ask[struct {
		Audience, Locale string
		WithPDF          bool
		Paper, Sections  string
		Agent            string
	}](ctx, db, storedChoicesSQL, args{"edition": edition})
	for _, r := range rows {
		all = append(all, digest.Choice{Audience: digest.Audience(r.Audience), Locale: r.Locale, PDF: r.WithPDF, Paper: r.Paper, Sections: r.Sections, Agent: r.Agent})
	}
	return all, err
}

// lacking lists those choices that are not rendered and that somebody still made who is to get the edition.
func (l *Ledger) lacking(ctx context.Context, tx pgx.Tx, e digest.Edition, choices []digest.Choice) (all []digest.Choice, err error) {
	stored, err := storedChoices(ctx, tx, e.ID)
	if err != nil {
		return nil, err
	}
	usual := digest.ChoiceOf(e, digest.Subscriber{})
	for _, c := range choices {
		if slices.Contains(stored, c) {
			continue
		}
		sections, err := toJSON(c.Wanted())
		if err != nil {
			return nil, err
		}
		chosen, err := scalar[bool](ctx, tx, stillChosenSQL, args{
			"edition": e.ID, "audience": string(c.Audience), "locale": c.Locale, "with_pdf": c.PDF, "sections": sections,
			"default_audience": string(usual.Audience), "default_locale": usual.Locale,
			"agent": c.Agent, "agents": !ofAgents(e, c),
		})
		if err != nil {
			return nil, err
		}
		if chosen {
			all = append(all, c)
		}
	}
	return all, nil
}

// ofAgents tells whether who is an agent reads something else than the others who choose alike: his own list.
func ofAgents(e digest.Edition, c digest.Choice) bool {
	own := digest.ChoiceOf(e, digest.Subscriber{Audience: c.Audience, Locale: c.Locale, PDF: c.PDF, Sections: c.Wanted(), Agent: "somebody"})
	return own.Agent != ""
}
