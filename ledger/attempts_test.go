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

// planned is a ledger with an edition that is ready: Ana, Bo and Cy are to get it.
func planned(t testing.TB) (b book, edition int64, deliveries []digest.Delivery) {
	t.Helper()
	b = filled(t)
	edition = opened(t, b, "2020-03-23")
	return b, edition, ready(t, b, edition, 307, 192)
}

func TestADeliveryIsSentOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	var won int
	for _, err := range together(30, func(int) error { return begun(t.Context(), b, ds[0].ID) }) {
		if err == nil {
			won++
		} else if !errors.Is(err, digest.ErrNotDue) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d began an attempt", won)
	}
	record(t, b, ds[0].ID, sent)
	if err := begun(t.Context(), b, ds[0].ID); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("after it was sent an attempt gives %v", err)
	}
	if state := stateOf(t, b, edition, ds[0].ID); state != digest.DeliverySent {
		t.Errorf("it is %s", state)
	}
	attempts, err := b.Attempts(t.Context(), ds[0].ID)
	if err != nil || len(attempts) != 1 || attempts[0].Outcome != sent || !attempts[0].StartedAt.Equal(monday) {
		t.Errorf("its attempts are %+v, %v", attempts, err)
	}
}

func TestADeferredDeliveryIsTriedAfterAMinuteThenTwoUntilItExpires(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	busy := digest.Outcome{State: digest.DeliveryDeferred, Code: 451, Status: "4.3.0", Answer: "try later"}
	var pauses []time.Duration
	for range 100 {
		attempt(t, b, ds[0].ID)
		retry := record(t, b, ds[0].ID, busy)
		if retry.IsZero() {
			break
		}
		pauses = append(pauses, retry.Sub(b.clock.now()))
		if err := begun(t.Context(), b, ds[0].ID); !errors.Is(err, digest.ErrNotDue) {
			t.Fatalf("before its time an attempt gives %v", err)
		}
		b.clock.pass(pauses[len(pauses)-1])
	}
	var sum time.Duration
	for i, p := range pauses {
		if want := min(time.Minute<<min(i, 20), 4*time.Hour); p != want {
			t.Errorf("pause %d lasts %s, want %s", i+1, p, want)
		}
		sum += p
	}
	// 1+2+4+8+16+32+64+128 minutes are 4 h 15 min; then 4 h each while 168 h are not over: 40 more.
	if len(pauses) != 48 || sum != 4*time.Hour+15*time.Minute+160*time.Hour {
		t.Errorf("%d pauses of %s in all", len(pauses), sum)
	}
	if state := stateOf(t, b, edition, ds[0].ID); state != digest.DeliveryExpired {
		t.Errorf("in the end it is %s", state)
	}
}

func TestADeliveryThatWaitedTooLongExpiresUntried(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	b.clock.pass(169 * time.Hour)
	if err := begun(t.Context(), b, ds[0].ID); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("an attempt gives %v", err)
	}
	if state := stateOf(t, b, edition, ds[0].ID); state != digest.DeliveryExpired {
		t.Errorf("it is %s", state)
	}
}

func TestASuppressedAddressIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	if err := b.Suppress(t.Context(), "desk", "BO@example.org", "hard bounce 5.1.1"); err != nil {
		t.Fatal(err)
	}
	if err := begun(t.Context(), b, ds[1].ID); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("an attempt gives %v", err)
	}
	if state := stateOf(t, b, edition, ds[1].ID); state != digest.DeliverySuppressed {
		t.Errorf("it is %s", state)
	}
	lines, err := b.Subscribers(t.Context(), "desk/weekly")
	if err != nil || lines[1].Suppressed != "hard bounce 5.1.1" || lines[1].Gets() || !lines[0].Gets() {
		t.Errorf("the list says %+v, %v", lines, err)
	}
	for i, want := range []bool{true, false} {
		if lifted, err := b.Unsuppress(t.Context(), "desk", "bo@example.org"); lifted != want || err != nil {
			t.Errorf("lifting it, time %d: %v, %v", i+1, lifted, err)
		}
	}
	if err := begun(t.Context(), b, ds[1].ID); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("what was suppressed is tried later: %v", err)
	}
}

func TestWhoUnsubscribesBeforeTheAttemptGetsNothing(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	if _, err := b.Unsubscribe(t.Context(), ds[0].Subscriber.Token); err != nil {
		t.Fatal(err)
	}
	if err := begun(t.Context(), b, ds[0].ID); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("an attempt gives %v", err)
	}
	lines, err := b.Deliveries(t.Context(), edition)
	if err != nil || lines[0].State != digest.DeliverySuppressed || lines[0].LastAnswer != "unsubscribed" {
		t.Errorf("it is %+v, %v", lines[0], err)
	}
}

// The unsubscribing and the attempt meet at the subscriber's row: whichever comes second waits for the other.
func TestAnUnsubscribingIsSeenByAnAttemptThatWaitedForIt(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	tx, err := b.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "UPDATE fortnight.subscribers SET unsubscribed_at = now() WHERE subscriber_id = $1", ds[0].Subscriber.ID); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- begun(t.Context(), b, ds[0].ID) }()
	for waiting := 0; waiting == 0; { // until the attempt stands at the lock
		if err := b.pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("the attempt gives %v", err)
	}
	if state := stateOf(t, b, edition, ds[0].ID); state != digest.DeliverySuppressed {
		t.Errorf("it is %s", state)
	}
}

func TestASenderKilledBeforeHandingOverIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	first, err := b.StartAttempt(t.Context(), ds[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.pass(3 * time.Minute) // nobody renews the lease
	second, err := b.StartAttempt(t.Context(), ds[0].ID)
	if err != nil || second.Attempts != 2 || second.MessageID != first.MessageID {
		t.Fatalf("the second attempt is %+v, %v", second, err)
	}
	if err := b.HandOver(t.Context(), first); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("the first one, which was only asleep, may hand over: %v", err)
	}
	if err := b.HandOver(t.Context(), second); err != nil {
		t.Error(err)
	}
	record(t, b, ds[0].ID, sent)
	if state := stateOf(t, b, edition, ds[0].ID); state != digest.DeliverySent {
		t.Errorf("it is %s", state)
	}
	attempts, err := b.Attempts(t.Context(), ds[0].ID)
	if err != nil || len(attempts) != 2 || attempts[0].State != digest.DeliveryDeferred || attempts[1].State != digest.DeliverySent {
		t.Errorf("its attempts are %+v, %v", attempts, err)
	}
}

func TestASenderKilledAfterHandingOverLeavesTheOutcomeUnknown(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	attempt(t, b, ds[0].ID)
	for range 5 { // the server takes its ten minutes, the lease is renewed
		b.clock.pass(time.Minute)
		if err := b.Renew(t.Context(), edition, ds[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	var held *ledger.HeldError
	if err := begun(t.Context(), b, ds[0].ID); !errors.As(err, &held) {
		t.Fatalf("while it is in work an attempt gives %v", err)
	}
	b.clock.pass(3 * time.Minute)
	for range 2 {
		if err := begun(t.Context(), b, ds[0].ID); !errors.Is(err, digest.ErrNotDue) {
			t.Errorf("an attempt gives %v", err)
		}
	}
	lines, err := b.Deliveries(t.Context(), edition)
	if err != nil || lines[0].State != digest.DeliveryUnknown || !strings.Contains(lines[0].LastAnswer, "before the server's answer was recorded") {
		t.Errorf("it is %+v, %v", lines[0], err)
	}
	if err := b.Renew(t.Context(), edition, ds[0].ID); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("a sender that wakes up may go on: %v", err)
	}
	record(t, b, ds[0].ID, sent) // it was not dead, and has the answer
	if state := stateOf(t, b, edition, ds[0].ID); state != digest.DeliverySent {
		t.Errorf("after the late answer it is %s", state)
	}
}

func TestWhatTheServerSaidIsWrittenThoughTheWorkWasCalledOff(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	attempt(t, b, ds[0].ID)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	odd := digest.Outcome{State: digest.DeliveryFailed, Code: 550, Status: "5.1.1", Answer: "no\x00 such \xff user " + strings.Repeat("é", 4000)}
	if _, err := b.Record(ctx, ds[0].ID, odd); err != nil {
		t.Fatal(err)
	}
	lines, err := b.Deliveries(t.Context(), edition)
	if err != nil || lines[0].State != digest.DeliveryFailed || lines[0].Code != 550 || lines[0].Status != "5.1.1" || !strings.HasPrefix(lines[0].LastAnswer, "no such � user éé") {
		t.Errorf("it is %+v, %v", lines[0], err)
	}
	if _, err := b.Record(t.Context(), ds[0].ID, digest.Outcome{State: digest.DeliveryDeferred}); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("a second outcome gives %v", err)
	}
	if _, err := b.Record(t.Context(), ds[0].ID, digest.Outcome{State: digest.DeliveryPlanned}); err == nil {
		t.Error("planned is taken as an outcome")
	}
}

func TestAnEditionIsDoneWhenItsLastDeliveryIs(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	b.clock.pass(3 * time.Hour) // Cy's hour
	finish := func(want digest.EditionState) {
		t.Helper()
		if state, err := b.Finish(t.Context(), edition); state != want || err != nil {
			t.Errorf("it is %s, want %s, %v", state, want, err)
		}
	}
	finish(digest.EditionReady)
	for i, state := range []digest.DeliveryState{digest.DeliverySent, digest.DeliveryUnknown, digest.DeliveryFailed} {
		attempt(t, b, ds[i].ID)
		finish(digest.EditionSending)
		record(t, b, ds[i].ID, digest.Outcome{State: state})
	}
	finish(digest.EditionDone)
	finish(digest.EditionDone)
	lines, err := b.Editions(t.Context(), "desk/weekly", 10)
	if err != nil || len(lines) != 1 {
		t.Fatalf("editions %v, %v", lines, err)
	}
	e := lines[0]
	if e.State != digest.EditionDone || !e.FinishedAt.Equal(b.clock.now()) || len(e.Deliveries) != 3 || e.Deliveries[digest.DeliverySent] != 1 {
		t.Errorf("it is listed as %+v", e)
	}
}

func TestOnlyWhatNobodyWorksOnIsAbandoned(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	check := func(when string, want bool) {
		t.Helper()
		abandoned, err := b.Abandoned(t.Context())
		if _, is := abandoned[edition]; is != want || err != nil {
			t.Errorf("%s: %v, %v", when, abandoned, err)
		}
	}
	check("just planned", false)
	b.clock.pass(3 * time.Minute)
	check("nobody has come", true)
	if err := b.Renew(t.Context(), edition, 0); err != nil {
		t.Fatal(err)
	}
	check("a worker has", false)
	for _, d := range ds[:2] {
		attempt(t, b, d.ID)
		record(t, b, d.ID, sent)
	}
	b.clock.pass(time.Hour)
	check("Cy's hour has not come", false)
	b.clock.pass(2 * time.Hour)
	check("it has", true)
	attempt(t, b, ds[2].ID)
	record(t, b, ds[2].ID, sent)
	check("all is sent but not finished", true)
	if _, err := b.Finish(t.Context(), edition); err != nil {
		t.Fatal(err)
	}
	check("finished", false)
}

func TestDeliveriesComeInBatchesInTheOrderOfTheirTime(t *testing.T) {
	t.Parallel()
	b := empty(t)
	p := project()
	weekly := &p.Digests[0]
	first := weekly.Subscribers
	for i := range 198 {
		weekly.Subscribers = append(weekly.Subscribers, digest.Subscriber{Name: "N", Address: strings.Repeat("x", i%50+1) + string(rune('a'+i/50)) + "@example.org"})
	}
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
	edition := opened(t, b, "2020-03-23")
	all := ready(t, b, edition, 307, 192)
	numbers, err := b.Batches(t.Context(), edition)
	if err != nil || len(all) != len(first)+198 || len(numbers) != 2 || numbers[0] != 0 || numbers[1] != 1 {
		t.Fatalf("%d deliveries in batches %v, %v", len(all), numbers, err)
	}
	pending, err := b.Pending(t.Context(), edition, 0)
	if err != nil || len(pending) != 200 || pending[0].ID != all[0].ID || pending[199].ID != all[2].ID { // Cy's hour comes last
		t.Errorf("%d are pending, %v", len(pending), err)
	}
	attempt(t, b, all[200].ID)
	record(t, b, all[200].ID, sent)
	if numbers, err := b.Batches(t.Context(), edition); err != nil || len(numbers) != 1 {
		t.Errorf("left are %v, %v", numbers, err)
	}
}
