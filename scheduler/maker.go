package scheduler

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"fortnight/digest"
)

// Work is the steps of an edition's life: methods of a digest.Life and of its ledger.
type Work struct {
	Collect func(ctx context.Context, edition int64) (planned int, err error)
	Render  func(ctx context.Context, edition int64) error
	Deliver func(ctx context.Context, edition int64, pending []digest.Delivery, h *digest.Hand, enough func() bool) error
	Finish  func(ctx context.Context, edition int64) (digest.EditionState, error)
	// Failed records that a try at an edition came to nothing, and why. It gives the instant of the next one, or a state in which
	// there is none (parked).
	Failed func(ctx context.Context, edition int64, reason string) (state digest.EditionState, again time.Time, err error)
	// Interrupted records that a try was called off by this process, and is no try.
	Interrupted func(ctx context.Context, edition int64) error
}

// Maker takes an edition through its steps in this process, under leases. The jobs use it; `fortnight send` does so directly,
// without a queue.
type Maker struct {
	Work
	Leases
	Renewal time.Duration // between renewals of a lease, a quarter of what it lasts; 0 means 5 s
	Limit   time.Duration // after which collecting an edition, or rendering it, counts as failed; 0 means 10 min
	Now     func() time.Time
	Log     *slog.Logger
}

const (
	limit   = 10 * time.Minute
	writing = 3 * time.Second // for what is recorded when work was called off
	sendAll = 4               // batches that Make sends at a time

	madeElsewhere = 200 * time.Millisecond // until Make looks again whether another has made the mails
)

// Make collects and renders an edition unless that is done, and sends whatever of it may be sent now. What is to be sent later (a
// deferred delivery, a subscriber in a zone where the hour has not come) is left to a running `fortnight serve`, which finds it. It
// says how the edition stands in the end; an error is what keeps it from going further.
func (m *Maker) Make(ctx context.Context, edition int64) (digest.EditionState, error) {
	off := func() bool { return ctx.Err() != nil }
	for {
		err := m.prepare(ctx, edition, off)
		var held interface{ HeldUntil() time.Time }
		if errors.As(err, &held) && !off() { // its mails are being made by another: to send without them would be a failed try
			sleep(ctx, madeElsewhere)
			continue
		}
		if err != nil && !errors.Is(err, digest.ErrNotDue) {
			return "", err
		}
		break
	}
	batches, err := m.Batches(ctx, edition)
	if err != nil {
		return "", err
	}
	faults := make([]error, len(batches)+1)
	var sending sync.WaitGroup
	free := make(chan struct{}, sendAll)
	for i, batch := range batches {
		free <- struct{}{}
		sending.Go(func() {
			defer func() { <-free }()
			_, _, faults[i] = m.deliver(ctx, edition, batch, off)
		})
	}
	sending.Wait()
	state, err := m.Finish(ctx, edition)
	faults[len(batches)] = err
	return state, errors.Join(faults...)
}

// prepare collects and renders an edition, as far as that is not done. An error is a *pauseError.
func (m *Maker) prepare(ctx context.Context, edition int64, stopping func() bool) error {
	collect := func(ctx context.Context) error {
		planned, err := m.Collect(ctx, edition)
		if err == nil {
			m.Log.InfoContext(ctx, "edition collected", "edition", edition, "deliveries", planned)
		}
		return err
	}
	render := func(ctx context.Context) error { return m.Render(ctx, edition) }
	for _, step := range []func(context.Context) error{collect, render} {
		if stopping() {
			return &pauseError{m.Now(), errStopping}
		}
		err := m.holding(ctx, edition, noBatch, &digest.Hand{}, func(ctx context.Context) error {
			return limited(ctx, orElse(m.Limit, limit), step)
		})
		if err = m.ended(ctx, edition, true, err); err != nil {
			return err
		}
	}
	return nil
}

// ended says how to go on after a step of an edition: nil, or a *pauseError. Waiting, being called off and a database that
// does not answer are no failures; where the step had begun a try, that is given back.
func (m *Maker) ended(ctx context.Context, edition int64, try bool, err error) error {
	var wait *digest.NotYetError
	var held interface{ HeldUntil() time.Time }
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errLost):
		m.Log.WarnContext(ctx, "edition lost to others", "edition", edition)
		return &pauseError{m.Now().Add(4 * m.renewal()), err}
	case errors.As(err, &wait):
		m.Log.InfoContext(ctx, "edition waits", "edition", edition, "until", wait.Until, "for", wait.Reason)
		return &pauseError{wait.Until, err}
	case errors.As(err, &held):
		return &pauseError{held.HeldUntil(), err}
	case errors.Is(err, digest.ErrNotDue):
		return nil
	case ctx.Err() != nil:
		if try {
			m.giveBack(ctx, edition)
		}
		return &pauseError{m.Now(), err}
	case away(err) && !errors.Is(err, digest.ErrHangs): // that would be a source's
		m.Log.WarnContext(ctx, "the database does not answer", "edition", edition, "error", err)
		if try {
			m.giveBack(ctx, edition)
		}
		return &pauseError{m.Now().Add(m.renewal()), err}
	}
	return m.fail(ctx, edition, err)
}

// giveBack takes back the try that was begun. A database that was away may be back in a moment.
func (m *Maker) giveBack(ctx context.Context, edition int64) {
	for try := range 4 {
		err := m.recording(ctx, func(ctx context.Context) error { return m.Interrupted(ctx, edition) })
		if err == nil || errors.Is(err, digest.ErrNotDue) {
			return
		}
		if try == 3 || ctx.Err() != nil || !away(err) {
			m.Log.WarnContext(ctx, "a try that was called off counts", "edition", edition, "error", err)
			return
		}
		sleep(ctx, m.renewal())
	}
}

// fail records a failed try of an edition, and says when the next one is, as a *pauseError.
func (m *Maker) fail(ctx context.Context, edition int64, why error) error {
	var panicked interface{ Stack() string }
	attributes := []any{"edition", edition, "error", why}
	if errors.As(why, &panicked) {
		attributes = append(attributes, "stack", panicked.Stack())
	}
	m.Log.ErrorContext(ctx, "edition failed", attributes...)
	var state digest.EditionState
	var again time.Time
	err := m.recording(ctx, func(ctx context.Context) (err error) {
		state, again, err = m.Failed(ctx, edition, why.Error())
		return err
	})
	switch {
	case errors.Is(err, digest.ErrNotDue):
		return &pauseError{time.Time{}, why}
	case err != nil:
		m.Log.WarnContext(ctx, "a failed try was not recorded", "edition", edition, "error", err)
		return &pauseError{m.Now().Add(4 * m.renewal()), why}
	case over(state):
		m.Log.ErrorContext(ctx, "edition "+string(state), "edition", edition, "reason", why)
		return &pauseError{time.Time{}, why}
	}
	return &pauseError{again, why}
}

// over tells whether an edition in a state is worked on no more, unless a person says so.
func over(s digest.EditionState) bool {
	switch s {
	case digest.EditionDone, digest.EditionHeld, digest.EditionParked, digest.EditionArchived, digest.EditionDiscarded:
		return true
	}
	return false
}

// recording does what is to be done even where the work's context has ended.
func (m *Maker) recording(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writing)
	defer cancel()
	return f(ctx)
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
