package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/open_edition.sql
var openEditionSQL string

//go:embed questions/edition_of_period.sql
var editionOfPeriodSQL string

//go:embed questions/covering.sql
var coveringSQL string

//go:embed questions/mark_due.sql
var markDueSQL string

//go:embed questions/mark_reader_due.sql
var markReaderDueSQL string

// CoveredError is the answer to who asks by hand for an edition of which some days were mailed with another one, or are to be.
type CoveredError struct {
	Edition int64
	Label   string
	State   digest.EditionState
	Days    digest.Period // those that both have
	Free    digest.Date   // from this day on the other has none
}

// Error names the other edition and the days, and what to do.
func (e *CoveredError) Error() string {
	s := fmt.Sprintf("%s stand in %s (edition %d) already, which is %s, and nobody is mailed a day twice: ask for a period that begins on %s or later",
		dates(e.Days), e.Label, e.Edition, e.State, e.Free)
	switch e.State {
	case digest.EditionHeld, digest.EditionParked:
		s += fmt.Sprintf(", or give that one up with \"fortnight editions discard %d\"", e.Edition)
	}
	return s
}

func dates(p digest.Period) string {
	if p.First() == p.Last() {
		return p.First().String()
	}
	return p.First().String() + " to " + p.Last().String()
}

// Open opens an edition and, where enqueue is not nil, its first job in the same transaction; it gives the edition's id. Where
// the digest has an edition for that period (and, where readers chose a cadence for themselves, for them), it opens nothing and gives the id of that one with digest.ErrNotDue. Unless it is
// opened by hand, the schedule's mark moves to the due in either case.
//
// No day of data is mailed twice. Where another edition of the digest, for the same readers, that was mailed, or may yet be, has a day of the period, an
// edition of the schedule is opened for the archive, and Edition says why; to one asked for by hand the answer is a *CoveredError.
// Days are dates, each edition's in its own zone. Missed periods that were mailed meanwhile are left out of what it catches up with.
func (l *Ledger) Open(ctx context.Context, o digest.Opening, enqueue func(tx pgx.Tx, edition int64) error) (edition int64, err error) {
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		r, err := askOne[digestRow](ctx, tx, digestByIDSQL, args{"digest": o.Digest}) // one opening of a digest at a time
		if err != nil {
			return fmt.Errorf("digest %d: %w", o.Digest, err)
		}
		if !o.ByHand {
			if err := markDue(ctx, tx, r, o); err != nil {
				return err
			}
		}
		edition, err = scalar[int64](ctx, tx, editionOfPeriodSQL, args{
			"digest": o.Digest, "cadence": o.Cadence, "period_start": o.Period.From, "period_end": o.Period.To,
		})
		if err == nil {
			return digest.ErrNotDue
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if edition, err = l.open(ctx, tx, r, o); err != nil || enqueue == nil {
			return err
		}
		return enqueue(tx, edition)
	})
	if err != nil {
		err = fmt.Errorf("open edition %s: %w", o.Label, err)
	}
	return edition, err
}

// markDue moves the schedule's mark to the due of an opening.
func markDue(ctx context.Context, tx pgx.Tx, r digestRow, o digest.Opening) (err error) {
	if o.Cadence == "" {
		_, err = tx.Exec(ctx, markDueSQL, args{"digest": o.Digest, "due": o.Due})
	} else {
		_, err = tx.Exec(ctx, markReaderDueSQL, args{"project_id": r.ProjectID, "digest": o.Digest, "cadence": o.Cadence, "due": o.Due})
	}
	return err
}

// open opens an edition of a digest that is locked by this transaction.
func (l *Ledger) open(ctx context.Context, tx pgx.Tx, r digestRow, o digest.Opening) (edition int64, err error) {
	archive, why := o.Archive, ""
	if archive {
		why = "missed"
		if o.Listed {
			why = "missed: the mail of the edition after it tells of it"
		}
	} else {
		covered, err := covered(ctx, tx, o, o.Period)
		if err != nil {
			return 0, err
		}
		if covered != nil && o.ByHand {
			return 0, covered
		}
		if covered != nil {
			archive = true
			why = fmt.Sprintf("%s stand in %s (edition %d), which is %s: nobody is mailed a day twice", dates(covered.Days), covered.Label, covered.Edition, covered.State)
		}
	}
	var missed []digest.Period
	for _, p := range o.CatchUp {
		covered, err := covered(ctx, tx, o, p)
		if err != nil {
			return 0, err
		}
		if covered == nil && !archive {
			missed = append(missed, p)
		}
	}
	catchUp, err := toJSON(append([]digest.Period{}, missed...))
	if err != nil {
		return 0, err
	}
	project, err := toJSON(r.project())
	if err != nil {
		return 0, err
	}
	config, err := configOf(o, r)
	if err != nil {
		return 0, err
	}
	now, start := l.Now(), o.Start
	if start.IsZero() {
		start = o.Due
	}
	leaseUntil := now.Add(l.Lease)
	if start.After(now) {
		leaseUntil = start.Add(l.Lease)
	}
	return scalar[int64](ctx, tx, openEditionSQL, args{
		"project_id": r.ProjectID, "digest": o.Digest, "label": o.Label, "zone": o.Period.Location().String(),
		"period_start": o.Period.From, "period_end": o.Period.To, "previous_start": o.Previous.From, "previous_end": o.Previous.To,
		"due": o.Due, "start_at": start, "archive": archive, "why_archived": why, "at_once": o.AtOnce, "catch_up": catchUp,
		"hold_unknown": r.HoldUnknown, "project": project, "config": config, "cadence": o.Cadence, "lease_until": leaseUntil, "now": now,
	})
}

// configOf gives the configuration that an edition keeps: the digest's, with the cadence of the readers it is for.
func configOf(o digest.Opening, r digestRow) (json.RawMessage, error) {
	if o.Cadence == "" {
		return r.Config, nil
	}
	var config digest.Config
	if err := json.Unmarshal(r.Config, &config); err != nil {
		return nil, fmt.Errorf("configuration of digest %s/%s: %w", r.ProjectKey, r.Key, err)
	}
	config.Cadence = o.Spec
	return toJSON(config)
}

// zonesApart is the time between the first and the last place on earth where a date begins.
const zonesApart = 26 * time.Hour

// covered gives the edition that has, or will have, mailed a day of a period to the readers of an opening; nil where there is none.
func covered(ctx context.Context, tx pgx.Tx, o digest.Opening, p digest.Period) (*CoveredError, error) {
	rows, err := ask[struct {
		EditionID              int64
		Label, Zone, State     string
		PeriodStart, PeriodEnd time.Time
	}](ctx, tx, coveringSQL, args{"digest": o.Digest, "cadence": o.Cadence, "from": p.From.Add(-zonesApart), "to": p.To.Add(zonesApart)})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		other, err := period(r.PeriodStart, r.PeriodEnd, r.Zone)
		if err != nil {
			return nil, err
		}
		first, end, ok := shared(p, other)
		if !ok {
			continue
		}
		days, err := digest.NewPeriod(first, end, p.Location())
		if err != nil {
			continue // no such day there: Apia's 2011-12-30
		}
		return &CoveredError{Edition: r.EditionID, Label: r.Label, State: digest.EditionState(r.State), Days: days, Free: other.End()}, nil
	}
	return nil, nil
}

// shared gives the dates from first to end, exclusive, that two periods have in common, each in its own zone.
func shared(a, b digest.Period) (first, end digest.Date, ok bool) {
	first, end = a.First(), a.End()
	if first.Before(b.First()) {
		first = b.First()
	}
	if b.End().Before(end) {
		end = b.End()
	}
	return first, end, first.Before(end)
}
