package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

func failing(t *testing.T, tenant *ledger.Tenant) string {
	t.Helper()
	n, err := tenant.Needs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return periods(n.Failing)
}

func TestWhatWaitsForAPersonIsGatheredOldestFirst(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	if n, err := desk.Needs(t.Context()); err != nil || n.Count() != 0 {
		t.Errorf("at first %+v waits, %v", n, err)
	}
	ids := weeks(t, b, "2020-03-23", "2020-03-09", "2020-03-16")
	setState(t, b, ids[0], "parked")
	setState(t, b, ids[1], "held")
	for i, key := range []string{"late", "early", "well"} {
		fault := "the server refuses the password"
		if key == "well" {
			fault = ""
		}
		if _, err := desk.SaveSource(t.Context(), by, digest.Source{Key: key, Platform: "chatwoot", DSN: sourceDSN, Tenant: "1"}); err != nil {
			t.Fatal(err)
		}
		exec(t, b, "UPDATE fortnight.sources SET fault = $2, fault_since = $3 WHERE key = $1", key, fault, monday.Add(-time.Duration(i)*time.Hour))
	}
	n, err := desk.Needs(t.Context())
	if err != nil || periods(n.Held) != "weekly 2020-03-09 held, weekly 2020-03-23 parked" || n.Failing != nil || n.Requests != nil || n.Count() != 4 {
		t.Errorf("what waits is %+v, %v", n, err)
	}
	if len(n.Sources) != 2 || n.Sources[0].Key != "early" || n.Sources[1].Key != "late" || n.Sources[0].DSN != "" {
		t.Errorf("the sources are %+v", n.Sources)
	}
}

// In February and March 2020 the week of the 9th is due on the 16th, 14 days before monday.
func TestFailuresNeedSomebodyUntilTheyAreSentAgainForTwoWeeks(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	ids := weeks(t, b, "2020-03-23", "2020-03-09", "2020-03-02")
	exec(t, b, "UPDATE fortnight.editions SET state = 'done'")
	exec(t, b, "UPDATE fortnight.deliveries SET state = 'sent', attempts = 1")
	fails := func(edition int64, name, state string) {
		exec(t, b, `UPDATE fortnight.deliveries SET state = $3 WHERE edition_id = $1 AND recipient ->> 'Name' = $2`, edition, name, state)
	}
	if got := failing(t, desk); got != "" {
		t.Errorf("where all were sent, %s need somebody", got)
	}
	const both = "weekly 2020-03-09 done, weekly 2020-03-23 done" // that of 2 March was due three weeks before
	for _, state := range []string{"failed", "unknown", "expired"} {
		for _, id := range ids {
			fails(id, "Ana", state)
		}
		if got := failing(t, desk); got != both {
			t.Errorf("with copies that are %s, %s need somebody", state, got)
		}
	}
	for _, state := range []string{"deferred", "suppressed"} {
		fails(ids[0], "Ana", state)
		if got := failing(t, desk); got != "weekly 2020-03-09 done" {
			t.Errorf("with copies that are %s, %s need somebody", state, got)
		}
	}
	fails(ids[0], "Ana", "failed")
	b.clock.pass(time.Second)
	if got := failing(t, desk); got != "weekly 2020-03-23 done" {
		t.Errorf("14 days later %s need somebody", got)
	}
	if n, err := desk.Resend(t.Context(), by, ids[0], nil); err != nil || n != 1 {
		t.Fatalf("%d are sent again, %v", n, err)
	}
	if got := failing(t, desk); got != "" {
		t.Errorf("sent again, %s need somebody", got)
	}
	fails(ids[0], "Ana", "failed")
	if got := failing(t, desk); got != "weekly 2020-03-23 sending" {
		t.Errorf("failed again, %s need somebody", got)
	}
	for _, state := range []string{"held", "parked", "discarded"} {
		setState(t, b, ids[0], state)
		if got := failing(t, desk); got != "" {
			t.Errorf("one that is %s is told of twice: %s", state, got)
		}
	}
	setState(t, b, ids[0], "done")
	exec(t, b, "UPDATE fortnight.subscribers SET unsubscribed_at = now() WHERE name = 'Ana'")
	if got := failing(t, desk); got != "" {
		t.Errorf("who has left needs nobody, and %s do", got)
	}
}

// Three editions: of the week of 23 March, with one copy sent, one failed and one planned; of 16 March, held with two copies open; of 24
// February, sent to all three. Of the second month before: one of 3 February, sent to two.
func TestTheOverviewsNumbersAreThoseOfTheDeliveries(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, _ := maya(t, b)
	at := func(when time.Time) { b.clock.pass(when.Sub(b.clock.now())) }
	set := func(edition int64, name, state string) int64 {
		return scalarOf[int64](t, b, `UPDATE fortnight.deliveries SET state = $3, attempts = 1 WHERE edition_id = $1 AND recipient ->> 'Name' = $2 RETURNING delivery_id`, edition, name, state)
	}
	bounced := func(delivery int64, kind ledger.BounceKind, status string) {
		t.Helper()
		if _, err := b.Bounced(t.Context(), delivery, report(kind, status, "no")); err != nil {
			t.Fatal(err)
		}
	}
	at(time.Date(2020, 2, 10, 13, 0, 0, 0, time.UTC))
	old := weeks(t, b, "2020-02-03")[0]
	set(old, "Ana", "sent")
	bounced(set(old, "Bo", "sent"), ledger.BounceSoft, "4.2.2")
	set(old, "Cy", "failed")

	at(time.Date(2020, 3, 2, 13, 0, 0, 0, time.UTC))
	sentToAll := weeks(t, b, "2020-02-24")[0]
	ana := set(sentToAll, "Ana", "sent")
	bounced(ana, ledger.BounceSoft, "4.2.2") // two reports of one copy
	bounced(ana, ledger.BounceHard, "5.2.2")
	bounced(set(sentToAll, "Bo", "sent"), ledger.BounceDelayed, "4.4.1") // may yet arrive
	set(sentToAll, "Cy", "sent")
	exec(t, b, "UPDATE fortnight.editions SET state = 'done'")
	exec(t, b, `UPDATE fortnight.editions SET counts = '{"sent": 3}' WHERE edition_id = $1`, sentToAll)

	at(monday.AddDate(0, 0, -7))
	held := weeks(t, b, "2020-03-16")[0]
	set(held, "Ana", "sent")
	setState(t, b, held, "held")

	at(monday)
	latest := weeks(t, b, "2020-03-23")[0]
	bounced(set(latest, "Ana", "sent"), ledger.BounceComplaint, "")
	set(latest, "Bo", "failed")

	s, err := desk.Standing(t.Context(), monday.Truncate(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.WeekEditions, s.Week); got != "1 map[failed:1 planned:1 sent:1]" {
		t.Errorf("of this week are %s", got)
	}
	if s.HeldEditions != 1 || s.Held != 2 {
		t.Errorf("%d deliveries of %d editions are held", s.Held, s.HeldEditions)
	}
	// Within 30 days: 1 of the latest, 1 of the held one, 3 of that of 2 March. Before: 2 of that of 10 February.
	if s.Sent != 5 || s.Bounced != 1 || s.Complained != 1 || s.SentBefore != 2 || s.BouncedBefore != 1 || s.ComplainedBefore != 0 {
		t.Errorf("sent are %+v", s)
	}
	if s, err := desk.Standing(t.Context(), monday.AddDate(0, 0, -7).Truncate(24*time.Hour)); err != nil || fmt.Sprint(s.WeekEditions, s.Week) != "2 map[failed:1 planned:3 sent:2]" {
		t.Errorf("of two weeks are %d %v, %v", s.WeekEditions, s.Week, err)
	}
	b.clock.pass(24 * time.Hour) // 2 March is 29 days ago, then 31
	b.clock.pass(48 * time.Hour)
	if s, err := desk.Standing(t.Context(), b.clock.now()); err != nil || s.Sent != 2 || s.SentBefore != 5 || s.Bounced != 0 || s.BouncedBefore != 2 || s.WeekEditions != 0 {
		t.Errorf("three days later %+v, %v", s, err)
	}
}

func TestAnEditionHeldBeforeItWasPlannedHoldsBackItsReaders(t *testing.T) {
	t.Parallel()
	b, desk, _ := states(t) // Ana and Gus get it
	id := holds(t, b, opened(t, b, "2020-03-23"), "every main figure is 0")
	held := func() string {
		t.Helper()
		s, err := desk.Standing(t.Context(), monday)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%d of %d", s.Held, s.HeldEditions)
	}
	if got := held(); got != "2 of 1" {
		t.Errorf("held back are %s", got)
	}
	exec(t, b, `UPDATE fortnight.digests SET config = config || '{"Readers": {"Cadences": ["monthly"]}}'`)
	wish(t, b, "Gus", digest.Wishes{Cadence: "monthly"})
	if got := held(); got != "1 of 1" { // he gets another edition
		t.Errorf("held back are %s", got)
	}
	exec(t, b, "UPDATE fortnight.editions SET cadence = 'monthly'")
	if got := held(); got != "1 of 1" {
		t.Errorf("of the readers of months, held back are %s", got)
	}
	exec(t, b, `UPDATE fortnight.digests SET config = config - 'Readers'`)
	if got := held(); got != "0 of 1" {
		t.Errorf("where nobody may read months, held back are %s", got)
	}
	exec(t, b, "UPDATE fortnight.editions SET cadence = '', archive = true")
	if got := held(); got != "0 of 1" {
		t.Errorf("of the archive, held back are %s", got)
	}
	setState(t, b, id, "done")
	if got := held(); got != "0 of 0" {
		t.Errorf("held back are %s", got)
	}
}
