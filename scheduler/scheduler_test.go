package scheduler

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fortnight/digest"
)

func at(s string) func() time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return func() time.Time { return t }
}

func TestADueEditionIsOpenedOnceByManySchedulers(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1))
	now := at("2026-03-09T08:00:00+01:00")
	for range 2 {
		start(t, d.scheduler(t, now))
	}
	d.awaitDone(t, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.opened) != 1 || d.opened[0].Label != "SD-2026-W10" || dates(d.opened[0].Period) != "2026-03-02..2026-03-08" || d.opened[0].Archive {
		t.Errorf("opened %+v", d.opened)
	}
	if d.collects[1] != 1 || d.tries[11] != 1 || d.tries[12] != 1 {
		t.Errorf("collected %v, tried %v", d.collects, d.tries)
	}
}

func TestNothingIsOpenedBeforeItIsDue(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1))
	if err := d.scheduler(t, at("2026-03-09T07:59:59+01:00")).Tick(t.Context()); err != nil || len(d.opened) != 0 {
		t.Errorf("opened %+v, %v", d.opened, err)
	}
}

func TestTheLogIsFreeOfRiversCounts(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	l := slog.New(faultsOnly{slog.NewTextHandler(&log, nil)}).With("a", 1).WithGroup("g")
	l.Info("Producer job counts")
	l.Warn("Something is wrong")
	if strings.Contains(log.String(), "Producer") || !strings.Contains(log.String(), "Something is wrong") {
		t.Errorf("the log is %q", &log)
	}
}

func TestADigestThatCannotBeScheduledDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	broken := monday8(1)
	broken.Config.Key, broken.Config.Cadence.Zone = "broken", "Mars/Olympus"
	d := newDesk(t, broken, monday8(2))
	err := d.scheduler(t, at("2026-03-09T08:00:00+01:00")).Tick(t.Context())
	if err == nil || !strings.Contains(err.Error(), `schedule desk/broken: zone "Mars/Olympus": no such zone`) {
		t.Errorf("the error is %v", err)
	}
	if len(d.opened) != 1 || d.opened[0].Digest != 2 {
		t.Errorf("opened %+v", d.opened)
	}
}

func TestADeferredDeliveryIsTriedAgainAtItsTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1))
	began := time.Now()
	now := func() time.Time { return at("2026-03-09T08:00:00+01:00")().Add(time.Since(began)) }
	var mu sync.Mutex
	var tries []time.Time
	d.deliver = func(_ context.Context, delivery int64) (time.Time, error) {
		mu.Lock()
		defer mu.Unlock()
		if delivery != 12 {
			return time.Time{}, nil
		}
		tries = append(tries, now())
		if len(tries) < 3 {
			return now().Add(700 * time.Millisecond), nil
		}
		return time.Time{}, nil
	}
	start(t, d.scheduler(t, now))
	d.awaitDone(t, 1)
	if d.tries[11] != 1 || len(tries) != 3 {
		t.Fatalf("tried %v", d.tries)
	}
	for i := 1; i < len(tries); i++ {
		if pause := tries[i].Sub(tries[i-1]); pause < 700*time.Millisecond {
			t.Errorf("try %d came after %s", i+1, pause)
		}
	}
}

func TestAnEditionOfAKilledProcessIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1))
	killed := d.scheduler(t, at("2026-03-09T08:00:00+01:00"))
	if err := killed.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	// What a kill leaves: a job that says it is running, and nobody who runs it.
	if _, err := d.pool.Exec(t.Context(), "UPDATE fortnight.river_job SET state = 'running', attempted_at = now(), attempt = 1, attempted_by = ARRAY['gone']"); err != nil {
		t.Fatal(err)
	}
	other := d.scheduler(t, at("2026-03-09T08:03:00+01:00"))
	d.abandoned[1] = at("2026-03-09T08:02:00+01:00")()
	var jobs int
	for range 5 {
		if err := other.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.pool.QueryRow(t.Context(), "SELECT count(*) FROM fortnight.river_job WHERE kind = 'make-edition'").Scan(&jobs); err != nil || jobs != 2 {
		t.Errorf("%d jobs instead of the killed one and a new one, %v", jobs, err)
	}
	start(t, other)
	d.awaitDone(t, 1)
	if d.collects[1] != 1 || d.tries[11] != 1 || d.tries[12] != 1 {
		t.Errorf("collected %v, tried %v", d.collects, d.tries)
	}
}

// A process that is killed before it has renewed the edition's lease leaves the instant at which that ran out as it was.
func TestAnEditionIsTakenUpAgainHoweverManyProcessesAreKilledAtIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1))
	d.deliver = func(context.Context, int64) (time.Time, error) { return time.Now().Add(time.Hour), nil }
	kill := func() { // what it leaves: jobs that say they are running, and nobody who runs them
		t.Helper()
		if _, err := d.pool.Exec(t.Context(), `UPDATE fortnight.river_job SET state = 'running', attempted_at = now(), attempt = 1, attempted_by = ARRAY['gone']
			WHERE finalized_at IS NULL`); err != nil {
			t.Fatal(err)
		}
	}
	await := func(what, question string) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			var there bool
			if err := d.pool.QueryRow(t.Context(), question).Scan(&there); err != nil {
				t.Fatal(err)
			}
			if there {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("never: %s", what)
			}
		}
	}
	due := at("2026-03-09T08:00:00+01:00")
	abandon := func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.abandoned[1] = due()
		for delivery := range d.due[1] {
			d.due[1][delivery] = time.Time{}
		}
	}
	if err := d.scheduler(t, due).Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // with the edition's job
		kill()
		abandon()
		if err := d.scheduler(t, due).Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 { // with its deliveries'
		stop := start(t, d.scheduler(t, due))
		await("its deliveries are tried", "SELECT count(*) > 0 FROM fortnight.river_job WHERE kind = 'deliver-batch' AND state = 'scheduled'")
		stop()
		kill()
		abandon()
	}
	d.mu.Lock()
	d.deliver = nil
	d.mu.Unlock()
	start(t, d.scheduler(t, due))
	d.awaitDone(t, 1)
}

func TestAnEditionThatWaitsForItsSourceIsMadeWhenItsTimeHasCome(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1))
	began := time.Now()
	now := func() time.Time { return at("2026-03-09T08:00:00+01:00")().Add(time.Since(began)) }
	var until time.Time
	d.collect = func(context.Context, int64) error {
		if until.IsZero() {
			until = now().Add(500 * time.Millisecond)
			return &digest.NotYetError{Until: until, Reason: "the source has data up to 07:10 only"}
		}
		if now().Before(until) {
			t.Error("it was looked at before its time")
		}
		return nil
	}
	start(t, d.scheduler(t, now))
	d.awaitDone(t, 1)
	if d.collects[1] != 2 || len(d.reasons) != 0 {
		t.Errorf("tried %v, failed %v", d.collects, d.reasons)
	}
}

func TestAnEditionInOtherHandsIsWaitedFor(t *testing.T) {
	t.Parallel()
	on := monday8(1)
	on.LastDue = time.Time{}
	d := newDesk(t, on)
	asked := 0
	d.collect = func(context.Context, int64) error {
		if asked++; asked == 1 {
			return fmt.Errorf("start collecting: %w", heldFor(time.Now().Add(300*time.Millisecond)))
		}
		return nil
	}
	start(t, d.scheduler(t, time.Now))
	d.awaitDone(t, 1)
	if asked < 2 {
		t.Errorf("asked %d times", asked)
	}
}

func TestAnEditionThatPanicsIsParkedAndTheOthersAreUntouched(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1), monday8(2), monday8(3))
	d.again = 50 * time.Millisecond
	var broken int64
	d.render = func(_ context.Context, edition int64) error {
		d.register.mu.Lock()
		defer d.register.mu.Unlock()
		if d.opened[edition-1].Digest == 2 {
			broken = edition
			panic("a template")
		}
		return nil
	}
	now := time.Now()
	o := d.options(t, func() time.Time { return at("2026-03-09T08:00:00+01:00")().Add(time.Since(now)) })
	o.Log = slog.New(slog.DiscardHandler)
	start(t, d.schedulerWith(t, o))
	for range 3 {
		select {
		case <-d.finished:
		case <-time.After(30 * time.Second):
			t.Fatal("they did not come to an end")
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for edition, state := range d.states {
		if (state == digest.EditionParked) != (edition == broken) || state != digest.EditionParked && state != digest.EditionDone {
			t.Errorf("edition %d is %s", edition, state)
		}
	}
	if d.reasons[broken] != "panic: a template" || len(d.tries) != 4 || d.renders[broken] != 3 {
		t.Errorf("parked for %q after %d tries; mails %v", d.reasons[broken], d.renders[broken], d.tries)
	}
}

func TestMailsThatStallDoNotKeepEditionsFromBeingMadeNorTheOtherWayRound(t *testing.T) {
	t.Parallel()
	t.Run("mails stall", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, many(6)...)
		made := make(chan int64, 6)
		d.collect = func(_ context.Context, edition int64) error { made <- edition; return nil }
		d.deliver = func(ctx context.Context, _ int64) (time.Time, error) { <-ctx.Done(); return time.Time{}, ctx.Err() }
		o := d.options(t, at("2026-03-09T08:00:00+01:00"))
		o.Workers, o.Deliveries, o.Patience = 1, 1, time.Second
		start(t, d.schedulerWith(t, o))
		awaitAll(t, made, 6)
	})
	t.Run("collecting stalls", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, many(6)...)
		begun := 0 // by the one worker
		d.collect = func(ctx context.Context, _ int64) error {
			if begun++; begun == 4 {
				<-ctx.Done()
			}
			return ctx.Err()
		}
		o := d.options(t, at("2026-03-09T08:00:00+01:00"))
		o.Workers, o.Deliveries, o.Patience = 1, 1, time.Second
		start(t, d.schedulerWith(t, o))
		awaitAll(t, d.finished, 3) // the editions that were made before go out
	})
}

// many gives digests that are all due on Monday at 08:00 in Berlin.
func many(n int64) (all []digest.Scheduled) {
	for id := range n {
		d := monday8(id + 1)
		d.Config.Key = fmt.Sprintf("weekly-%d", id+1)
		all = append(all, d)
	}
	return all
}

func awaitAll(t testing.TB, told <-chan int64, n int) {
	t.Helper()
	enough := time.After(2 * time.Minute)
	for i := range n {
		select {
		case <-told:
		case <-enough:
			t.Fatalf("%d of %d came", i, n)
		}
	}
}

func TestAnEditionIsQueuedForItsPlaceInTheJitterWindow(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1), monday8(2))
	d.digests[0].Config.Jitter = time.Hour
	due := at("2026-03-09T08:00:00+01:00")
	if err := d.scheduler(t, due).Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	place := Jitter("desk/weekly", time.Hour)
	var scheduled time.Time
	if err := d.pool.QueryRow(t.Context(), "SELECT scheduled_at FROM fortnight.river_job WHERE state = 'scheduled'").Scan(&scheduled); err != nil ||
		!scheduled.Equal(due().Add(place)) || place < time.Second {
		t.Errorf("it is queued for %s, its place is %s after the due; %v", scheduled, place, err)
	}
	var ready int
	if err := d.pool.QueryRow(t.Context(), "SELECT count(*) FROM fortnight.river_job WHERE state = 'available'").Scan(&ready); err != nil || ready != 1 {
		t.Errorf("%d without a window are ready, %v", ready, err)
	}
}

func TestWhoAsksIsToldOfThePeriodsThatWereMissed(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1))
	o := d.options(t, at("2026-04-08T12:00:00+02:00"))
	told := make(chan string, 10)
	o.Missed = func(_ context.Context, s digest.Scheduled, missed []digest.Opening) {
		told <- s.Name() + ": " + openings(missed)
	}
	s := d.schedulerWith(t, o)
	for range 2 {
		if err := s.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := openings(d.opened); got != "W10a W11a W12al W13al W14[W13 W12]" {
		t.Errorf("opened %q", got)
	}
	if first := <-told; first != "desk/weekly: W10a W11a W12al W13al" || len(told) != 0 {
		t.Errorf("told %q, and %d more", first, len(told))
	}
}

// The admin's mail may wait for a mail server that says nothing.
func TestTellingOfMissedPeriodsHoldsUpNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1), monday8(2))
	o := d.options(t, at("2026-04-08T12:00:00+02:00"))
	answer := make(chan struct{})
	defer close(answer)
	o.Missed = func(context.Context, digest.Scheduled, []digest.Opening) { <-answer }
	looked := make(chan error, 1)
	go func() { looked <- d.schedulerWith(t, o).Tick(t.Context()) }()
	select {
	case err := <-looked:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the schedule waits")
	}
}

// deaf is a calendar whose first question has no answer: its database's machine is gone, and no packet says so.
type deaf struct {
	*desk
	asked atomic.Int32
}

func (d *deaf) Scheduled(ctx context.Context) ([]digest.Scheduled, error) {
	if d.asked.Add(1) == 1 {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return d.desk.Scheduled(ctx)
}

func TestALookThatHasNoAnswerIsNotWaitedForForEver(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1))
	o := d.options(t, at("2026-03-09T08:00:00+01:00"))
	o.Log = slog.New(slog.DiscardHandler)
	s, err := New(d.pool, &deaf{desk: d}, d, d.work(), o)
	if err != nil {
		t.Fatal(err)
	}
	s.longest = 500 * time.Millisecond
	start(t, s)
	d.awaitDone(t, 1)
}
