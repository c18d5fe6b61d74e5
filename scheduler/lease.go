package scheduler

import (
	"context"
	"errors"
	"time"

	"fortnight/digest"
)

// Leases knows what is left to do of an edition, and who is at it.
type Leases interface {
	// Renew keeps an edition, a batch of it (noBatch: none) and those of its deliveries that are in work in this process's hands for some
	// more time. It lists those that were lost to others. digest.ErrNotDue: the edition was.
	Renew(ctx context.Context, edition int64, batch int, held []digest.Delivery) (lost []int64, err error)
	// Rest says that nobody has to be at a batch until an instant: it is queued again for then.
	Rest(ctx context.Context, edition int64, batch int, until time.Time) error
	// Idle lists those batches with deliveries that have not come to an end that nobody works on.
	Idle(ctx context.Context, edition int64) ([]int, error)
	// Batches lists the batches of an edition with deliveries that have not come to an end.
	Batches(ctx context.Context, edition int64) ([]int, error)
	// Pending lists those deliveries of a batch, the next first, with the instant from which each may be tried.
	Pending(ctx context.Context, edition int64, batch int) ([]digest.Delivery, error)
	// Abandoned lists the editions with work to do and nobody at it, or at a batch of it, with the instant since when.
	Abandoned(ctx context.Context) (map[int64]time.Time, error)
}

// renewal is a quarter of what a lease lasts.
const renewal = 5 * time.Second

// noBatch is said where it is no batch that an edition is worked on for.
const noBatch = -1

var errLost = errors.New("the lease was lost to others")

// holding does a piece of work on an edition while it renews the leases on it and on the deliveries in hand. Where the edition's was
// lost the work is called off, and the error is an errLost; a delivery that was lost is called off by itself.
func (m *Maker) holding(ctx context.Context, edition int64, batch int, h *digest.Hand, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	renewing, done := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(m.renewal())
		defer ticker.Stop()
		for {
			select {
			case <-renewing.Done():
				return
			case <-ticker.C:
			}
			if m.renew(renewing, edition, batch, h) {
				cancel(errLost)
				return
			}
		}
	}()
	err := work(ctx)
	done()
	<-ended
	if err != nil && errors.Is(context.Cause(ctx), errLost) {
		err = errors.Join(errLost, err)
	}
	return err
}

// renew tells whether the edition's lease was lost. A database that does not answer is no loss: the lease lasts a while yet.
func (m *Maker) renew(ctx context.Context, edition int64, batch int, h *digest.Hand) (lost bool) {
	asking, cancel := context.WithTimeout(ctx, m.renewal())
	defer cancel()
	gone, err := m.Renew(asking, edition, batch, h.Held())
	for _, delivery := range gone {
		h.Lose(delivery)
		m.Log.WarnContext(ctx, "delivery lost to others", "edition", edition, "delivery", delivery)
	}
	if ctx.Err() != nil { // the work has just ended by itself
		return false
	}
	if err != nil && !errors.Is(err, digest.ErrNotDue) {
		m.Log.WarnContext(ctx, "lease not renewed", "edition", edition, "error", err)
	}
	return errors.Is(err, digest.ErrNotDue)
}

func (m *Maker) renewal() time.Duration { return orElse(m.Renewal, renewal) }
