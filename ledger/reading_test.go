package ledger_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

func TestAReadersWishesAreKeptAndWrittenDown(t *testing.T) {
	t.Parallel()
	b := letting(t, digest.Readers{Cadences: []string{"monthly"}})
	token, no := tokenOf(t, b, 0), false
	w := digest.Wishes{Cadence: "monthly", Locale: "en", Zone: "Europe/Berlin", PDF: &no, PausedUntil: digest.Date{Year: 2020, Month: 6, Day: 1}}
	for range 2 { // the same again is no change
		s, err := b.Wish(t.Context(), token, w)
		if err != nil || !reflect.DeepEqual(s.Wishes, w) {
			t.Fatalf("%+v %v", s.Wishes, err)
		}
	}
	var cadence, via, what string
	var n, details int
	if err := b.pool.QueryRow(t.Context(), "SELECT cadence FROM fortnight.subscribers WHERE name = 'Ana'").Scan(&cadence); err != nil || cadence != "monthly" {
		t.Errorf("the cadence is %q, %v", cadence, err)
	}
	if err := b.pool.QueryRow(t.Context(), "SELECT count(*), min(via), min(what), min(jsonb_array_length(details)) FROM fortnight.audit WHERE via = 'reader'").Scan(&n, &via, &what, &details); err != nil ||
		n != 1 || what != "subscriber desk/weekly ana@example.org" || details != 5 {
		t.Errorf("the audit has %d lines, of %s, of %d values, %v", n, what, details, err)
	}
	p := project()
	p.Digests[0].Readers = digest.Readers{Cadences: []string{"monthly"}}
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
	if s, err := b.Subscription(t.Context(), token); err != nil || !reflect.DeepEqual(s.Wishes, w) {
		t.Errorf("after an apply they are %+v, %v", s.Wishes, err)
	}
}

func TestAWishThatTheDigestDoesNotAllowIsPassedOver(t *testing.T) {
	t.Parallel()
	b := letting(t, digest.Readers{})
	s, err := b.Wish(t.Context(), tokenOf(t, b, 0), digest.Wishes{Cadence: "monthly", Sections: []string{"activity"}, Zone: "Europe/Berlin"})
	if err != nil || s.Wishes.Cadence != "" || s.Wishes.Sections != nil || s.Wishes.Zone != "Europe/Berlin" {
		t.Errorf("%+v %v", s.Wishes, err)
	}
	if _, err := b.Wish(t.Context(), "nonsense", digest.Wishes{}); !errors.Is(err, ledger.ErrNoSubscription) {
		t.Error(err)
	}
}

// readable is a ledger with an edition that Ana can read, and her token.
func readable(t *testing.T) (b book, edition int64, token string) {
	t.Helper()
	b, edition, ds := planned(t)
	keepFor(t, b, edition, ds[0])
	return b, edition, tokenOf(t, b, 0)
}

func keepFor(t *testing.T, b book, edition int64, d digest.Delivery) {
	t.Helper()
	e, _, err := b.Ledger.Edition(t.Context(), edition)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.KeepVariant(t.Context(), edition, digest.Variant{Choice: digest.ChoiceOf(e, d.Subscriber), HTML: []byte("x"), Text: []byte("x")}); err != nil {
		t.Fatal(err)
	}
}

func TestLinksToAnEditionEnd(t *testing.T) {
	t.Parallel()
	b, edition, token := readable(t)
	const life = 400 * 24 * time.Hour
	b.clock.pass(life - time.Hour)
	if _, err := b.View(t.Context(), edition, token, life); err != nil {
		t.Errorf("before its end: %v", err)
	}
	b.clock.pass(2 * time.Hour)
	if _, err := b.View(t.Context(), edition, token, life); !errors.Is(err, ledger.ErrLinkEnded) {
		t.Errorf("after it: %v", err)
	}
	if _, err := b.View(t.Context(), edition, token, 0); err != nil {
		t.Errorf("where links have no end: %v", err)
	}
}

func TestLinksToAnEditionCanBeRevoked(t *testing.T) {
	t.Parallel()
	for name, revoke := range map[string]string{
		"of the edition":    "UPDATE fortnight.editions SET revoked_at = opened_at",
		"of the subscriber": "UPDATE fortnight.subscribers SET links_from = (SELECT max(opened_at) + interval '1 second' FROM fortnight.editions)",
	} {
		b, edition, token := readable(t)
		if _, err := b.pool.Exec(t.Context(), revoke); err != nil {
			t.Fatal(err)
		}
		if _, err := b.View(t.Context(), edition, token, 0); !errors.Is(err, ledger.ErrLinkRevoked) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := b.Unsubscribe(t.Context(), token); err != nil {
			t.Errorf("%s, unsubscribing: %v", name, err)
		}
	}
}

func TestAnEditionThatIsHeldIsForNobody(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"held", "parked", "discarded"} {
		b, edition, token := readable(t)
		if _, err := b.pool.Exec(t.Context(), "UPDATE fortnight.editions SET state = $1", state); err != nil {
			t.Fatal(err)
		}
		if _, err := b.View(t.Context(), edition, token, 0); !errors.Is(err, ledger.ErrNoSubscription) {
			t.Errorf("%s: %v", state, err)
		}
		if _, err := b.pool.Exec(t.Context(), "UPDATE fortnight.deliveries SET attempts = 1"); err != nil { // it was mailed before
			t.Fatal(err)
		}
		if _, err := b.View(t.Context(), edition, token, 0); err != nil {
			t.Errorf("%s, and mailed: %v", state, err)
		}
	}
}

func TestAReaderFindsTheEditionsBesideOne(t *testing.T) {
	t.Parallel()
	b, first, token := readable(t)
	b.clock.pass(7 * 24 * time.Hour)
	second := opened(t, b, "2020-03-30")
	ds := ready(t, b, second, 307, 192)
	keepFor(t, b, second, ds[0])
	v, err := b.View(t.Context(), first, token, 0)
	if err != nil || v.Before != nil || v.After == nil || v.After.Edition != second || !strings.HasPrefix(v.After.Period.From.String(), "2020-03-30 00:00:00 -0400") {
		t.Errorf("the first: %+v %+v %v", v.Before, v.After, err)
	}
	if v, err := b.View(t.Context(), second, token, 0); err != nil || v.After != nil || v.Before == nil || v.Before.Edition != first {
		t.Errorf("the second: %+v %+v %v", v.Before, v.After, err)
	}
	if _, err := b.pool.Exec(t.Context(), "UPDATE fortnight.editions SET state = 'held' WHERE edition_id = $1", second); err != nil {
		t.Fatal(err)
	}
	if v, err := b.View(t.Context(), first, token, 0); err != nil || v.After != nil {
		t.Errorf("a held one is linked: %+v %v", v.After, err)
	}
}
