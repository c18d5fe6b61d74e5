package ledger_test

import (
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

func TestNoSecretStandsInClearInAnyTable(t *testing.T) {
	t.Parallel()
	b, _, _ := planned(t)
	for _, word := range []string{"hunter2", sourceDSN, "db.example", tokenOf(t, b, 0)} {
		if where := findInAllTables(t, b, word); len(where) != 0 {
			t.Errorf("%q stands in %q", word, where)
		}
	}
	if where := findInAllTables(t, b, "Support desk"); len(where) == 0 {
		t.Error("the search finds nothing at all")
	}
}

func TestAKeyIsRotatedByPuttingTheNewOneInFront(t *testing.T) {
	t.Parallel()
	b, _, _ := planned(t)
	token := tokenOf(t, b, 0)
	with := func(secrets ...string) *ledger.Ledger {
		return ledger.New(b.pool, ledger.Options{Keys: keys(t, secrets...), Domain: "digest.fortnight.example", Now: b.clock.now})
	}
	const next = "the second secret of the tests"
	if _, err := with(next).Digest(t.Context(), "desk/weekly"); err == nil || !strings.Contains(err.Error(), "source desk/chat does not open: set SECRET_KEY") {
		t.Errorf("with the new key alone: %v", err)
	}
	if _, err := with(next).Reseal(t.Context()); err == nil {
		t.Error("the new key alone reseals")
	}
	both := with(next, secret)
	if s, err := both.Digest(t.Context(), "desk/weekly"); err != nil || s.Project.Sources[0].DSN != sourceDSN {
		t.Errorf("with both: %v", err)
	}
	for _, want := range []int{4, 0} { // one DSN and three tokens
		if n, err := both.Reseal(t.Context()); n != want || err != nil {
			t.Errorf("resealed %d, want %d, %v", n, want, err)
		}
	}
	s, err := with(next).Digest(t.Context(), "desk/weekly")
	if err != nil || s.Project.Sources[0].DSN != sourceDSN || s.Config.Subscribers[0].Token != token {
		t.Errorf("with the new key alone now: %+v, %v", s, err)
	}
	if _, err := with(next).Subscription(t.Context(), token); err != nil {
		t.Errorf("a link in an old mail gives %v", err)
	}
}

func TestAfterTheKeyWasLostTheConfigurationBringsDSNsAndMakesLinksAnew(t *testing.T) {
	t.Parallel()
	b := filled(t)
	other := ledger.New(b.pool, ledger.Options{Keys: keys(t, "the second secret of the tests"), Domain: "x.example", Now: b.clock.now})
	changes, err := other.Apply(t.Context(), []digest.Project{project()})
	want := "~ source desk/chat: dsn sealed anew"
	for _, who := range []string{"ana@example.org", "Bo@Example.org", "cy@example.org"} {
		want += "\n~ subscriber desk/weekly " + who + ": links made anew, as no SECRET_KEY opens the old ones"
	}
	if err != nil || text(changes) != want {
		t.Errorf("changes\n%s\n%v", text(changes), err)
	}
	if s, err := other.Digest(t.Context(), "desk/weekly"); err != nil || len(s.Config.Subscribers) != 3 {
		t.Errorf("the digest does not open: %v", err)
	}
}

func TestASealedValueDoesNotOpenInAnotherRow(t *testing.T) {
	t.Parallel()
	b := empty(t)
	p := project()
	p.Sources = append(p.Sources, digest.Source{Key: "other", Platform: "chatwoot", DSN: "postgres://evil.example/x"})
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.pool.Exec(t.Context(), "UPDATE fortnight.sources a SET dsn_sealed = b.dsn_sealed FROM fortnight.sources b WHERE a.key = 'other' AND b.key = 'chat'"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Digest(t.Context(), "desk/weekly"); err == nil || !strings.Contains(err.Error(), "source desk/other does not open") {
		t.Errorf("the error is %v", err)
	}
}

func TestAShortOrMissingKeyIsRefused(t *testing.T) {
	t.Parallel()
	for _, secrets := range [][]string{{}, {""}, {"short"}, {"a secret that is long enough", "short"}} {
		if _, err := ledger.NewKeys(secrets...); err == nil || !strings.Contains(err.Error(), "openssl rand -base64 32") {
			t.Errorf("%d keys give %v", len(secrets), err)
		}
	}
}

func TestEditionsAreKept400DaysAndAttempts90(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	b.clock.pass(3 * time.Hour)
	for _, d := range ds {
		ends(t, b, d.ID, sent)
	}
	prune := func(want ledger.Pruned) {
		t.Helper()
		if got, err := b.Prune(t.Context()); got != want || err != nil {
			t.Errorf("pruned %+v, want %+v, %v", got, want, err)
		}
	}
	b.clock.pass(80 * 24 * time.Hour)
	prune(ledger.Pruned{})
	b.clock.pass(11 * 24 * time.Hour)
	prune(ledger.Pruned{Attempts: 3})
	b.clock.pass(400 * 24 * time.Hour)
	prune(ledger.Pruned{}) // it was never finished
	if _, err := b.Finish(t.Context(), edition); err != nil {
		t.Fatal(err)
	}
	prune(ledger.Pruned{Editions: 1})
	if lines := deliveries(t, b, edition); len(lines) != 0 {
		t.Errorf("deliveries %v", lines)
	}
	if s, _ := b.Digest(t.Context(), "desk/weekly"); !s.LastDue.Equal(monday) {
		t.Error("the schedule's mark is gone: the edition would be made again")
	}
}
