package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

// ends makes an attempt of a delivery that ends so.
func ends(t testing.TB, b book, delivery int64, o digest.Outcome) digest.Delivery {
	t.Helper()
	d, err := b.Turn(t.Context(), nil, delivery)
	if err != nil || d == nil {
		t.Fatalf("no attempt of delivery %d begins: %v", delivery, err)
	}
	if _, err := b.Turn(t.Context(), &digest.Attempt{Delivery: d.ID, Number: d.Attempts, Outcome: o}, 0); err != nil {
		t.Fatal(err)
	}
	return *d
}

// setState makes an edition held or parked in the middle of its work.
func setState(t testing.TB, b book, edition int64, state string) {
	t.Helper()
	if _, err := b.pool.Exec(t.Context(), "UPDATE fortnight.editions SET state = $2, reason = 'for a test' WHERE edition_id = $1", edition, state); err != nil {
		t.Fatal(err)
	}
}

func TestAHeldEditionIsPlannedAndDatedWhenItIsReleased(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := holds(t, b, opened(t, b, "2020-03-23"), "every main figure is 0")
	e, s, err := b.Edition(t.Context(), id)
	if err != nil || e.State != digest.EditionHeld || e.Reason != "every main figure is 0" || e.Hash != "hash" || s.Version != digest.SnapshotVersion || e.Released {
		t.Fatalf("it is %+v, %v", e, err)
	}
	if n := len(deliveries(t, b, id)); n != 0 {
		t.Fatalf("%d deliveries are planned", n)
	}
	b.clock.pass(26*time.Hour + 300*time.Millisecond)
	if err := b.Release(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.State != digest.EditionReady || !e.Released || e.Reason != "" || e.Tries != 0 {
		t.Errorf("released it is %+v, %v", e, err)
	}
	ds := deliveries(t, b, id)
	if len(ds) != 3 {
		t.Fatalf("%d deliveries are planned", len(ds))
	}
	for _, d := range ds {
		if !d.Date.Equal(monday.Add(26*time.Hour)) || !d.NextAt.Equal(d.Date) {
			t.Errorf("%s gets it at %s, dated %s", d.Subscriber.Name, d.NextAt, d.Date)
		}
	}
	b.clock.pass(lease)
	if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 1 {
		t.Errorf("nobody takes it up: %v, %v", abandoned, err)
	}
	err = b.Release(t.Context(), id)
	if !errors.Is(err, digest.ErrNotDue) || !strings.Contains(err.Error(), "SD-2020-W13 of desk/weekly is ready, neither held nor parked") {
		t.Errorf("releasing it again gives %v", err)
	}
	if n := len(deliveries(t, b, id)); n != 3 {
		t.Errorf("then there are %d deliveries", n)
	}
}

func TestAnEditionStoppedHalfwayGoesOnWithNewDatesForWhatWasNotBegun(t *testing.T) {
	t.Parallel()
	b, id, ds := planned(t)
	ana := ends(t, b, ds[0].ID, digest.Outcome{State: digest.DeliveryDeferred, Code: 451, Answer: "try later"})
	setState(t, b, id, "held")
	b.clock.pass(2 * time.Hour) // 10:00 in New York, 07:00 in Los Angeles
	if err := b.Release(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	now := deliveries(t, b, id)
	if d := now[0]; d.MessageID != ana.MessageID || !d.Date.Equal(monday) || !d.NextAt.Equal(monday.Add(time.Minute)) || d.State != digest.DeliveryDeferred {
		t.Errorf("Ana's, which was begun, is %+v", d)
	}
	if d := now[1]; d.MessageID != ds[1].MessageID || !d.Date.Equal(monday.Add(2*time.Hour)) || !d.NextAt.Equal(d.Date) {
		t.Errorf("Bo's, which was not, is %+v", d)
	}
	if d := now[2]; !d.Date.Equal(monday.Add(3*time.Hour)) || !d.NextAt.Equal(d.Date) {
		t.Errorf("Cy's, whose hour is yet to come, is %+v", d)
	}
	for i, want := range []time.Duration{170 * time.Hour, 170 * time.Hour, 171 * time.Hour} { // a week after the release; Cy's as it was
		var expires time.Time
		if err := b.pool.QueryRow(t.Context(), "SELECT expires_at FROM fortnight.deliveries WHERE delivery_id = $1", ds[i].ID).Scan(&expires); err != nil {
			t.Fatal(err)
		}
		if !expires.Equal(monday.Add(want)) {
			t.Errorf("%s's expires at %s", ds[i].Subscriber.Name, expires.UTC())
		}
	}
	for _, d := range ds[:2] {
		ends(t, b, d.ID, sent)
	}
}

func TestAParkedEditionOfWhichNothingIsCollectedIsCollectedWhenReleased(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := opened(t, b, "2020-03-23")
	parks(t, b, id, "out of memory")
	if err := b.Release(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	e, err := b.StartCollecting(t.Context(), id)
	if err != nil || e.Tries != 1 || e.Reason != "" || e.Released { // nobody has seen its numbers: they may still be held
		t.Errorf("it is %+v, %v", e, err)
	}
}

func TestAnArchivedEditionIsNotMailedWhenItIsReleased(t *testing.T) {
	t.Parallel()
	b := filled(t)
	o := week(t, b, "2020-03-23")
	o.Archive = true
	id, err := b.Open(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, b, id, "nothing could be read")
	if err := b.Release(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.State != digest.EditionArchived || e.Reason != "missed" || len(deliveries(t, b, id)) != 0 {
		t.Errorf("it is %s (%s), %v", e.State, e.Reason, err)
	}
}

func TestWhatOfADiscardedEditionIsOpenExpires(t *testing.T) {
	t.Parallel()
	b := filled(t)
	p := project()
	p.Digests[0].Subscribers = append(p.Digests[0].Subscribers, digest.Subscriber{Name: "Di", Address: "di@example.org"}, digest.Subscriber{Name: "Ed", Address: "ed@example.org"})
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
	id := opened(t, b, "2020-03-23")
	ds := ready(t, b, id, 307, 192)
	ends(t, b, ds[0].ID, sent)
	ends(t, b, ds[1].ID, digest.Outcome{State: digest.DeliveryDeferred, Code: 451, Answer: "try later"})
	ends(t, b, ds[3].ID, digest.Outcome{State: digest.DeliveryUnknown, Answer: "no answer came"})
	under, err := b.Turn(t.Context(), nil, ds[4].ID)
	if err != nil || under == nil {
		t.Fatal(err)
	}
	setState(t, b, id, "held")
	if err := b.Discard(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	check := func(wants ...string) {
		t.Helper()
		for i, d := range deliveries(t, b, id) {
			if got := string(d.State) + ": " + d.LastAnswer; got != wants[i] {
				t.Errorf("%s's is %s, want %s", d.Subscriber.Name, got, wants[i])
			}
		}
	}
	check("sent: queued", "expired: discarded", "expired: discarded", "unknown: discarded", "unknown: discarded")
	if attempts, err := b.Attempts(t.Context(), under.ID); err != nil || len(attempts) != 1 || attempts[0].State != digest.DeliveryUnknown || attempts[0].EndedAt.IsZero() {
		t.Errorf("the attempt that was under way is %+v, %v", attempts, err)
	}
	late := &digest.Attempt{Delivery: under.ID, Number: 1, Outcome: digest.Outcome{State: digest.DeliveryDeferred, Code: 421, Answer: "busy"}}
	b.clock.pass(time.Second)
	if _, err := b.Turn(t.Context(), late, 0); err != nil {
		t.Fatal(err)
	}
	check("sent: queued", "expired: discarded", "expired: discarded", "unknown: discarded", "expired: busy")
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.State != digest.EditionDiscarded || e.Reason != "for a test" {
		t.Errorf("it is %s, %q, %v", e.State, e.Reason, err)
	}
	if err := b.Discard(t.Context(), id); !errors.Is(err, digest.ErrNotDue) || !strings.Contains(err.Error(), "is discarded, neither held nor parked") {
		t.Errorf("discarding it again gives %v", err)
	}
	if err := b.Release(t.Context(), id); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("releasing it then gives %v", err)
	}
	if err := b.Discard(t.Context(), 4711); !errors.Is(err, ledger.ErrNoEdition) {
		t.Errorf("an unknown one gives %v", err)
	}
	b.clock.pass(time.Hour)
	if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 0 {
		t.Errorf("it is taken up again: %v, %v", abandoned, err)
	}
}

func TestReleaseAndDiscardAtOnceDecideOneThing(t *testing.T) {
	t.Parallel()
	b, id, _ := planned(t)
	setState(t, b, id, "held")
	var won int
	for _, err := range together(20, func(i int) error {
		if i%2 == 0 {
			return b.Release(t.Context(), id)
		}
		return b.Discard(t.Context(), id)
	}) {
		if err == nil {
			won++
		} else if !errors.Is(err, digest.ErrNotDue) {
			t.Error(err)
		}
	}
	e, _, err := b.Edition(t.Context(), id)
	if err != nil || won != 1 {
		t.Fatalf("%d decided, %v", won, err)
	}
	want := map[digest.EditionState]digest.DeliveryState{digest.EditionReady: digest.DeliveryPlanned, digest.EditionDiscarded: digest.DeliveryExpired}[e.State]
	for _, d := range deliveries(t, b, id) {
		if d.State != want {
			t.Errorf("it is %s, and a delivery %s", e.State, d.State)
		}
	}
}

func TestADecisionAndTheEndsOfWhatIsUnderWayDoNotStandInEachOthersWay(t *testing.T) {
	t.Parallel()
	b := filled(t)
	p := project()
	for i := range 60 {
		p.Digests[0].Subscribers = append(p.Digests[0].Subscribers, digest.Subscriber{Name: "N", Address: fmt.Sprintf("n%d@example.org", i)})
	}
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
	id := opened(t, b, "2020-03-23")
	var under []digest.Delivery
	for _, d := range ready(t, b, id, 307, 192)[3:] {
		begun, err := b.Turn(t.Context(), nil, d.ID)
		if err != nil || begun == nil {
			t.Fatal(err)
		}
		under = append(under, *begun)
	}
	setState(t, b, id, "held")
	refused := digest.Outcome{State: digest.DeliveryFailed, Code: 550, Status: "5.1.1", Answer: "no"}
	for i, err := range together(len(under)+1, func(i int) error {
		if i == len(under) {
			return b.Discard(t.Context(), id)
		}
		o := sent
		if i%2 == 0 {
			o = refused
		}
		_, err := b.Turn(t.Context(), &digest.Attempt{Delivery: under[i].ID, Number: 1, Outcome: o}, 0)
		return err
	}) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	counts := map[digest.DeliveryState]int{}
	for _, d := range deliveries(t, b, id) {
		counts[d.State]++
	}
	if counts[digest.DeliverySent] != 30 || counts[digest.DeliveryFailed] != 30 || counts[digest.DeliveryExpired] != 3 {
		t.Errorf("they end as %v", counts)
	}
}

// The process was killed while the edition was being held: what it had under way is in doubt all the same, and not sent again.
func TestWhatWasUnderWayWhenAnEditionWasHeldDoesNotStaySo(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"held", "parked"} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			b, id, ds := planned(t)
			d := attempt(t, b, ds[0].ID)
			setState(t, b, id, state)
			b.clock.pass(lease)
			if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 0 {
				t.Errorf("while it may be answered yet, abandoned are %v, %v", abandoned, err)
			}
			b.clock.pass(lease / 4)
			if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 1 {
				t.Errorf("abandoned are %v, %v", abandoned, err)
			}
			if batches, err := b.Batches(t.Context(), id); err != nil || len(batches) != 1 {
				t.Errorf("its batches are %v, %v", batches, err)
			}
			pending, err := b.Pending(t.Context(), id, 0)
			if err != nil || len(pending) != 1 || pending[0].ID != d.ID {
				t.Fatalf("pending are %v, %v", pending, err)
			}
			declined(t, b, d.ID)
			is(t, b, id, d.ID, digest.DeliveryDeferred, "before the server's answer was recorded")
			if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 0 {
				t.Errorf("then abandoned are %v, %v", abandoned, err)
			}
			b.clock.pass(time.Hour)
			if pending, err := b.Pending(t.Context(), id, 0); err != nil || len(pending) != 0 {
				t.Errorf("then pending are %v, %v", pending, err)
			}
			declined(t, b, d.ID)
		})
	}
}
