package ledger_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

const lease = 20 * time.Second // of the tests' ledgers

// holds collects an edition without traffic and has it held for a reason.
func holds(t testing.TB, b book, edition int64, why string) int64 {
	t.Helper()
	e, err := b.StartCollecting(t.Context(), edition)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := b.KeepSnapshot(t.Context(), edition, snapshot(e, 0, 0), "hash", why); err != nil || n != 0 {
		t.Fatalf("%d deliveries of what is held, %v", n, err)
	}
	return edition
}

// parks has an edition collected three times in vain.
func parks(t testing.TB, b book, edition int64, why string) {
	t.Helper()
	for range 3 {
		if _, err := b.StartCollecting(t.Context(), edition); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Failed(t.Context(), edition, why); err != nil {
			t.Fatal(err)
		}
		b.clock.pass(2 * time.Minute)
	}
	if e, _, err := b.Edition(t.Context(), edition); err != nil || e.State != digest.EditionParked {
		t.Fatalf("it is %s, %v", e.State, err)
	}
}

func TestAnEditionIsCollectedOnceAndTakenUpAgainAfterAKill(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := opened(t, b, "2020-03-23")
	e, err := b.StartCollecting(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if e.Name() != "desk/weekly" || e.Label != "SD-2020-W13" || e.State != digest.EditionCollecting || e.Project.Sources[0].DSN != sourceDSN {
		t.Errorf("the edition is %+v", e)
	}
	if e.Period.Hours() != 168 || e.Period.Location().String() != "America/New_York" || !e.Due.Equal(monday) {
		t.Errorf("its period is %v, due %v", e.Period, e.Due)
	}

	var held *ledger.HeldError
	if _, err := b.StartCollecting(t.Context(), id); !errors.Is(err, digest.ErrNotDue) || !errors.As(err, &held) || !held.Until.Equal(monday.Add(20*time.Second)) {
		t.Errorf("a second collector gets %v", err)
	}
	b.clock.pass(15 * time.Second)
	if _, err := b.Renew(t.Context(), id, 0, nil); err != nil {
		t.Fatal(err)
	}
	b.clock.pass(15 * time.Second)
	if _, err := b.StartCollecting(t.Context(), id); !errors.As(err, &held) {
		t.Errorf("the lease was renewed, and a second collector gets %v", err)
	}
	b.clock.pass(6 * time.Second) // the first was killed
	if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 0 {
		t.Errorf("while its own job may still come back to it, abandoned are %v, %v", abandoned, err)
	}
	b.clock.pass(10 * time.Second)
	if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 1 {
		t.Errorf("abandoned are %v, %v", abandoned, err)
	}
	if n := len(ready(t, b, id, 307, 192)); n != 3 {
		t.Errorf("%d deliveries", n)
	}
	if _, err := b.StartCollecting(t.Context(), id); !errors.Is(err, digest.ErrNotDue) || errors.As(err, new(*ledger.HeldError)) {
		t.Errorf("a collected edition gives %v", err)
	}
	if _, err := b.KeepSnapshot(t.Context(), id, snapshot(e, 1, 1), "x", ""); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("a second snapshot gives %v", err)
	}
}

func TestAnEditionThatIsPutOffWaitsAndKeepsItsTriesAndItsStart(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := opened(t, b, "2020-03-23")
	for i := range 10 { // far more often than tries are counted
		if e, err := b.StartCollecting(t.Context(), id); err != nil || e.Tries != 1 || !e.Start.Equal(monday) {
			t.Fatalf("time %d it is %+v, %v", i, e, err)
		}
		until := b.clock.now().Add(5 * time.Minute)
		if err := b.PutOff(t.Context(), id, until, "the source has data up to 23:10 only"); err != nil {
			t.Fatal(err)
		}
		var held *ledger.HeldError
		if _, err := b.StartCollecting(t.Context(), id); !errors.As(err, &held) || !held.Until.Equal(until) {
			t.Errorf("meanwhile it gives %v", err)
		}
		b.clock.pass(5 * time.Minute)
		if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 0 {
			t.Errorf("abandoned are %v, %v", abandoned, err)
		}
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.State != digest.EditionDue || e.Reason != "the source has data up to 23:10 only" || e.Tries != 0 {
		t.Errorf("it is %+v, %v", e, err)
	}
	if err := b.PutOff(t.Context(), id, monday, "again"); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("putting off what nobody collects gives %v", err)
	}
	ready(t, b, id, 307, 192)
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.Reason != "" {
		t.Errorf("collected, it still waits: %q, %v", e.Reason, err)
	}
}

func TestThreeTriesInVainParkAnEditionWithTheLastReason(t *testing.T) {
	t.Parallel()
	b := filled(t)
	other := opened(t, b, "2020-03-16")
	id := opened(t, b, "2020-03-23")
	for i, c := range []struct {
		reason string
		state  digest.EditionState
		pause  time.Duration
	}{
		{"column messages.kind is missing", digest.EditionDue, time.Minute},
		{"the template panicked: \xff\x00 nil map", digest.EditionDue, 2 * time.Minute},
		{strings.Repeat("a row of 50 MB ", 1000), digest.EditionParked, 0},
	} {
		if _, err := b.StartCollecting(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // what hung was called off
		state, again, err := b.Failed(ctx, id, c.reason)
		if err != nil || state != c.state || c.pause == 0 && !again.IsZero() || c.pause != 0 && !again.Equal(b.clock.now().Add(c.pause)) {
			t.Fatalf("after try %d it is %s until %s, %v", i+1, state, again, err)
		}
		if same, at, err := b.Failed(t.Context(), id, "told twice"); err != nil || same != c.state || !at.Equal(again) {
			t.Errorf("told twice, it is %s until %s, %v", same, at, err)
		}
		if c.pause != 0 {
			b.clock.pass(c.pause - time.Second)
			if _, err := b.StartCollecting(t.Context(), id); !errors.As(err, new(*ledger.HeldError)) {
				t.Errorf("before the pause is over it gives %v", err)
			}
			b.clock.pass(time.Second)
		}
	}
	e, _, err := b.Edition(t.Context(), id)
	if err != nil || e.State != digest.EditionParked || e.Tries != 3 || !strings.HasPrefix(e.Reason, "a row of 50 MB a row") || len(e.Reason) > 2010 {
		t.Errorf("it is %s after %d tries: %d octets of reason, %v", e.State, e.Tries, len(e.Reason), err)
	}
	if _, err := b.StartCollecting(t.Context(), id); !errors.Is(err, digest.ErrNotDue) || errors.As(err, new(*ledger.HeldError)) {
		t.Errorf("parked, it gives %v", err)
	}
	b.clock.pass(time.Hour)
	abandoned, err := b.Abandoned(t.Context())
	if _, ok := abandoned[id]; ok || err != nil {
		t.Errorf("parked, it is taken up again, %v", err)
	}
	if n := len(ready(t, b, other, 1, 1)); n != 3 {
		t.Errorf("of another edition there are %d deliveries", n)
	}
}

func TestAnEditionThatKillsItsProcessThreeTimesIsParked(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := opened(t, b, "2020-03-23")
	for i := range 3 {
		if e, err := b.StartCollecting(t.Context(), id); err != nil || e.Tries != i+1 {
			t.Fatalf("try %d: %d, %v", i+1, e.Tries, err)
		}
		b.clock.pass(lease) // and not a word
	}
	var parked *ledger.ParkedError
	if _, err := b.StartCollecting(t.Context(), id); !errors.As(err, &parked) || !errors.Is(err, digest.ErrNotDue) ||
		!strings.Contains(err.Error(), "parked after 3 tries: the process that worked on it ended without a word") {
		t.Errorf("the fourth time it gives %v", err)
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.State != digest.EditionParked || !strings.Contains(e.Reason, "ended without a word") {
		t.Errorf("it is %s: %s, %v", e.State, e.Reason, err)
	}
}

func TestATryThatAStopInterruptedDoesNotCount(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := opened(t, b, "2020-03-23")
	for range 5 {
		if e, err := b.StartCollecting(t.Context(), id); err != nil || e.Tries != 1 {
			t.Fatalf("it is %+v, %v", e, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := b.Interrupted(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.State != digest.EditionDue || e.Tries != 0 {
		t.Errorf("it is %s after %d tries, %v", e.State, e.Tries, err)
	}
	ready(t, b, id, 307, 192)
	for range 5 {
		if choices, err := b.StartRendering(t.Context(), id); err != nil || len(choices) != 3 {
			t.Fatalf("%d variants are lacking, %v", len(choices), err)
		}
		if err := b.Interrupted(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.State != digest.EditionReady || e.Tries != 0 {
		t.Errorf("it is %s after %d tries, %v", e.State, e.Tries, err)
	}
}
