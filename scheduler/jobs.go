package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"fortnight/digest"
)

// The times of a job. A message may be with its server for ten minutes after its last byte (RFC 5321), so no job is cut off or
// believed dead before that; a job gives way to others long before. Work of a killed process is not waited for that long: its
// lease runs out in two minutes, and Tick takes it up again within another.
const (
	jobTimeout = 15 * time.Minute
	rescue     = 16 * time.Minute // River wants more than jobTimeout
	turn       = 3 * time.Minute  // after which a batch lets others have the worker
)

// collectArgs is the first job of an edition. Revived tells one that was queued again, after the lease that ran out at that
// instant, from the first one, whose row may still say that it is running.
type collectArgs struct {
	Edition int64 `json:"edition"`
	Revived int64 `json:"revived,omitempty"`
}

func (collectArgs) Kind() string { return "collect-edition" }

func (collectArgs) InsertOpts() river.InsertOpts { return unique() }

// deliverArgs is a job for up to 200 deliveries of an edition. It lives, asleep between tries, until all have come to an end.
type deliverArgs struct {
	Edition int64 `json:"edition"`
	Batch   int   `json:"batch"`
	Revived int64 `json:"revived,omitempty"`
}

func (deliverArgs) Kind() string { return "deliver-batch" }

func (deliverArgs) InsertOpts() river.InsertOpts { return unique() }

// unique lets one such job live at a time. One that has ended is no hindrance: there may be new work.
func unique() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 100, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}}}
}

type collector struct {
	river.WorkerDefaults[collectArgs]
	s *Scheduler
}

// NextRetry is when the lease of the attempt that failed has run out: until then nobody collects.
func (c collector) NextRetry(*river.Job[collectArgs]) time.Time {
	return c.s.Now().Add(4 * orElse(c.s.Renewal, renewal))
}

// Work collects an edition and queues its batches. Whoever finds it collected goes on from there.
func (c collector) Work(ctx context.Context, job *river.Job[collectArgs]) error {
	edition := job.Args.Edition
	if c.s.stopping() {
		return river.JobSnooze(0)
	}
	if err := c.s.collect(ctx, edition); err != nil {
		var held interface{ HeldUntil() time.Time }
		switch {
		case errors.As(err, &held):
			return c.s.snooze(held.HeldUntil())
		case c.s.stopping():
			return river.JobSnooze(0) // the next process begins anew
		case !errors.Is(err, digest.ErrNotDue):
			return fmt.Errorf("edition %d: %w", edition, err)
		}
	} else {
		c.s.Log.InfoContext(ctx, "edition collected", "edition", edition)
	}
	batches, err := c.s.Batches(ctx, edition)
	if err != nil {
		return err
	}
	if len(batches) == 0 {
		return c.s.finish(ctx, edition)
	}
	var jobs []river.InsertManyParams
	for _, batch := range batches {
		jobs = append(jobs, river.InsertManyParams{Args: deliverArgs{edition, batch, job.Args.Revived}})
	}
	if _, err := c.s.client.InsertMany(ctx, jobs); err != nil {
		return fmt.Errorf("queue the deliveries of edition %d: %w", edition, err)
	}
	return nil
}

type deliverer struct {
	river.WorkerDefaults[deliverArgs]
	s *Scheduler
}

// Work sends what may be sent of a batch and sleeps until the next one's time, or finishes the edition.
func (d deliverer) Work(ctx context.Context, job *river.Job[deliverArgs]) error {
	end := d.s.Now().Add(turn)
	next, left, err := d.s.deliver(ctx, job.Args.Edition, job.Args.Batch, func() bool { return d.s.stopping() || d.s.Now().After(end) })
	switch {
	case err != nil && d.s.stopping():
		return river.JobSnooze(0)
	case err != nil:
		return fmt.Errorf("edition %d: %w", job.Args.Edition, err)
	case left:
		return d.s.snooze(next)
	}
	return d.s.finish(ctx, job.Args.Edition)
}

func (s *Scheduler) finish(ctx context.Context, edition int64) error {
	state, err := s.Finish(ctx, edition)
	if err != nil {
		return err
	}
	if state == digest.EditionDone || state == digest.EditionArchived {
		s.Log.InfoContext(ctx, "edition "+string(state), "edition", edition)
	}
	return nil
}

func (s *Scheduler) snooze(until time.Time) error {
	return river.JobSnooze(max(until.Sub(s.Now()), 0))
}
