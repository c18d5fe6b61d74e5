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

func TestTheSnapshotComesBackWithItsNumbers(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := opened(t, b, "2020-03-23")
	ready(t, b, id, 307.25, 192)
	e, s, err := b.Edition(t.Context(), id)
	if err != nil || e.State != digest.EditionReady {
		t.Fatalf("edition %+v, %v", e, err)
	}
	hash, err := s.Hash()
	if err != nil || hash != e.Hash || len(hash) != 64 {
		t.Errorf("the hash was %s and is %s, %v", e.Hash, hash, err)
	}
	if f, _ := s.Section("activity").Figure("total_messages"); f.Value.Number != 307.25 || f.Previous.Number != 192 {
		t.Errorf("the figure is %+v", f)
	}
	if _, _, err := b.Edition(t.Context(), 4711); !errors.Is(err, ledger.ErrNoEdition) {
		t.Errorf("an unknown edition gives %v", err)
	}
}

func TestADeliveryIsPlannedForEachSubscriberAtTheDigestsHourOfTheirZone(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := opened(t, b, "2020-03-23")
	planned := ready(t, b, id, 307, 192)
	if len(planned) != 3 {
		t.Fatalf("%d deliveries", len(planned))
	}
	for i, want := range []string{"2020-03-30T08:00:00-04:00", "2020-03-30T08:00:00-04:00", "2020-03-30T11:00:00-04:00"} { // 08:00 in Los Angeles
		if got := planned[i].Date.Format(time.RFC3339); got != want || !planned[i].NextAt.Equal(planned[i].Date) {
			t.Errorf("%s gets it at %s, dated %s, want %s", planned[i].Subscriber.Name, planned[i].NextAt, got, want)
		}
		if id := planned[i].MessageID; !strings.HasPrefix(id, "sd-2020-w13.") || !strings.HasSuffix(id, "@digest.fortnight.example") {
			t.Errorf("message id %s", id)
		}
	}
	if d, err := b.Turn(t.Context(), nil, planned[2].ID); d != nil || err != nil {
		t.Errorf("too early an attempt gives %+v, %v", d, err)
	}
	b.clock.pass(3 * time.Hour)
	d, err := b.Turn(t.Context(), nil, planned[2].ID)
	if err != nil || d == nil || d.MessageID != planned[2].MessageID || !d.Date.Equal(planned[2].Date) || len(d.Subscriber.Token) != 26 || d.Attempts != 1 {
		t.Errorf("the attempt is %+v, %v", d, err)
	}
}

func TestAnEditionAtOnceIsSentWhateverHourItIs(t *testing.T) {
	t.Parallel()
	b := filled(t)
	o := week(t, b, "2020-03-23")
	o.AtOnce = true
	id, err := b.Open(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ready(t, b, id, 307, 192) {
		if !d.NextAt.Equal(monday) {
			t.Errorf("%s waits until %s", d.Subscriber.Name, d.NextAt)
		}
	}
}

func TestAnEditionPastTheCatchUpLimitIsKeptAndNotSent(t *testing.T) {
	t.Parallel()
	b := filled(t)
	o := week(t, b, "2020-01-06")
	o.Archive = true
	id, err := b.Open(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if planned := ready(t, b, id, 307, 192); len(planned) != 0 {
		t.Errorf("%d deliveries", len(planned))
	}
	if e, s, err := b.Edition(t.Context(), id); err != nil || e.State != digest.EditionArchived || e.Reason != "missed" || s.Version != digest.SnapshotVersion {
		t.Errorf("it is %s (%s), %v", e.State, e.Reason, err)
	}
}

func TestAFigureThatChangedSinceItWasPrintedIsRestated(t *testing.T) {
	t.Parallel()
	b := filled(t)
	ready(t, b, opened(t, b, "2020-03-16"), 192, 150)
	id := opened(t, b, "2020-03-23")
	e, err := b.StartCollecting(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[float64]string{192: "[]", 192.0000000001: "[]", 195: "[total_messages 192 → 195]"} {
		restated, err := b.Restated(t.Context(), id, snapshot(e, 307, now))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range restated {
			got = append(got, fmt.Sprintf("%s %v → %v", r.Figure, r.Printed.Number, r.Now.Number))
			if r.Section != "activity" || r.Unit != digest.Count || r.Period.First().String() != "2020-03-16" {
				t.Errorf("it is %+v", r)
			}
		}
		if fmt.Sprint(got) != want {
			t.Errorf("with %v now, restated %v, want %s", now, got, want)
		}
	}
}

func TestTheProjectOfAnEditionIsThatOfItsOpening(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := opened(t, b, "2020-03-23")
	p := project()
	p.Name, p.Digests[0].Paper = "Renamed", "Letter"
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.Project.Name != "Support desk" || e.Config.Paper != "A4" {
		t.Errorf("it is %+v, %v", e, err)
	}
}

func TestWhatWasCollectedBeforeIsGivenNewestFirstWithoutWhatNobodyBelieved(t *testing.T) {
	t.Parallel()
	b := filled(t)
	for i, from := range []string{"2020-02-17", "2020-02-24", "2020-03-02", "2020-03-09"} {
		o := week(t, b, from)
		o.Archive = i == 0
		id, err := b.Open(t.Context(), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		ready(t, b, id, float64(100+i), 0)
	}
	held := holds(t, b, opened(t, b, "2020-03-16"), "every main figure is 0")
	id := opened(t, b, "2020-03-23")
	ready(t, b, id, 307, 192)
	before := func(n int) (messages []float64) {
		t.Helper()
		snaps, err := b.Before(t.Context(), id, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range snaps {
			f, _ := s.Section("activity").Figure("total_messages")
			messages = append(messages, f.Value.Number)
		}
		return messages
	}
	for n, want := range map[int]string{2: "[103 102]", 4: "[103 102 101 100]", 9: "[103 102 101 100]"} {
		if got := fmt.Sprint(before(n)); got != want {
			t.Errorf("the %d before are %s, want %s", n, got, want)
		}
	}
	if err := b.Release(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(before(2)); got != "[0 103]" {
		t.Errorf("once the held one is released, the 2 before are %s", got)
	}
}

func TestACatchUpMailListsWhatWasMissedOnceAllOfItIsCollected(t *testing.T) {
	t.Parallel()
	b := filled(t)
	missed := map[string]int64{}
	var catchUp []digest.Period
	for _, from := range []string{"2020-02-17", "2020-02-24", "2020-03-02", "2020-03-09"} {
		o := week(t, b, from)
		o.Archive, o.ByHand, o.Listed = true, true, true
		var err error
		if missed[from], err = b.Open(t.Context(), o, nil); err != nil {
			t.Fatal(err)
		}
		catchUp = append([]digest.Period{o.Period}, catchUp...)
	}
	o := week(t, b, "2020-03-23")
	o.CatchUp = catchUp
	id, err := b.Open(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := b.Edition(t.Context(), id)
	if err != nil || len(e.CatchUp) != 4 || e.CatchUp[0].First().String() != "2020-03-09" || e.CatchUp[3].Location().String() != "America/New_York" {
		t.Fatalf("it catches up with %v, %v", e.CatchUp, err)
	}
	caughtUp := func() (starts []string, whole bool) {
		t.Helper()
		snaps, whole, err := b.CaughtUp(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range snaps {
			starts = append(starts, s.Period.First().String())
		}
		return starts, whole
	}
	ready(t, b, missed["2020-02-17"], 1, 0)
	ready(t, b, missed["2020-03-02"], 1, 0)
	if starts, whole := caughtUp(); whole || fmt.Sprint(starts) != "[2020-03-02 2020-02-17]" {
		t.Errorf("with two of four collected it lists %v, whole %v", starts, whole)
	}
	holds(t, b, missed["2020-02-24"], "nothing could be read")
	if _, whole := caughtUp(); whole {
		t.Error("one is not collected, and it is whole")
	}
	parks(t, b, missed["2020-03-09"], "out of memory")
	if starts, whole := caughtUp(); !whole || fmt.Sprint(starts) != "[2020-03-02 2020-02-17]" {
		t.Errorf("with one held and one parked it lists %v, whole %v", starts, whole)
	}
	if _, whole, err := b.CaughtUp(t.Context(), missed["2020-02-17"]); !whole || err != nil {
		t.Errorf("one that catches up with nothing is not whole: %v", err)
	}
}
