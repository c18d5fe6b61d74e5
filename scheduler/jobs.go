package scheduler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"fortnight/digest"
)

// The two queues. Making editions takes the processor, sending them waits for others: neither is to keep the other waiting.
const (
	editionsQueue   = "editions"
	deliveriesQueue = "deliveries"
)

// editionArgs is the job that makes an edition. Instead is the job whose place it takes: its process was killed, and its row says that
// it is running.
type editionArgs struct {
	Edition int64 `json:"edition"`
	Instead int64 `json:"instead,omitempty"`
}

func (editionArgs) Kind() string { return "make-edition" }

func (editionArgs) InsertOpts() river.InsertOpts { return unique(editionsQueue) }

// deliverArgs is a job for up to 200 deliveries of an edition. It lives, asleep between tries, until all have come to an end.
type deliverArgs struct {
	Edition int64 `json:"edition"`
	Batch   int   `json:"batch"`
	Instead int64 `json:"instead,omitempty"`
}

func (deliverArgs) Kind() string { return "deliver-batch" }

func (deliverArgs) InsertOpts() river.InsertOpts { return unique(deliveriesQueue) }

// unique lets one such job live at a time. One that has ended is no hindrance: there may be new work.
func unique(queue string) river.InsertOpts {
	return river.InsertOpts{Queue: queue, MaxAttempts: 1000, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}}}
}

type editionWorker struct {
	river.WorkerDefaults[editionArgs]
	s *Scheduler
}

// NextRetry is soon: what fails here is the queue, not the edition.
func (w editionWorker) NextRetry(*river.Job[editionArgs]) time.Time {
	return w.s.Now().Add(w.s.renewal())
}

// Work collects and renders an edition and queues its batches. Whoever finds it made goes on from there.
func (w editionWorker) Work(ctx context.Context, job *river.Job[editionArgs]) error {
	edition := job.Args.Edition
	if err := w.s.prepare(ctx, edition, w.s.stopping); err != nil {
		return w.s.outcome(err)
	}
	batches, err := w.s.Batches(ctx, edition)
	if err != nil {
		return w.s.outcome(err)
	}
	if len(batches) == 0 {
		return w.s.outcome(w.s.finish(ctx, edition))
	}
	if batches, err = w.s.Idle(ctx, edition); err != nil {
		return w.s.outcome(err)
	}
	if err := w.s.queueBatches(ctx, edition, batches); err != nil {
		return w.s.outcome(fmt.Errorf("queue the deliveries of edition %d: %w", edition, err))
	}
	_, err = w.s.Renew(ctx, edition, noBatch, nil) // however long they wait for a worker, they are not lost
	return w.s.outcome(err)
}

// queueEdition queues an edition that nobody works on, unless it waits for a worker already, and says whether it did.
func (s *Scheduler) queueEdition(ctx context.Context, edition int64) (queued bool, err error) {
	for instead := int64(0); ; {
		r, err := s.client.Insert(ctx, editionArgs{edition, instead}, nil)
		if err != nil {
			return false, fmt.Errorf("queue edition %d again: %w", edition, err)
		}
		if !killed(r) {
			return !r.UniqueSkippedAsDuplicate, nil
		}
		instead = r.Job.ID
	}
}

// queueBatches queues batches of an edition, but for those that wait for a worker already. Nobody is at work on them; and were there
// somebody, two may be: a delivery is begun by one.
func (s *Scheduler) queueBatches(ctx context.Context, edition int64, batches []int) error {
	var jobs []river.InsertManyParams
	for _, batch := range batches {
		jobs = append(jobs, river.InsertManyParams{Args: deliverArgs{Edition: edition, Batch: batch}})
	}
	for len(jobs) > 0 {
		results, err := s.client.InsertMany(ctx, jobs)
		if err != nil {
			return err
		}
		jobs = nil
		for _, r := range results {
			if !killed(r) {
				continue
			}
			var args deliverArgs
			if err := json.Unmarshal(r.Job.EncodedArgs, &args); err != nil {
				return err
			}
			args.Instead = r.Job.ID
			jobs = append(jobs, river.InsertManyParams{Args: args})
		}
	}
	return nil
}

// killed tells whether a job for what nobody works on was not queued as there is one that says it is running.
func killed(r *rivertype.JobInsertResult) bool {
	return r.UniqueSkippedAsDuplicate && r.Job.State == rivertype.JobStateRunning
}

type deliveryWorker struct {
	river.WorkerDefaults[deliverArgs]
	s *Scheduler
}

// NextRetry is soon: what fails here is the queue, not the deliveries.
func (w deliveryWorker) NextRetry(*river.Job[deliverArgs]) time.Time {
	return w.s.Now().Add(w.s.renewal())
}

// Work sends what may be sent of a batch and sleeps until the next one's time, or finishes the edition.
func (w deliveryWorker) Work(ctx context.Context, job *river.Job[deliverArgs]) error {
	if w.s.stopping() {
		return river.JobSnooze(0)
	}
	next, left, err := w.s.deliver(ctx, job.Args.Edition, job.Args.Batch, w.s.stopping)
	switch {
	case err != nil:
		return w.s.outcome(err)
	case left:
		return w.s.snooze(next)
	}
	return w.s.outcome(w.s.finish(ctx, job.Args.Edition))
}

func (s *Scheduler) finish(ctx context.Context, edition int64) error {
	state, err := s.Finish(ctx, edition)
	if err == nil && over(state) {
		s.Log.InfoContext(ctx, "edition "+string(state), "edition", edition)
	}
	return err
}

// outcome says to River how a job goes on. What the database did not answer is asked again soon; anything else but a pause is
// an error of the job.
func (s *Scheduler) outcome(err error) error {
	var pause *pauseError
	switch {
	case err == nil || errors.Is(err, digest.ErrNotDue) && !errors.As(err, &pause):
		return nil
	case errors.As(err, &pause) && pause.until.IsZero():
		return nil
	case errors.As(err, &pause):
		return s.snooze(pause.until)
	case s.stopping():
		return river.JobSnooze(0)
	case away(err):
		return river.JobSnooze(s.renewal())
	}
	return err
}

func (s *Scheduler) snooze(until time.Time) error {
	return river.JobSnooze(max(until.Sub(s.Now()), 0))
}
