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

//go:embed questions/editions_stopped.sql
var editionsStoppedSQL string

//go:embed questions/editions_failing.sql
var editionsFailingSQL string

//go:embed questions/standing_week.sql
var standingWeekSQL string

//go:embed questions/standing_held.sql
var standingHeldSQL string

//go:embed questions/standing_sent.sql
var standingSentSQL string

//go:embed questions/standing_bounced.sql
var standingBouncedSQL string

const (
	failingFor = 14 * 24 * time.Hour // after its due an edition's failures need nobody any more
	ratesOver  = 30 * 24 * time.Hour
)

// Needs gathers what waits for a person, oldest first in each list: editions held or parked; those due in the last 14 days with deliveries
// that failed, expired or are unknown and were not sent again since, unless their readers have left; sources that cannot be read; confirmed
// requests.
func (t *Tenant) Needs(ctx context.Context) (n digest.Needs, err error) {
	sources, err := t.Sources(ctx)
	if err != nil {
		return n, err
	}
	for _, s := range sources {
		if s.Fault != "" {
			n.Sources = append(n.Sources, s)
		}
	}
	slices.SortStableFunc(n.Sources, func(a, b digest.SourceLine) int { return a.Since.Compare(b.Since) })
	err = t.read(ctx, func(tx pgx.Tx) error {
		if n.Held, err = t.editionsOf(ctx, tx, editionsStoppedSQL, args{"project": t.project}); err != nil {
			return err
		}
		if n.Failing, err = t.editionsOf(ctx, tx, editionsFailingSQL, args{"project": t.project, "since": t.l.Now().Add(-failingFor)}); err != nil {
			return err
		}
		requests, err := t.requests(ctx, tx)
		for _, r := range requests {
			if !r.Confirmed.IsZero() {
				n.Requests = append(n.Requests, r)
			}
		}
		return err
	})
	if err != nil {
		return digest.Needs{}, fmt.Errorf("look for what waits for somebody: %w", err)
	}
	return n, nil
}

// Standing counts for the overview. Sent and what came back of it are told of editions opened within 30 days, and within the 30 before.
func (t *Tenant) Standing(ctx context.Context, week time.Time) (s digest.Standing, err error) {
	now := t.l.Now()
	s.Week = map[digest.DeliveryState]int{}
	err = t.read(ctx, func(tx pgx.Tx) error {
		today, err := t.today(ctx, tx)
		if err != nil {
			return err
		}
		counts, err := column[map[digest.DeliveryState]int](ctx, tx, standingWeekSQL, args{"project": t.project, "week": week})
		if err != nil {
			return err
		}
		for _, edition := range counts {
			for state, n := range edition {
				s.Week[state] += n
			}
			if len(edition) > 0 {
				s.WeekEditions++
			}
		}
		held, err := askOne[struct{ Editions, Deliveries int }](ctx, tx, standingHeldSQL, args{"project": t.project, "today": today.String()})
		if err != nil {
			return err
		}
		s.HeldEditions, s.Held = held.Editions, held.Deliveries
		with := args{"project": t.project, "since": now.Add(-ratesOver), "before": now.Add(-2 * ratesOver)}
		sent, err := askOne[struct{ Sent, SentBefore int }](ctx, tx, standingSentSQL, with)
		if err != nil {
			return err
		}
		s.Sent, s.SentBefore = sent.Sent, sent.SentBefore
		back, err := askOne[struct{ Bounced, Complained, BouncedBefore, ComplainedBefore int }](ctx, tx, standingBouncedSQL, with)
		s.Bounced, s.Complained, s.BouncedBefore, s.ComplainedBefore = back.Bounced, back.Complained, back.BouncedBefore, back.ComplainedBefore
		return err
	})
	if err != nil {
		return digest.Standing{}, fmt.Errorf("count for the overview: %w", err)
	}
	return s, nil
}
