package ledger_test

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

func report(kind ledger.BounceKind, status, text string) ledger.Bounce {
	return ledger.Bounce{Kind: kind, Status: status, Diagnostic: text, Report: sha256.Sum256([]byte(string(kind) + status + text))}
}

func TestOnlyReportsAboutTheAddressAndComplaintsHaveConsequences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind         ledger.BounceKind
		status       string
		suppressed   string
		unsubscribed bool
	}{
		{ledger.BounceHard, "5.1.1", "hard bounce 5.1.1", false},
		{ledger.BounceHard, "5.1.10", "hard bounce 5.1.10", false},
		{ledger.BounceHard, "5.2.1", "hard bounce 5.2.1", false},
		{ledger.BounceHard, "5.1.7", "", false}, // about the sender
		{ledger.BounceHard, "5.1.8", "", false},
		{ledger.BounceHard, "5.2.2", "", false},
		{ledger.BounceHard, "5.7.1", "", false},
		{ledger.BounceHard, "5.10.1", "", false},
		{ledger.BounceHard, "", "", false},
		{ledger.BounceSoft, "4.2.2", "", false},
		{ledger.BounceSoft, "5.1.1", "", false},
		{ledger.BounceDelayed, "4.4.1", "", false},
		{ledger.BounceIgnored, "", "", false},
		{ledger.BounceComplaint, "", "complaint", true},
	} {
		t.Run(string(c.kind)+" "+c.status, func(t *testing.T) {
			t.Parallel()
			b, id, ds := planned(t)
			ends(t, b, ds[0].ID, sent)
			b.clock.pass(time.Hour)
			if known, err := b.Bounced(t.Context(), ds[0].ID, report(c.kind, c.status, "<ana@example.org>: no")); err != nil || !known {
				t.Fatalf("known %v, %v", known, err)
			}
			lines, err := b.Subscribers(t.Context(), "desk/weekly")
			if err != nil || lines[0].Suppressed != c.suppressed || lines[0].UnsubscribedAt.IsZero() == c.unsubscribed {
				t.Errorf("she is %+v, %v", lines[0], err)
			}
			for _, other := range lines[1:] {
				if !other.Gets() {
					t.Errorf("%s gets nothing", other.Name)
				}
			}
			d := deliveries(t, b, id)[0]
			if d.State != digest.DeliverySent || d.Bounce.Kind != string(c.kind) || d.Bounce.Status != c.status || d.Bounce.Diagnostic != "<ana@example.org>: no" || !d.Bounce.At.Equal(monday.Add(time.Hour)) {
				t.Errorf("the delivery is %s, its report %+v", d.State, d.Bounce)
			}
			if d := deliveries(t, b, id)[1]; d.Bounce != nil {
				t.Errorf("another one's report is %+v", d.Bounce)
			}
		})
	}
}

func TestAReportThatIsReadTwiceIsNotedOnce(t *testing.T) {
	t.Parallel()
	b, _, ds := planned(t)
	hard := report(ledger.BounceHard, "5.1.1", "no such user")
	for _, err := range together(20, func(int) error { _, err := b.Bounced(t.Context(), ds[0].ID, hard); return err }) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := rows(t, b, "bounces"); n != 1 {
		t.Errorf("it is noted %d times", n)
	}
	if lifted, err := b.Unsuppress(t.Context(), "desk", "ana@example.org"); err != nil || !lifted {
		t.Fatalf("lifted %v, %v", lifted, err)
	}
	if known, err := b.Bounced(t.Context(), ds[0].ID, hard); err != nil || !known {
		t.Errorf("read again, known is %v, %v", known, err)
	}
	if lines, err := b.Subscribers(t.Context(), "desk"); err != nil || lines[0].Suppressed != "" {
		t.Errorf("an old report, read again, suppresses: %+v, %v", lines[0], err)
	}
}

func TestAReportAboutNoDeliveryOrOfNoKindChangesNothing(t *testing.T) {
	t.Parallel()
	b, _, ds := planned(t)
	if known, err := b.Bounced(t.Context(), 4711, report(ledger.BounceHard, "5.1.1", "")); known || err != nil {
		t.Errorf("of an unknown delivery: %v, %v", known, err)
	}
	if _, err := b.Bounced(t.Context(), ds[0].ID, report("bouncy", "5.1.1", "")); err == nil || !strings.Contains(err.Error(), `"bouncy" is no kind of report`) {
		t.Errorf("of no kind: %v", err)
	}
	odd := report(ledger.BounceSoft, "5.1.1; rm -rf", strings.Repeat("\x00\xff", 9000))
	if known, err := b.Bounced(t.Context(), ds[0].ID, odd); err != nil || !known {
		t.Errorf("of odd words: %v, %v", known, err)
	}
	if n := rows(t, b, "suppressions"); n != 0 {
		t.Errorf("%d addresses are suppressed", n)
	}
}

func TestTheWorstReportOfADeliveryIsShown(t *testing.T) {
	t.Parallel()
	b, id, ds := planned(t)
	for _, r := range []ledger.Bounce{
		report(ledger.BounceDelayed, "4.4.1", "first"), report(ledger.BounceHard, "5.7.1", "older"), report(ledger.BounceHard, "5.2.2", "newer"), report(ledger.BounceIgnored, "", "out of office"),
	} {
		if _, err := b.Bounced(t.Context(), ds[0].ID, r); err != nil {
			t.Fatal(err)
		}
		b.clock.pass(time.Minute)
	}
	if d := deliveries(t, b, id)[0]; d.Bounce == nil || d.Bounce.Kind != string(ledger.BounceHard) || d.Bounce.Diagnostic != "newer" {
		t.Errorf("it is %+v", d.Bounce)
	}
}

func TestReportsAreForgottenWithTheirPersonAndAfter90Days(t *testing.T) {
	t.Parallel()
	b, _, ds := planned(t)
	for _, d := range ds[:2] {
		if _, err := b.Bounced(t.Context(), d.ID, report(ledger.BounceHard, "5.1.1", "<"+d.Subscriber.Address+"> unknown")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Erase(t.Context(), "bo@example.org"); err != nil {
		t.Fatal(err)
	}
	if where := findInAllTables(t, b, "Bo@Example"); len(where) != 0 {
		t.Errorf("the address still stands in %q", where)
	}
	if where := findInAllTables(t, b, "<ana@example"); len(where) != 1 || where[0] != "bounces" {
		t.Errorf("another one's report stands in %q", where)
	}
	if known, err := b.Bounced(t.Context(), ds[1].ID, report(ledger.BounceComplaint, "", "<bo@example.org>")); err != nil || !known {
		t.Errorf("a complaint of one who was erased: %v, %v", known, err)
	}
	if where := findInAllTables(t, b, "bo@example"); len(where) != 0 {
		t.Errorf("a late report brings the address back, into %q", where)
	}
	b.clock.pass(89 * 24 * time.Hour)
	if p, err := b.Prune(t.Context()); err != nil || p.Bounces != 0 {
		t.Errorf("after 89 days pruned %+v, %v", p, err)
	}
	b.clock.pass(2 * 24 * time.Hour)
	if p, err := b.Prune(t.Context()); err != nil || p.Bounces != 3 {
		t.Errorf("after 91 days pruned %+v, %v", p, err)
	}
}
