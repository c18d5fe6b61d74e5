package ledger_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/ledger"
)

func TestAnEditionIsOpenedOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	b := filled(t)
	o := week(t, b, "2020-03-23")
	if _, err := b.pool.Exec(t.Context(), "CREATE TABLE jobs (edition bigint)"); err != nil {
		t.Fatal(err)
	}
	enqueue := func(tx pgx.Tx, edition int64) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO jobs VALUES ($1)", edition)
		return err
	}
	ids := make([]int64, 50)
	var won int
	for _, err := range together(50, func(i int) (err error) {
		ids[i], err = b.Open(t.Context(), o, enqueue)
		return err
	}) {
		if err == nil {
			won++
		} else if !errors.Is(err, digest.ErrNotDue) {
			t.Error(err)
		}
	}
	var editions, jobs int
	if err := b.pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM fortnight.editions), (SELECT count(*) FROM jobs)").Scan(&editions, &jobs); err != nil {
		t.Fatal(err)
	}
	if won != 1 || editions != 1 || jobs != 1 {
		t.Errorf("%d opened it, there are %d editions and %d jobs", won, editions, jobs)
	}
	for _, id := range ids {
		if id != ids[0] || id == 0 {
			t.Errorf("the edition is %d for one and %d for another", ids[0], id)
		}
	}
}

func TestAnEditionWhoseJobCannotBeQueuedIsNotOpened(t *testing.T) {
	t.Parallel()
	b := filled(t)
	full := errors.New("the queue is full")
	if _, err := b.Open(t.Context(), week(t, b, "2020-03-23"), func(pgx.Tx, int64) error { return full }); !errors.Is(err, full) {
		t.Errorf("the error is %v", err)
	}
	if lines, err := b.Editions(t.Context(), "", 10); err != nil || len(lines) != 0 {
		t.Errorf("there is %v, %v", lines, err)
	}
	if s, _ := b.Digest(t.Context(), "desk/weekly"); !s.LastDue.IsZero() {
		t.Error("the schedule has moved on")
	}
}

func TestAnEditionOpenedByHandLeavesTheSchedule(t *testing.T) {
	t.Parallel()
	b := filled(t)
	o := week(t, b, "2020-03-23")
	o.ByHand = true
	if _, err := b.Open(t.Context(), o, nil); err != nil {
		t.Fatal(err)
	}
	if s, _ := b.Digest(t.Context(), "desk/weekly"); !s.LastDue.IsZero() {
		t.Error("the schedule has moved on")
	}
	o.ByHand = false
	if _, err := b.Open(t.Context(), o, nil); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("the schedule's opening gives %v", err)
	}
	if s, _ := b.Digest(t.Context(), "desk/weekly"); !s.LastDue.Equal(monday) {
		t.Error("the schedule has not moved on")
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
	if _, err := b.StartCollecting(t.Context(), id); !errors.Is(err, digest.ErrNotDue) || !errors.As(err, &held) || !held.Until.Equal(monday.Add(2*time.Minute)) {
		t.Errorf("a second collector gets %v", err)
	}
	b.clock.pass(90 * time.Second)
	if err := b.Renew(t.Context(), id, 0); err != nil {
		t.Fatal(err)
	}
	b.clock.pass(90 * time.Second)
	if _, err := b.StartCollecting(t.Context(), id); !errors.As(err, &held) {
		t.Errorf("the lease was renewed, and a second collector gets %v", err)
	}
	b.clock.pass(time.Minute) // the first was killed
	if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 0 {
		t.Errorf("while its own job may still come back to it, abandoned are %v, %v", abandoned, err)
	}
	b.clock.pass(time.Minute)
	if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 1 {
		t.Errorf("abandoned are %v, %v", abandoned, err)
	}
	if n := len(ready(t, b, id, 307, 192)); n != 3 {
		t.Errorf("%d deliveries", n)
	}
	if _, err := b.StartCollecting(t.Context(), id); !errors.Is(err, digest.ErrNotDue) || errors.As(err, &held) {
		t.Errorf("a collected edition gives %v", err)
	}
	if _, err := b.KeepSnapshot(t.Context(), id, snapshot(e, 1, 1), "x"); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("a second snapshot gives %v", err)
	}
}

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
	var held *ledger.HeldError
	if err := begun(t.Context(), b, planned[2].ID); !errors.As(err, &held) || !held.Until.Equal(monday.Add(3*time.Hour)) {
		t.Errorf("too early an attempt gives %v", err)
	}
	b.clock.pass(3 * time.Hour)
	d, err := b.StartAttempt(t.Context(), planned[2].ID)
	if err != nil || d.MessageID != planned[2].MessageID || !d.Date.Equal(planned[2].Date) || d.Subscriber.Token != planned[2].Subscriber.Token || d.Attempts != 1 {
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
	if e, s, err := b.Edition(t.Context(), id); err != nil || e.State != digest.EditionArchived || s.Version != digest.SnapshotVersion {
		t.Errorf("it is %s, %v", e.State, err)
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

func TestAVariantIsKeptOnceAndComesBackWhole(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := opened(t, b, "2020-03-23")
	ready(t, b, id, 307, 192)
	zero := 0.0
	v := digest.Variant{
		Choice: digest.Choice{Audience: digest.Manager, Locale: "en", PDF: true, Paper: "A4"},
		Letter: digest.Letter{
			Subject: "Support desk: 307 <messages> & “more”", Headline: []string{"One.", "Two."}, Contract: digest.Spans{{Text: "168", Bold: true}},
			Sections: []digest.Chapter{{Key: "activity", Pictures: []digest.Picture{{Anchor: "activity-x", Drawn: true, Chart: digest.Chart{
				Key: "x", Kind: digest.Line, State: digest.HasValue,
				Series: []digest.Series{{Key: "current", Points: []digest.Point{{At: digest.Date{Year: 2020, Month: 3, Day: 23}, Value: &zero}, {At: digest.Date{Year: 2020, Month: 3, Day: 24}}}}},
			}}}}},
		},
		HTML: []byte("<p>é</p>"), Text: []byte("é\x00"), PDF: []byte("%PDF\xff"), PDFName: "SD-2020-W13.pdf",
		Images: []digest.Image{{Name: "mark.png", ContentID: "mark@fortnight", Width: 20, Height: 20, PNG: []byte{0x89, 0, 1}}},
	}
	if _, ok, err := b.Variant(t.Context(), id, v.Choice); ok || err != nil {
		t.Fatalf("there is one already, %v", err)
	}
	kept, err := b.KeepVariant(t.Context(), id, v)
	if err != nil || !reflect.DeepEqual(kept, v) {
		t.Fatalf("kept %+v, %v", kept, err)
	}
	later := v
	later.HTML = []byte("<p>other</p>")
	if got, err := b.KeepVariant(t.Context(), id, later); err != nil || !reflect.DeepEqual(got, v) {
		t.Errorf("a later one gives %+v, %v", got, err)
	}
	other := later
	other.Choice.PDF, other.PDF, other.PDFName = false, nil, ""
	if got, err := b.KeepVariant(t.Context(), id, other); err != nil || string(got.HTML) != "<p>other</p>" {
		t.Errorf("one of another choice gives %+v, %v", got, err)
	}
	if got, ok, err := b.Variant(t.Context(), id, other.Choice); err != nil || !ok || got.PDF != nil || !reflect.DeepEqual(got, other) {
		t.Errorf("it comes back as %+v, %v", got, err)
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
