package scheduler

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"fortnight/digest"
)

// Calendar knows the digests that are switched on, and opens their editions.
type Calendar interface {
	Scheduled(ctx context.Context) ([]digest.Scheduled, error)
	// Open opens an edition with its first job in one transaction; digest.ErrNotDue where there is one for that period. In
	// either case the digest's LastDue (of that cadence) moves to the opening's due, unless it is by hand. One for the archive is opened whatever
	// others it overlaps.
	Open(ctx context.Context, o digest.Opening, enqueue func(tx pgx.Tx, edition int64) error) (edition int64, err error)
}

// openers is how many digests are opened at a time: an opening is a few round trips to the database and a flush of its log.
const openers = 8

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
	now := s.Now()
	s.next = time.Time{}
	var faults []error
	var mu sync.Mutex
	var opening sync.WaitGroup
	free := make(chan struct{}, openers)
	for _, d := range scheduled {
		d, err := forReaders(d)
		if err != nil {
			faults = append(faults, fmt.Errorf("schedule %s: %w", d.Name(), err))
			continue
		}
		cadence, err := s.cadence(d)
		if err != nil {
			faults = append(faults, fmt.Errorf("schedule %s: %w", d.Name(), err))
			continue
		}
		if next := cadence.Next(now); s.next.IsZero() || next.Before(s.next) {
			s.next = next
		}
		lacking := Lacking(d, cadence, now)
		if len(lacking) == 0 {
			continue
		}
		free <- struct{}{}
		opening.Go(func() {
			defer func() { <-free }()
			if err := s.open(ctx, d, lacking); err != nil {
				mu.Lock()
				defer mu.Unlock()
				faults = append(faults, fmt.Errorf("schedule %s: %w", d.Name(), err))
			}
		})
	}
	opening.Wait()
	return errors.Join(faults...)
}

// open opens what a digest lacks, in order. Where one cannot be opened, the later ones wait, so that the mark does not pass over it.
func (s *Scheduler) open(ctx context.Context, d digest.Scheduled, lacking []digest.Opening) error {
	var missed []digest.Opening
	var fault error
	for _, o := range lacking {
		edition, err := s.calendar.Open(ctx, o, func(tx pgx.Tx, edition int64) error { return s.InsertTx(ctx, tx, edition, o.Start) })
		if errors.Is(err, digest.ErrNotDue) {
			continue
		}
		if fault = err; err != nil {
			break
		}
		if o.Archive {
			missed = append(missed, o)
		}
		s.Log.InfoContext(ctx, "edition opened", "edition", edition, "label", o.Label, "digest", d.Name(), "readers", d.Cadence, "due", o.Due, "start", o.Start, "archive", o.Archive)
	}
	if len(missed) > 0 && s.missed != nil {
		go s.missed(context.WithoutCancel(ctx), d, missed) // a mail may wait for long, the schedule does not
	}
	return fault
}

// written is what a cadence is parsed from.
type written struct {
	digest.CadenceSpec
	biMonthly, hours string
}

// cadence parses a digest's cadence, once.
func (s *Scheduler) cadence(d digest.Scheduled) (*Cadence, error) {
	spec := d.Project.Timed(d.Config.Cadence)
	key := written{d.Config.Cadence, d.Project.BiMonthly, ""}
	if spec.Hours != nil {
		key.Hours, key.hours = nil, fmt.Sprint(*spec.Hours)
	}
	if c := s.cadences[key]; c != nil {
		return c, nil
	}
	c, err := Parse(spec, key.biMonthly)
	if err == nil {
		s.cadences[key] = c
	}
	return c, err
}

func (s *Scheduler) reviveAbandoned(ctx context.Context) error {
	abandoned, err := s.Abandoned(ctx)
	if err != nil {
		return err
	}
	for edition, since := range abandoned {
		queued, err := s.queueEdition(ctx, edition)
		if err != nil {
			return err
		}
		if queued {
			s.Log.WarnContext(ctx, "abandoned edition taken up again", "edition", edition, "since", since)
		}
	}
	return nil
}

// InsertTx queues an edition in the transaction that opens it, not to be begun before start.
func (s *Scheduler) InsertTx(ctx context.Context, tx pgx.Tx, edition int64, start time.Time) error {
	var opts *river.InsertOpts
	if start.After(s.Now()) {
		opts = &river.InsertOpts{ScheduledAt: start}
	}
	if _, err := s.client.InsertTx(ctx, tx, editionArgs{Edition: edition}, opts); err != nil {
		return fmt.Errorf("queue edition %d: %w", edition, err)
	}
	return nil
}
