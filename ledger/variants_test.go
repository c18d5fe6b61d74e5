package ledger_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

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
		Files:  []digest.File{{Name: "desk-2020-w13.xlsx", Type: "application/zip", Data: []byte{'P', 'K', 0, 0xff}}, {Name: "desk-2020-w13-figures.csv", Type: "text/csv", Data: []byte("\ufeffa\r\n")}},
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
	other.Choice.PDF, other.PDF, other.PDFName, other.Files = false, nil, "", nil
	if got, err := b.KeepVariant(t.Context(), id, other); err != nil || string(got.HTML) != "<p>other</p>" {
		t.Errorf("one of another choice gives %+v, %v", got, err)
	}
	if got, ok, err := b.Variant(t.Context(), id, other.Choice); err != nil || !ok || got.PDF != nil || !reflect.DeepEqual(got, other) {
		t.Errorf("it comes back as %+v, %v", got, err)
	}
}

func rendered(t testing.TB, b book, edition int64, c digest.Choice) {
	t.Helper()
	if _, err := b.KeepVariant(t.Context(), edition, digest.Variant{Choice: c, HTML: []byte("<p>"), Text: []byte("x")}); err != nil {
		t.Fatal(err)
	}
}

func TestTheVariantsThatAreLackingAreThoseOfOpenDeliveries(t *testing.T) {
	t.Parallel()
	b, id, ds := planned(t)
	ana := digest.Choice{Audience: digest.Executive, Locale: "es", PDF: true, Paper: "A4"}
	bo := digest.Choice{Audience: digest.Admin, Locale: "en", Paper: "A4"}
	cy := digest.Choice{Audience: digest.Manager, Locale: "en", Paper: "A4"}
	choices, err := b.StartRendering(t.Context(), id)
	if err != nil || !reflect.DeepEqual(choices, []digest.Choice{bo, ana, cy}) {
		t.Fatalf("lacking are %v, %v", choices, err)
	}
	rendered(t, b, id, cy)
	if err := b.Interrupted(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Erase(t.Context(), ds[0].Subscriber.Address); err != nil { // Ana gets nothing any more
		t.Fatal(err)
	}
	if choices, err := b.StartRendering(t.Context(), id); err != nil || !reflect.DeepEqual(choices, []digest.Choice{bo}) {
		t.Errorf("then lacking are %v, %v", choices, err)
	}
	rendered(t, b, id, bo)
	for range 2 {
		if choices, err := b.StartRendering(t.Context(), id); !errors.Is(err, digest.ErrNotDue) || errors.As(err, new(*ledger.HeldError)) || len(choices) != 0 {
			t.Errorf("at last lacking are %v, %v", choices, err)
		}
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.Tries != 0 || e.State != digest.EditionReady {
		t.Errorf("it is %s after %d tries, %v", e.State, e.Tries, err)
	}
}

func TestVariantsAreMadeByOneProcessAtATime(t *testing.T) {
	t.Parallel()
	b, id, _ := planned(t)
	var won int
	for _, err := range together(30, func(int) error { _, err := b.StartRendering(t.Context(), id); return err }) {
		var held *ledger.HeldError
		switch {
		case err == nil:
			won++
		case !errors.As(err, &held) || !held.Until.Equal(monday.Add(time.Second)):
			t.Error(err)
		}
	}
	if e, _, err := b.Edition(t.Context(), id); won != 1 || err != nil || e.Tries != 1 {
		t.Errorf("%d make them, %d tries, %v", won, e.Tries, err)
	}
	for range 4 { // it takes a minute, and the lease is renewed
		b.clock.pass(15 * time.Second)
		if _, err := b.Renew(t.Context(), id, 0, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.StartRendering(t.Context(), id); !errors.As(err, new(*ledger.HeldError)) {
		t.Errorf("while they are being made, another one gets %v", err)
	}
	b.clock.pass(lease) // it was killed
	if choices, err := b.StartRendering(t.Context(), id); err != nil || len(choices) != 3 {
		t.Errorf("after a kill another one gets %v, %v", choices, err)
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.Tries != 2 || !strings.Contains(e.Reason, "ended without a word") {
		t.Errorf("the second try after %q is number %d, %v", e.Reason, e.Tries, err)
	}
}

func TestATemplateThatPanicsParksTheEditionAfterThreeTries(t *testing.T) {
	t.Parallel()
	b, id, _ := planned(t)
	bo := digest.Choice{Audience: digest.Admin, Locale: "en", Paper: "A4"}
	for i, want := range []digest.EditionState{digest.EditionReady, digest.EditionReady, digest.EditionParked} {
		choices, err := b.StartRendering(t.Context(), id)
		if err != nil || len(choices) != 3 {
			t.Fatalf("try %d gets %v, %v", i+1, choices, err)
		}
		state, again, err := b.Failed(t.Context(), id, fmt.Sprintf("panic %d", i+1))
		if err != nil || state != want {
			t.Fatalf("after try %d it is %s, %v", i+1, state, err)
		}
		if want == digest.EditionReady {
			if _, err := b.StartRendering(t.Context(), id); !errors.As(err, new(*ledger.HeldError)) {
				t.Errorf("before its time it gives %v", err)
			}
			b.clock.pass(again.Sub(b.clock.now()))
		}
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.Reason != "panic 3" || e.Tries != 3 {
		t.Errorf("it is parked for %q after %d, %v", e.Reason, e.Tries, err)
	}
	if err := b.Release(t.Context(), id); err != nil { // the template was mended
		t.Fatal(err)
	}
	if choices, err := b.StartRendering(t.Context(), id); err != nil || len(choices) != 3 {
		t.Errorf("released, it lacks %v, %v", choices, err)
	}
	rendered(t, b, id, bo)
	if state, _, err := b.Failed(t.Context(), id, "another panic"); err != nil || state != digest.EditionReady {
		t.Errorf("with one made, a try in vain makes it %s, %v", state, err)
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.Tries != 1 {
		t.Errorf("a variant was made, and the tries are %d, %v", e.Tries, err)
	}
}

func TestAFaultOfAllDeliveriesParksTheEditionThatWasRendered(t *testing.T) {
	t.Parallel()
	b, id, _ := planned(t)
	choices, err := b.StartRendering(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range choices {
		rendered(t, b, id, c)
	}
	if _, err := b.StartRendering(t.Context(), id); !errors.Is(err, digest.ErrNotDue) {
		t.Fatal(err)
	}
	for i, want := range []digest.EditionState{digest.EditionReady, digest.EditionReady, digest.EditionParked} {
		var again time.Time
		for range 5 { // batches that find it at once
			var state digest.EditionState
			if state, again, err = b.Failed(t.Context(), id, "compose: the picture is broken"); err != nil || state != want {
				t.Fatalf("time %d it is %s, %v", i+1, state, err)
			}
		}
		b.clock.pass(max(0, again.Sub(b.clock.now())))
	}
}
