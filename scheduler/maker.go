package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fortnight/digest"
)

// Work is the steps of an edition's life: the methods of a digest.Life.
type Work struct {
	Collect func(ctx context.Context, edition int64) ([]digest.Delivery, error)
	Deliver func(ctx context.Context, delivery int64) (retry time.Time, err error)
	Finish  func(ctx context.Context, edition int64) (digest.EditionState, error)
}

// Leases knows what is left to do of an edition, and who is at it.
type Leases interface {
	// Renew keeps an edition, and the delivery of it that is in work (0: none), in this process's hands for some more time;
	// digest.ErrNotDue where the delivery was lost to others.
	Renew(ctx context.Context, edition, delivery int64) error
	// Batches lists the batches of an edition with deliveries that have not come to an end.
	Batches(ctx context.Context, edition int64) ([]int, error)
	// Pending lists those deliveries of a batch, the next first, with the instant from which each may be tried.
	Pending(ctx context.Context, edition int64, batch int) ([]digest.Delivery, error)
	// Abandoned lists the editions with work to do and nobody at it, with the instant since when.
	Abandoned(ctx context.Context) (map[int64]time.Time, error)
}

// Maker takes an edition through its steps in this process, under leases. The jobs use it; `fortnight send` does so directly,
// without a queue.
type Maker struct {
	Work
	Leases
	Renewal time.Duration // between renewals of a lease; 0 means 30 s, well within the two minutes that one lasts
	Now     func() time.Time
	Log     *slog.Logger
}

const renewal = 30 * time.Second

// Make collects an edition unless that is done, and sends whatever of it may be sent now. What is to be sent later (a deferred
// delivery, a subscriber in a zone where the hour has not come) is left to a running `fortnight serve`, which finds it. It says
// how the edition stands in the end.
func (m *Maker) Make(ctx context.Context, edition int64) (digest.EditionState, error) {
	if err := m.collect(ctx, edition); err != nil && !errors.Is(err, digest.ErrNotDue) {
		return "", err
	}
	batches, err := m.Batches(ctx, edition)
	if err != nil {
		return "", err
	}
	var faults []error
	for _, batch := range batches {
		_, _, err := m.deliver(ctx, edition, batch, func() bool { return ctx.Err() != nil })
		faults = append(faults, err)
	}
	state, err := m.Finish(ctx, edition)
	return state, errors.Join(append(faults, err)...)
}

func (m *Maker) collect(ctx context.Context, edition int64) error {
	return m.holding(ctx, edition, 0, func(ctx context.Context) error {
		_, err := m.Collect(ctx, edition)
		return err
	})
}

// deliver tries each delivery of a batch whose time has come, one after another, until enough says so. Where not all have come
// to an end, some are left and next is the instant from which to go on. One that goes wrong does not keep the others from being
// tried.
func (m *Maker) deliver(ctx context.Context, edition int64, batch int, enough func() bool) (next time.Time, left bool, err error) {
	// Many short attempts, each shorter than a renewal, are still one long piece of work on the edition.
	err = m.holding(ctx, edition, 0, func(ctx context.Context) error { return m.try(ctx, edition, batch, enough) })
	if err != nil {
		return time.Time{}, true, err
	}
	pending, err := m.Pending(ctx, edition, batch)
	if err != nil || len(pending) == 0 {
		return time.Time{}, err != nil, err
	}
	return pending[0].NextAt, true, nil
}

func (m *Maker) try(ctx context.Context, edition int64, batch int, enough func() bool) error {
	pending, err := m.Pending(ctx, edition, batch)
	if err != nil {
		return err
	}
	var faults []error
	for _, d := range pending {
		if d.NextAt.After(m.Now()) || enough() {
			break
		}
		var retry time.Time
		err := m.holding(ctx, edition, d.ID, func(ctx context.Context) (err error) {
			retry, err = m.Deliver(ctx, d.ID)
			return err
		})
		switch {
		case err == nil || errors.Is(err, digest.ErrNotDue):
		case !retry.IsZero(): // the ledger has it and knows when to try again
			m.Log.WarnContext(ctx, "delivery put off", "edition", edition, "delivery", d.ID, "until", retry, "error", err)
		default:
			faults = append(faults, fmt.Errorf("delivery %d: %w", d.ID, err))
		}
	}
	return errors.Join(faults...)
}

// holding does a piece of work while it renews the lease on it. Where the lease was lost the work's context is cancelled.
func (m *Maker) holding(ctx context.Context, edition, delivery int64, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(orElse(m.Renewal, renewal))
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			if m.renew(ctx, edition, delivery, done) {
				cancel(digest.ErrNotDue)
				return
			}
		}
	}()
	err := work(ctx)
	close(done)
	<-ended
	if lost := context.Cause(ctx); err != nil && errors.Is(lost, digest.ErrNotDue) {
		err = errors.Join(lost, err)
	}
	cancel(nil)
	return err
}

// renew tells whether the lease was lost. A database that does not answer is no loss: the lease lasts a while yet.
func (m *Maker) renew(ctx context.Context, edition, delivery int64, done <-chan struct{}) (lost bool) {
	err := m.Renew(context.WithoutCancel(ctx), edition, delivery)
	if err == nil {
		return false
	}
	if errors.Is(err, digest.ErrNotDue) {
		select {
		case <-done: // the work has just ended by itself
			return false
		default:
			return true
		}
	}
	m.Log.WarnContext(ctx, "lease not renewed", "edition", edition, "delivery", delivery, "error", err)
	return false
}
