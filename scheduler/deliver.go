package scheduler

import (
	"context"
	"sync"
	"time"

	"fortnight/digest"
)

const (
	turn    = 3 * time.Minute // after which a batch lets others have the worker
	blocked = 6 * time.Second // after which one does of which no delivery could begin: a bit longer than a connection waits for a domain
	pausing = 5 * time.Second // until it is looked whether a relay or a domain that asked for a pause takes more
)

// deliver sends those deliveries of a batch whose time has come, until stopping says so. Where not all have come to an end, some
// are left and next is the instant from which to go on. An error is a *pauseError, or the database's.
func (m *Maker) deliver(ctx context.Context, edition int64, batch int, stopping func() bool) (next time.Time, left bool, err error) {
	pending, err := m.Pending(ctx, edition, batch)
	if err != nil || len(pending) == 0 {
		return time.Time{}, false, err
	}
	if first := pending[0].NextAt; first.After(m.Now()) {
		return first, true, nil
	}
	h := &digest.Hand{}
	if m.renew(ctx, edition, batch, h) { // at once: that the batch was begun is known even where this process is killed in a moment
		return time.Time{}, false, digest.ErrNotDue
	}
	p := &patience{hand: h, now: m.Now, stopping: stopping, end: m.Now().Add(turn)}
	err = m.holding(ctx, edition, batch, h, func(ctx context.Context) error {
		return guarded(func() error { return m.Deliver(ctx, edition, pending, h, p.enough) })
	})
	if err != nil {
		return time.Time{}, true, m.ended(ctx, edition, false, err)
	}
	if pending, err = m.Pending(ctx, edition, batch); err != nil || len(pending) == 0 {
		return time.Time{}, false, err
	}
	next = m.resume(pending, h, p)
	if err := m.recording(ctx, func(ctx context.Context) error { return m.Rest(ctx, edition, batch, next) }); err != nil {
		m.Log.WarnContext(ctx, "a batch that rests was not noted", "edition", edition, "batch", batch, "error", err)
	}
	return next, true, nil
}

// resume is the instant from which to go on with what a round has left: at once where it was ended for others, else when the first
// may be tried, or when those that may be tried already may begin.
func (m *Maker) resume(pending []digest.Delivery, h *digest.Hand, p *patience) time.Time {
	now := m.Now()
	next := pending[0].NextAt
	if next.After(now) || p.outOfTime() {
		return next
	}
	if next = h.Again(); !next.After(now) {
		next = now.Add(pausing)
	}
	for _, d := range pending {
		if d.NextAt.After(now) {
			return earlier(next, d.NextAt)
		}
	}
	return next
}

// patience says when a batch has had its turn.
type patience struct {
	hand     *digest.Hand
	now      func() time.Time
	stopping func() bool
	end      time.Time

	mu   sync.Mutex
	idle time.Time // since when the hand was found empty
	over bool
}

// enough tells a round that it is over: the process ends, others have waited long enough, or nothing could begin for a while.
func (p *patience) enough() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.stopping() || now.After(p.end) {
		p.over = true
		return true
	}
	if len(p.hand.Held()) > 0 {
		p.idle = time.Time{}
		return false
	}
	if p.idle.IsZero() {
		p.idle = now
	}
	return now.Sub(p.idle) > blocked
}

// outOfTime tells whether a round was ended for others, and may go on at once.
func (p *patience) outOfTime() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}
