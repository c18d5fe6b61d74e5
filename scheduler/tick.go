package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// Calendar knows the digests that are switched on, and opens their editions.
type Calendar interface {
	Scheduled(ctx context.Context) ([]digest.Scheduled, error)
	// Open opens an edition with its first job in one transaction; digest.ErrNotDue where there is one for that period. In
	// either case the digest's LastDue moves to the opening's due.
	Open(ctx context.Context, o digest.Opening, enqueue func(tx pgx.Tx, edition int64) error) (edition int64, err error)
}

// catchUp is how many missed periods are still mailed where a digest does not say.
const catchUp = 2

// Lacking lists the editions that a digest lacks at an instant, the oldest first: one for each period that has come due since
// the schedule last looked; for a digest that it has never looked at (just switched on) the latest one alone,
// which is due now and goes to everybody at once: it is not late, for nobody could have had it before.
//
// Otherwise the latest is on time, or late. Those before it were missed: the newest of them, as many as the digest's CatchUp says, are
// still mailed, each by itself; older ones are collected for the archive only.
func Lacking(s digest.Scheduled, c *Cadence, now time.Time) []digest.Opening {
	if s.LastDue.IsZero() {
		if last, ok := c.Last(now); ok {
			first := opening(s, last)
			first.Due, first.AtOnce = now, true
			return []digest.Opening{first}
		}
		return nil
	}
	dues := onePerPeriod(c.Between(s.LastDue, now))
	mailed := 1 + s.Config.CatchUp
	if s.Config.CatchUp == 0 {
		mailed = 1 + catchUp
	}
	var all []digest.Opening
	for i, d := range dues {
		o := opening(s, d)
		o.Archive = len(dues)-i > mailed
		all = append(all, o)
	}
	return all
}

func opening(s digest.Scheduled, d Due) digest.Opening {
	return digest.Opening{Digest: s.Digest, Label: Label(s.Project.Name, d.Period), Due: d.At, Period: d.Period, Previous: d.Previous}
}

// onePerPeriod keeps the first due of each period: a cron expression may have several.
func onePerPeriod(dues []Due) []Due {
	var kept []Due
	for _, d := range dues {
		if len(kept) == 0 || !kept[len(kept)-1].Period.From.Equal(d.Period.From) {
			kept = append(kept, d)
		}
	}
	return kept
}

// Tick looks once for editions that are lacking and opens them, and for editions that nobody works on any more and queues them
// again. A digest that cannot be scheduled does not keep others from it: the error joins what went wrong with each.
func (s *Scheduler) Tick(ctx context.Context) error {
	return errors.Join(s.openLacking(ctx), s.reviveAbandoned(ctx))
}

func (s *Scheduler) openLacking(ctx context.Context) error {
	scheduled, err := s.calendar.Scheduled(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, d := range scheduled {
		cadence, err := Parse(d.Config.Cadence, d.Project.BiMonthly)
		if err != nil {
			faults = append(faults, fmt.Errorf("schedule %s: %w", d.Name(), err))
			continue
		}
		for _, o := range Lacking(d, cadence, s.Now()) {
			edition, err := s.calendar.Open(ctx, o, func(tx pgx.Tx, edition int64) error { return s.InsertTx(ctx, tx, edition) })
			if errors.Is(err, digest.ErrNotDue) {
				continue
			}
			if err != nil {
				faults = append(faults, fmt.Errorf("schedule %s: %w", d.Name(), err))
				break // its later ones wait, so that the mark does not pass over this one
			}
			s.Log.InfoContext(ctx, "edition opened", "edition", edition, "label", o.Label, "digest", d.Name(), "due", o.Due, "archive", o.Archive)
		}
	}
	return errors.Join(faults...)
}

func (s *Scheduler) reviveAbandoned(ctx context.Context) error {
	abandoned, err := s.Abandoned(ctx)
	if err != nil {
		return err
	}
	for edition, since := range abandoned {
		result, err := s.client.Insert(ctx, collectArgs{Edition: edition, Revived: since.UnixMicro()}, nil)
		if err != nil {
			return fmt.Errorf("queue edition %d again: %w", edition, err)
		}
		if !result.UniqueSkippedAsDuplicate {
			s.Log.WarnContext(ctx, "abandoned edition taken up again", "edition", edition, "since", since)
		}
	}
	return nil
}
