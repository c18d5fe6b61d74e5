package ledger_test

import (
	"slices"
	"testing"
	"time"

	"fortnight/digest"
)

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
	b.clock.pass(25 * time.Second) // the lease, and a quarter
	check("nobody has come", true)
	if lost, err := b.Renew(t.Context(), edition, 0, nil); err != nil || len(lost) != 0 {
		t.Fatal(lost, err)
	}
	check("a worker has", false)
	for _, d := range ds[:2] {
		record(t, b, attempt(t, b, d.ID), sent)
	}
	b.clock.pass(time.Hour)
	check("Cy's hour has not come", false)
	b.clock.pass(2 * time.Hour)
	check("it has", true)
	begun := attempt(t, b, ds[2].ID)
	check("it is being sent", false)
	b.clock.pass(24 * time.Second)
	check("its sender is late", false)
	b.clock.pass(time.Second)
	check("its sender was killed", true)
	record(t, b, begun, sent)
	check("all is sent but not finished", true)
	if _, err := b.Finish(t.Context(), edition); err != nil {
		t.Fatal(err)
	}
	check("finished", false)
}

func TestABatchThatNobodyIsAtIsAbandonedThoughOthersOfItsEditionAreWorkedOn(t *testing.T) {
	t.Parallel()
	b, edition, ids := queued(t, 397) // 400 in two batches
	check := func(when string, want bool, idle ...int) {
		t.Helper()
		abandoned, err := b.Abandoned(t.Context())
		if _, is := abandoned[edition]; is != want || err != nil {
			t.Errorf("%s, abandoned are %v, %v", when, abandoned, err)
		}
		if got, err := b.Idle(t.Context(), edition); err != nil || !slices.Equal(got, idle) {
			t.Errorf("%s, idle are %v, %v; want %v", when, got, err, idle)
		}
	}
	work := func(batch int) {
		t.Helper()
		if _, err := b.Renew(t.Context(), edition, batch, nil); err != nil {
			t.Fatal(err)
		}
	}
	check("just planned", false, 0, 1)
	work(0)
	b.clock.pass(15 * time.Second)
	work(0)
	b.clock.pass(15 * time.Second)
	work(0)
	check("the second waits for a worker", false, 1)
	work(1)
	check("both are worked on", false)
	attempt(t, b, ids[0])
	for range 2 {
		b.clock.pass(12 * time.Second)
		work(1)
	}
	check("the first's lease has run out", false, 0)
	b.clock.pass(time.Second)
	check("and a quarter", true, 0)
	if err := b.Rest(t.Context(), edition, 0, b.clock.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	check("it rests", false)
	b.clock.pass(50 * time.Second)
	work(1)
	b.clock.pass(14 * time.Second)
	work(1)
	check("it is late", false, 0)
	b.clock.pass(time.Second)
	check("by a quarter of a lease", true, 0)
	if err := b.Rest(t.Context(), edition, 0, b.clock.now()); err != nil {
		t.Fatal(err)
	}
	check("it waits for a worker", false, 0)
}

func TestALeaseIsRenewedForTheAttemptThatIsUnderWay(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	first, second := attempt(t, b, ds[0].ID), attempt(t, b, ds[1].ID)
	earlier := first
	record(t, b, first, busy)
	b.clock.pass(time.Minute)
	first = attempt(t, b, ds[0].ID)
	lost, err := b.Renew(t.Context(), edition, 0, []digest.Delivery{second, earlier, ds[2]})
	if err != nil || len(lost) != 1 || lost[0] != ds[2].ID { // the earlier attempt was answered, the third delivery never begun
		t.Errorf("lost are %v, %v", lost, err)
	}
	b.clock.pass(15 * time.Second)
	if lost, err := b.Renew(t.Context(), edition, 0, []digest.Delivery{first, second}); err != nil || len(lost) != 0 {
		t.Errorf("lost are %v, %v", lost, err)
	}
	pending, err := b.Pending(t.Context(), edition, 0)
	if err != nil || len(pending) != 3 || !pending[0].NextAt.Equal(b.clock.now().Add(20*time.Second)) {
		t.Errorf("pending are %+v, %v", pending, err)
	}
}

func TestDeliveriesComeInBatchesInTheOrderOfTheirTime(t *testing.T) {
	t.Parallel()
	b, edition, ids := queued(t, 198)
	numbers, err := b.Batches(t.Context(), edition)
	if err != nil || len(numbers) != 2 || numbers[0] != 0 || numbers[1] != 1 {
		t.Fatalf("batches are %v, %v", numbers, err)
	}
	all := deliveries(t, b, edition)
	pending, err := b.Pending(t.Context(), edition, 0)
	if err != nil || len(pending) != 200 || pending[0].ID != all[0].ID || pending[199].ID != all[2].ID { // Cy's hour comes last
		t.Errorf("%d are pending, %v", len(pending), err)
	}
	record(t, b, attempt(t, b, ids[197]), sent)
	if numbers, err := b.Batches(t.Context(), edition); err != nil || len(numbers) != 1 {
		t.Errorf("left are %v, %v", numbers, err)
	}
}
