package scheduler

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"fortnight/digest"
)

func TestAStopWaitsForTheMessageInWorkAndLeavesTheRestToAnother(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1))
	sending, answer := make(chan struct{}), make(chan struct{})
	var cutOff error
	d.deliver = func(ctx context.Context, delivery int64) (time.Time, error) {
		if delivery == 11 {
			close(sending)
			<-answer
			cutOff = ctx.Err()
		}
		return time.Time{}, nil
	}
	first := d.scheduler(t, at("2026-03-09T08:00:00+01:00"))
	stop := start(t, first)
	<-sending
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	<-first.stop
	close(answer)
	<-stopped
	if cutOff != nil || d.tries[11] != 1 || d.tries[12] != 0 {
		t.Errorf("the message in work was cut off (%v), or another begun: %v", cutOff, d.tries)
	}
	start(t, d.scheduler(t, at("2026-03-09T08:00:00+01:00")))
	d.awaitDone(t, 1)
	if d.tries[11] != 1 || d.tries[12] != 1 {
		t.Errorf("tried %v", d.tries)
	}
}

func TestWorkThatIsCalledOffComesBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1))
	sending := make(chan struct{})
	d.deliver = func(ctx context.Context, delivery int64) (time.Time, error) {
		d.mu.Lock()
		first := d.tries[delivery] == 1 && delivery == 11
		d.mu.Unlock()
		if first {
			close(sending)
			<-ctx.Done() // a server that never answers
			return time.Time{}, ctx.Err()
		}
		return time.Time{}, nil
	}
	stop := start(t, d.scheduler(t, at("2026-03-09T08:00:00+01:00")))
	<-sending
	stop()
	start(t, d.scheduler(t, at("2026-03-09T08:00:00+01:00")))
	d.awaitDone(t, 1)
	if d.tries[11] != 2 {
		t.Errorf("tried %v", d.tries)
	}
}

// An edition whose source does not even listen, and a mail whose server never answers: both are called off after 15 s.
func TestPromise08AStopEndsWithin20SecondsWithAllRecords(t *testing.T) {
	t.Parallel()
	d := newDesk(t, many(2)...)
	working := make(chan struct{}, 2)
	var recorded time.Time
	d.collect = func(_ context.Context, edition int64) error {
		if edition == 2 { // whichever digest's it is
			working <- struct{}{}
			select {}
		}
		return nil
	}
	d.deliver = func(ctx context.Context, _ int64) (time.Time, error) {
		working <- struct{}{}
		<-ctx.Done()
		time.Sleep(time.Second) // the record of it
		recorded = time.Now()
		return time.Now().Add(time.Hour), nil
	}
	o := d.options(t, at("2026-03-09T08:00:00+01:00"))
	o.Patience, o.Log = 0, slog.New(slog.DiscardHandler)
	stop := start(t, d.schedulerWith(t, o))
	<-working
	<-working
	began := time.Now()
	stop()
	took := time.Since(began)
	d.mu.Lock()
	defer d.mu.Unlock()
	if took < 15*time.Second || took > 20*time.Second || recorded.IsZero() || d.interrupted[2] != 1 {
		t.Errorf("it took %s, recorded %s, given back %v", took, recorded, d.interrupted)
	}
	if len(d.tries) != 1 || d.states[2] != digest.EditionDue {
		t.Errorf("begun %v, the edition is %s", d.tries, d.states[2])
	}
	t.Logf("figures: stopped in %.1f s with a mail and an edition in work", took.Seconds())
}
