package ledger_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

const aWeek = 7 * 24 * time.Hour

// letting is a ledger of three subscribers whose digest lets them choose, and others ask, as it says.
func letting(t testing.TB, r digest.Readers) book {
	t.Helper()
	b := empty(t)
	p := project()
	p.Digests[0].Readers = r
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
	return b
}

func addresses(t testing.TB, b book) (all []string) {
	t.Helper()
	lines, err := b.Subscribers(t.Context(), "desk")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.Gets() {
			all = append(all, l.Address)
		}
	}
	return all
}

func TestWhoWasForwardedAMailIsASubscriberOnceTheirAddressIsConfirmed(t *testing.T) {
	t.Parallel()
	b := letting(t, digest.Readers{Forwarding: digest.ForwardingConfirm})
	before := len(addresses(t, b))
	confirm, r, err := b.AskToSubscribe(t.Context(), tokenOf(t, b, 0), " Ben@New.example ", "Ben", "es", aWeek)
	if err != nil || confirm == "" || r.ProjectName != "Support desk" || r.Address != "Ben@New.example" || len(addresses(t, b)) != before {
		t.Fatalf("%q %+v %v", confirm, r, err)
	}
	if r, err := b.RequestOf(t.Context(), confirm); err != nil || r.Confirmed || r.Waits || r.Name != "Ben" || r.Locale != "es" || r.Config.Cadence.Kind != "weekly" {
		t.Errorf("%+v %v", r, err)
	}
	for range 2 { // again changes nothing
		if r, err := b.ConfirmRequest(t.Context(), confirm); err != nil || !r.Confirmed || r.Waits {
			t.Fatalf("%+v %v", r, err)
		}
	}
	if all := addresses(t, b); len(all) != before+1 || !slices.Contains(all, "Ben@New.example") {
		t.Errorf("subscribed are %q", all)
	}
	var actor, via, verb string
	if err := b.pool.QueryRow(t.Context(), "SELECT actor, via, verb FROM fortnight.audit ORDER BY audit_id DESC LIMIT 1").Scan(&actor, &via, &verb); err != nil || actor != "Ben" || via != "reader" || verb != "add" {
		t.Errorf("the audit says %s %s %s, %v", actor, via, verb, err)
	}
}

func TestSomebodyDecidesUnlessTheDigestSaysOtherwise(t *testing.T) {
	t.Parallel()
	b := letting(t, digest.Readers{})
	before := len(addresses(t, b))
	confirm, _, err := b.AskToSubscribe(t.Context(), tokenOf(t, b, 0), "ben@new.example", "", "", aWeek)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := b.ConfirmRequest(t.Context(), confirm); err != nil || !r.Waits || len(addresses(t, b)) != before {
		t.Fatalf("%+v %v", r, err)
	}
	if again, _, err := b.AskToSubscribe(t.Context(), tokenOf(t, b, 1), "BEN@new.example", "", "", aWeek); err != nil || again != "" {
		t.Errorf("asked once more while it waits: %q %v", again, err)
	}
	project := b.Tenant(1)
	all, err := project.Requests(t.Context())
	if err != nil || len(all) != 1 || all[0].Address != "ben@new.example" || all[0].Forwarder == "" || all[0].Confirmed.IsZero() {
		t.Fatalf("%+v %v", all, err)
	}
	if err := project.Decide(t.Context(), digest.Actor{Name: "Nora", Via: "console"}, all[0].ID, true); err != nil {
		t.Fatal(err)
	}
	if r, err := b.RequestOf(t.Context(), confirm); err != nil || r.Waits || !slices.Contains(addresses(t, b), "ben@new.example") {
		t.Errorf("%+v %v", r, err)
	}
}

func TestAskingDoesNotTellWhoIsSubscribedOrSuppressed(t *testing.T) {
	t.Parallel()
	b := letting(t, digest.Readers{Forwarding: digest.ForwardingConfirm})
	if err := b.Suppress(t.Context(), "desk", "gone@new.example", "hard bounce"); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"ANA@example.org", "Gone@New.example"} {
		if confirm, _, err := b.AskToSubscribe(t.Context(), tokenOf(t, b, 1), address, "", "", aWeek); err != nil || confirm != "" {
			t.Errorf("%s: %q %v", address, confirm, err)
		}
	}
	if all, err := b.Tenant(1).Requests(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%+v %v", all, err)
	}
}

func TestAskingIsThrottledByLinkAndByAddress(t *testing.T) {
	t.Parallel()
	b := letting(t, digest.Readers{Forwarding: digest.ForwardingConfirm})
	ask := func(i int, address string) error {
		_, _, err := b.AskToSubscribe(t.Context(), tokenOf(t, b, i), address, "", "", aWeek)
		return err
	}
	for i, address := range []string{"ben@new.example", "Ben@new.example", "ben@NEW.example"} {
		if err := ask(i%2, address); err != nil {
			t.Fatal(err)
		}
	}
	if err := ask(2, "ben@new.example"); !errors.Is(err, ledger.ErrAskedTooOften) {
		t.Errorf("an address for the fourth time: %v", err)
	}
	for i := range 9 { // two were asked by this link
		err := ask(0, string(rune('a'+i))+"@new.example")
		if (i < 8) != (err == nil) || i == 8 && !errors.Is(err, ledger.ErrAskedTooOften) {
			t.Errorf("the %d. by one link: %v", i+3, err)
		}
	}
	b.clock.pass(time.Hour + time.Second)
	if err := ask(0, "ben@new.example"); err != nil {
		t.Errorf("after an hour: %v", err)
	}
}

func TestAConfirmingLinkHasAnEnd(t *testing.T) {
	t.Parallel()
	b := letting(t, digest.Readers{Forwarding: digest.ForwardingConfirm})
	confirm, _, err := b.AskToSubscribe(t.Context(), tokenOf(t, b, 0), "ben@new.example", "", "", aWeek)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.pass(aWeek)
	if _, err := b.ConfirmRequest(t.Context(), confirm); !errors.Is(err, ledger.ErrLinkEnded) {
		t.Errorf("past its time: %v", err)
	}
	for _, wrong := range []string{"", "nonsense", tokenOf(t, b, 0)} {
		if _, err := b.ConfirmRequest(t.Context(), wrong); !errors.Is(err, ledger.ErrNoSubscription) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	off := letting(t, digest.Readers{Forwarding: digest.ForwardingOff})
	if _, _, err := off.AskToSubscribe(t.Context(), tokenOf(t, off, 0), "ben@new.example", "", "", aWeek); !errors.Is(err, ledger.ErrTakesNobody) {
		t.Errorf("where nobody may ask: %v", err)
	}
	if _, _, err := off.AskToSubscribe(t.Context(), "nonsense", "ben@new.example", "", "", aWeek); !errors.Is(err, ledger.ErrNoSubscription) {
		t.Errorf("by nobody's link: %v", err)
	}
}
