package scheduler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
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

func TestMissedPeriodsAreMailedUpToTheLimitAndOlderOnesArchived(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		lastDue time.Time
		catchUp int
		want    string
	}{
		{"two are missed by default", time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC), 0, "W10a W11a W12 W13 W14"},
		{"one, where the digest says so", time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC), 1, "W10a W11a W12a W13 W14"},
		{"a digest just switched on has the latest alone", time.Time{}, 0, "W14"},
		{"one is late", time.Date(2026, 3, 30, 6, 0, 0, 0, time.UTC), 0, "W14"},
		{"none", time.Date(2026, 4, 6, 6, 0, 0, 0, time.UTC), 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := monday8(1)
			s.LastDue, s.Config.CatchUp = c.lastDue, c.catchUp
			cadence := parse(t, s.Config.Cadence)
			var got []string
			for _, o := range Lacking(s, cadence, at("2026-04-08T12:00:00+02:00")()) {
				label := strings.TrimPrefix(o.Label, "SD-2026-")
				if o.Archive {
					label += "a"
				}
				got = append(got, label)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("lacking %q, want %q", got, c.want)
			}
		})
	}
}

func TestADigestJustSwitchedOnIsDueNowAndNotLate(t *testing.T) {
	t.Parallel()
	s := monday8(1)
	now := at("2026-04-08T12:00:00+02:00")()
	cadence := parse(t, s.Config.Cadence)
	if o := Lacking(s, cadence, now); o[len(o)-1].AtOnce || o[len(o)-1].Due.Equal(now) {
		t.Errorf("one that was on already: %+v", o[len(o)-1])
	}
	s.LastDue = time.Time{}
	o := Lacking(s, cadence, now)
	if len(o) != 1 || !o[0].Due.Equal(now) || !o[0].AtOnce || o[0].Archive || dates(o[0].Period) != "2026-03-30..2026-04-05" {
		t.Fatalf("lacking %+v", o)
	}
	s.LastDue = o[0].Due
	if next := Lacking(s, cadence, at("2026-04-13T07:59:00+02:00")()); len(next) != 0 {
		t.Errorf("before the next Monday it lacks %+v", next)
	}
	if next := Lacking(s, cadence, at("2026-04-13T08:00:00+02:00")()); len(next) != 1 || dates(next[0].Period) != "2026-04-06..2026-04-12" {
		t.Errorf("on the next Monday it lacks %+v", next)
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

func TestAnEditionIsHeldWhileItsManyShortAttemptsGoOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.states[1] = digest.EditionDue
	renewed := make(chan int64, 100)
	m := d.scheduler(t, at("2026-03-09T08:00:00+01:00")).Maker
	m.Renewal = 20 * time.Millisecond
	m.Leases = renewing{d, renewed}
	d.deliver = func(context.Context, int64) (time.Time, error) {
		for { // an attempt ends as soon as the edition was renewed, whatever its own lease
			if delivery := <-renewed; delivery == 0 {
				return time.Time{}, nil
			}
		}
	}
	if state, err := m.Make(t.Context(), 1); err != nil || state != digest.EditionDone {
		t.Errorf("it is %s, %v", state, err)
	}
}

// renewing tells of each renewal, with its delivery.
type renewing struct {
	*desk
	told chan int64
}

func (r renewing) Renew(_ context.Context, _, delivery int64) error {
	select {
	case r.told <- delivery:
	default:
	}
	return nil
}

func TestAnExpressionDueManyTimesForAPeriodMakesOneEdition(t *testing.T) {
	t.Parallel()
	s := monday8(1)
	s.Config.Cadence = digest.CadenceSpec{Kind: "*/10 9-17 * * *", Covers: "day", Zone: "Europe/Berlin"}
	s.LastDue = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var got []string
	for _, o := range Lacking(s, parse(t, s.Config.Cadence), at("2026-03-03T12:00:00+01:00")()) {
		got = append(got, o.Due.Format("02 15:04")+" "+o.Period.First().String())
	}
	if want := "01 09:00 2026-02-28, 02 09:00 2026-03-01, 03 09:00 2026-03-02"; strings.Join(got, ", ") != want {
		t.Errorf("lacking %q", got)
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

func TestADeliveryThatGoesWrongDoesNotKeepTheOthers(t *testing.T) {
	t.Parallel()
	d := newDesk(t, monday8(1))
	d.deliver = func(_ context.Context, delivery int64) (time.Time, error) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if delivery == 11 && d.tries[11] == 1 {
			return time.Time{}, errors.New("the database is away")
		}
		return time.Time{}, nil
	}
	start(t, d.scheduler(t, at("2026-03-09T08:00:00+01:00")))
	d.awaitDone(t, 1)
	if d.tries[11] != 2 || d.tries[12] != 1 {
		t.Errorf("tried %v", d.tries)
	}
}

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
	if err := d.pool.QueryRow(t.Context(), "SELECT count(*) FROM fortnight.river_job WHERE kind = 'collect-edition'").Scan(&jobs); err != nil || jobs != 2 {
		t.Errorf("%d jobs instead of the killed one and a new one, %v", jobs, err)
	}
	start(t, other)
	d.awaitDone(t, 1)
	if d.collects[1] != 1 || d.tries[11] != 1 || d.tries[12] != 1 {
		t.Errorf("collected %v, tried %v", d.collects, d.tries)
	}
}

func TestAnEditionInOtherHandsIsWaitedFor(t *testing.T) {
	t.Parallel()
	on := monday8(1)
	on.LastDue = time.Time{}
	d := newDesk(t, on)
	var mu sync.Mutex
	var asked int
	work := d.work()
	now := time.Now
	work.Collect = func(ctx context.Context, edition int64) ([]digest.Delivery, error) {
		mu.Lock()
		defer mu.Unlock()
		if asked++; asked == 1 {
			return nil, fmt.Errorf("start collecting: %w", heldFor(now().Add(300*time.Millisecond)))
		}
		return d.Collect(ctx, edition)
	}
	s := d.scheduler(t, now)
	s.Work = work
	start(t, s)
	d.awaitDone(t, 1)
	if asked < 2 {
		t.Errorf("asked %d times", asked)
	}
}

type heldFor time.Time

func (h heldFor) Error() string        { return "in other hands" }
func (h heldFor) HeldUntil() time.Time { return time.Time(h) }
func (h heldFor) Is(err error) bool    { return err == digest.ErrNotDue }

func TestMakeTakesAnEditionThroughWithoutAQueue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.states[1] = digest.EditionDue
	now := at("2026-03-09T08:00:00+01:00")
	d.deliver = func(_ context.Context, delivery int64) (time.Time, error) {
		if delivery == 12 {
			return now().Add(time.Minute), nil
		}
		return time.Time{}, nil
	}
	m := d.scheduler(t, now).Maker
	if state, err := m.Make(t.Context(), 1); err != nil || state != digest.EditionReady {
		t.Errorf("with one deferred it is %s, %v", state, err)
	}
	d.deliver, m.Now = nil, func() time.Time { return now().Add(2 * time.Minute) }
	if state, err := m.Make(t.Context(), 1); err != nil || state != digest.EditionDone {
		t.Errorf("after it is sent it is %s, %v", state, err)
	}
	if d.tries[11] != 1 || d.tries[12] != 2 {
		t.Errorf("tried %v", d.tries)
	}
}
