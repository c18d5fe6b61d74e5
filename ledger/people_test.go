package ledger_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

func TestATokenNamesOneSubscription(t *testing.T) {
	t.Parallel()
	b, _, _ := planned(t)
	token := tokenOf(t, b, 0)
	s, err := b.Subscription(t.Context(), token)
	if err != nil || s.Project != "desk" || s.ProjectName != "Support desk" || s.Digest != "weekly" || s.Config.Cadence.Kind != "weekly" || s.Subscriber.Address != "ana@example.org" || s.Subscriber.Locale != "es" {
		t.Fatalf("it is %+v, %v", s, err)
	}
	for _, wrong := range []string{"", "x", token + "x", strings.ToUpper(token), token[:25]} {
		if _, err := b.Subscription(t.Context(), wrong); !errors.Is(err, ledger.ErrNoSubscription) {
			t.Errorf("%q gives %v", wrong, err)
		}
	}
	gone, err := b.Unsubscribe(t.Context(), token)
	if err != nil || !gone.UnsubscribedAt.Equal(monday) {
		t.Fatalf("after unsubscribing it is %+v, %v", gone, err)
	}
	b.clock.pass(time.Hour)
	if again, err := b.Unsubscribe(t.Context(), token); err != nil || !again.UnsubscribedAt.Equal(monday) {
		t.Errorf("unsubscribing again gives %+v, %v", again, err)
	}
	if other, err := b.Subscription(t.Context(), tokenOf(t, b, 1)); err != nil || !other.UnsubscribedAt.IsZero() {
		t.Errorf("the other one is %+v, %v", other, err)
	}
	if back, err := b.Resubscribe(t.Context(), token); err != nil || !back.UnsubscribedAt.IsZero() {
		t.Errorf("back again it is %+v, %v", back, err)
	}
	if _, err := b.Unsubscribe(t.Context(), "nonsense"); !errors.Is(err, ledger.ErrNoSubscription) {
		t.Errorf("nonsense gives %v", err)
	}
}

func TestWhoUnsubscribedIsNotPlannedForTheNextEdition(t *testing.T) {
	t.Parallel()
	b, _, _ := planned(t)
	if _, err := b.Unsubscribe(t.Context(), tokenOf(t, b, 0)); err != nil {
		t.Fatal(err)
	}
	id := opened(t, b, "2020-03-30")
	b.clock.pass(7 * 24 * time.Hour)
	next := ready(t, b, id, 1, 1)
	if len(next) != 2 || next[0].Subscriber.Name != "Bo" {
		t.Errorf("planned are %+v", next)
	}
}

func TestAReaderSeesHisOwnVariantAndNoOther(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	ana, bo := ds[0].Subscriber, ds[1].Subscriber
	ana.Token, bo.Token = tokenOf(t, b, 0), tokenOf(t, b, 1)
	if _, err := b.View(t.Context(), edition, ana.Token, 0); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("before it is rendered: %v", err)
	}
	for audience, choice := range map[string]digest.Choice{
		"executive": {Audience: digest.Executive, Locale: "es", PDF: true, Paper: "A4"},
		"admin":     {Audience: digest.Admin, Locale: "en", Paper: "A4"},
	} {
		if _, err := b.KeepVariant(t.Context(), edition, digest.Variant{Choice: choice, HTML: []byte(audience), Text: []byte(audience)}); err != nil {
			t.Fatal(err)
		}
	}
	for token, want := range map[string]string{ana.Token: "executive", bo.Token: "admin"} {
		v, err := b.View(t.Context(), edition, token, 0)
		if err != nil || string(v.Variant.HTML) != want || v.Edition.ID != edition || v.Delivery.Subscriber.Token != token {
			t.Errorf("%s sees %q, %v", v.Delivery.Subscriber.Name, v.Variant.HTML, err)
		}
	}
	if _, err := b.View(t.Context(), edition, "nonsense", 0); !errors.Is(err, ledger.ErrNoSubscription) {
		t.Errorf("nonsense sees %v", err)
	}
	if _, err := b.View(t.Context(), edition+1, ana.Token, 0); !errors.Is(err, ledger.ErrNoSubscription) {
		t.Errorf("of another edition she sees %v", err)
	}
}

func TestAnErasedPersonIsForgottenEverywhere(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	ends(t, b, ds[1].ID, digest.Outcome{State: digest.DeliveryFailed, Code: 550, Answer: "<Bo@Example.org> unknown"})
	if err := b.Suppress(t.Context(), "desk", "bo@example.org", "hard bounce"); err != nil {
		t.Fatal(err)
	}
	erased, err := b.Erase(t.Context(), "bo@EXAMPLE.org")
	if err != nil || erased != (ledger.Erased{Subscriptions: 1, Deliveries: 1}) {
		t.Fatalf("erased %+v, %v", erased, err)
	}
	for _, word := range []string{"bo@example", "Bo@Example"} {
		if where := findInAllTables(t, b, word); len(where) != 0 {
			t.Errorf("%q still stands in %q", word, where)
		}
	}
	if state := stateOf(t, b, edition, ds[1].ID); state != digest.DeliveryFailed {
		t.Errorf("the record of the delivery is %s", state)
	}
	if _, err := b.Apply(t.Context(), []digest.Project{project()}); err != nil { // the file still names him
		t.Fatal(err)
	}
	lines, err := b.Subscribers(t.Context(), "desk")
	if err != nil || lines[2].Address != "Bo@Example.org" || lines[2].Gets() {
		t.Errorf("back from the file he is %+v, %v", lines, err)
	}
}

func TestAnErasedPersonIsNotWrittenToWhenAFileBringsThemBack(t *testing.T) {
	t.Parallel()
	b := filled(t)
	if _, err := b.Erase(t.Context(), "ana@example.org"); err != nil {
		t.Fatal(err)
	}
	if where := findInAllTables(t, b, "ana@example"); len(where) != 0 {
		t.Errorf("the address still stands in %q", where)
	}
	if _, err := b.Apply(t.Context(), []digest.Project{project()}); err != nil {
		t.Fatal(err)
	}
	lines, err := b.Subscribers(t.Context(), "desk")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.Address == "ana@example.org" && (l.Gets() || l.Suppressed != "erased") {
			t.Errorf("back from the file she is %+v", l)
		}
	}
}

func TestAnErasedPersonGetsNothingThatWasPlanned(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	token := tokenOf(t, b, 0)
	if _, err := b.Erase(t.Context(), "ana@example.org"); err != nil {
		t.Fatal(err)
	}
	if d, err := b.Turn(t.Context(), nil, ds[0].ID); d != nil || err != nil {
		t.Errorf("an attempt gives %+v, %v", d, err)
	}
	if state := stateOf(t, b, edition, ds[0].ID); state != digest.DeliverySuppressed {
		t.Errorf("it is %s", state)
	}
	if _, err := b.Subscription(t.Context(), token); !errors.Is(err, ledger.ErrNoSubscription) {
		t.Errorf("the token gives %v", err)
	}
}

// tokenOf is that of the digest's i-th subscription.
func tokenOf(t testing.TB, b book, i int) string {
	t.Helper()
	s, err := b.Digest(t.Context(), "desk/weekly")
	if err != nil {
		t.Fatal(err)
	}
	return s.Config.Subscribers[i].Token
}

// findInAllTables names the tables in which a row holds the word, however it is stored.
func findInAllTables(t testing.TB, b book, word string) []string {
	t.Helper()
	var found []string
	for _, table := range []string{"projects", "sources", "digests", "subscribers", "editions", "snapshots", "variants", "deliveries", "attempts", "suppressions", "bounces", "told"} {
		var n int
		sql := "SELECT count(*) FROM fortnight." + table + " x WHERE x::text LIKE '%' || $1 || '%' OR x::text LIKE '%' || encode(convert_to($1, 'UTF8'), 'hex') || '%'"
		if err := b.pool.QueryRow(t.Context(), sql, word).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			found = append(found, table)
		}
	}
	return found
}
