package scheduler

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The desk's collecting and sending cost nothing: what is measured is the scheduler, River and their database.
func TestAThousandEditionsDueInOneMinuteAreOpenedAndWorkedOffAtOnce(t *testing.T) {
	t.Parallel()
	const n = 1000
	d := newDesk(t, many(n)...)
	began := time.Now()
	now := func() time.Time { return at("2026-03-09T07:59:59.5+01:00")().Add(time.Since(began)) }
	due := at("2026-03-09T08:00:00+01:00")()
	var mu sync.Mutex
	var collects, sends []time.Duration
	d.collect = func(context.Context, int64) error {
		mu.Lock()
		defer mu.Unlock()
		collects = append(collects, now().Sub(due))
		return nil
	}
	d.deliver = func(_ context.Context, delivery int64) (time.Time, error) {
		mu.Lock()
		defer mu.Unlock()
		if delivery%10 == 1 { // an edition's first
			sends = append(sends, now().Sub(due))
		}
		return time.Time{}, nil
	}
	start(t, d.scheduler(t, now))
	awaitAll(t, d.finished, n)
	slices.Sort(collects)
	slices.Sort(sends)
	if len(d.opened) != n || len(collects) != n || len(sends) != n {
		t.Errorf("opened %d, collected %d, sent %d", len(d.opened), len(collects), len(sends))
	}
	if p99 := sends[n*99/100]; p99 > time.Minute {
		t.Errorf("the first attempts began %s after the due (p99)", p99)
	}
	t.Logf("figures: %d editions due at once: first collected after %d ms, the last after %.2f s; first attempts p50 %.2f s, p99 %.2f s after the due",
		n, collects[0].Milliseconds(), collects[n-1].Seconds(), sends[n/2].Seconds(), sends[n*99/100].Seconds())
}

func TestAQueuedEditionIsBegunAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	begun := make(chan time.Time, 1)
	d.collect = func(context.Context, int64) error { begun <- time.Now(); return nil }
	s := d.scheduler(t, time.Now)
	start(t, s)
	weekly := monday8(1)
	cadence := parse(t, weekly.Config.Cadence)
	var waits []time.Duration
	for range 20 {
		queued := time.Now()
		o := opening(weekly, cadence.Due(queued.AddDate(0, 0, 7*len(waits)), 1)[0])
		if _, err := d.Open(t.Context(), o, func(tx pgx.Tx, edition int64) error { return s.InsertTx(t.Context(), tx, edition, queued) }); err != nil {
			t.Fatal(err)
		}
		waits = append(waits, (<-begun).Sub(queued))
		time.Sleep(30 * time.Millisecond)
	}
	slices.Sort(waits)
	if waits[10] > 500*time.Millisecond {
		t.Errorf("half of them waited %s", waits[10])
	}
	t.Logf("figures: from queued to begun p50 %d ms, longest %d ms", waits[10].Milliseconds(), waits[19].Milliseconds())
}
