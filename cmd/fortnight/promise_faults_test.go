package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/relay"
)

func TestPromise04ARefusalForATimeIsTriedAgainUntilTheNextPeriod(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{Rules: []relay.Rule{
		{To: "r0000@d0.example", At: relay.Rcpt, Code: 451, Status: "4.2.1", Words: "mailbox busy"},
		{To: "r0001@d1.example", At: relay.End, Code: 452, Status: "4.3.1", Words: "no room", Tries: 2},
	}})
	p := sender(t, r, "LEASE=")
	lines, _ := readersAt(20, manyDomains...)
	p.apply(t, deskOf(lines))
	x, _ := p.node(t)
	var lasts time.Duration
	await(t, "the others are sent", time.Minute, func() bool { return p.states(t)[digest.DeliverySent] >= 18 })
	if err := p.pool.QueryRow(t.Context(), "SELECT min(expires_at - dated) FROM fortnight.deliveries").Scan(&lasts); err != nil {
		t.Fatal(err)
	}
	if lasts != 7*24*time.Hour {
		t.Errorf("a weekly digest's delivery is tried for %s", lasts)
	}
	await(t, "three tries", time.Minute, func() bool { return len(r.Ledger().Refusals) >= 5 }) // 3 of one, 2 of the other
	if _, err := p.pool.Exec(t.Context(), "UPDATE fortnight.deliveries SET expires_at = now() + interval '1 second' WHERE recipient ->> 'Address' = 'r0000@d0.example'"); err != nil {
		t.Fatal(err) // as if the week had passed
	}
	edition := p.awaitEdition(t, digest.EditionDone, time.Minute)
	a := p.audited(t, r, edition)
	a.want(t, map[digest.DeliveryState]int{digest.DeliverySent: 19, digest.DeliveryExpired: 1})
	tries := p.attempts(t, edition)
	busy, full := tries[a.told["r0000@d0.example"].MessageID], tries[a.told["r0001@d1.example"].MessageID]
	if a.told["r0000@d0.example"].State != digest.DeliveryExpired || !strings.Contains(a.told["r0000@d0.example"].LastAnswer, "mailbox busy") {
		t.Errorf("the busy one is %+v", a.told["r0000@d0.example"])
	}
	if len(full) != 3 || full[2].State != digest.DeliverySent {
		t.Errorf("the full one's attempts are %+v", full)
	}
	var pauses []string
	for i := 1; i < len(busy); i++ {
		pause, least := busy[i].Started.Sub(*busy[i-1].Ended), time.Second<<(i-1)
		pauses = append(pauses, pause.Round(100*time.Millisecond).String())
		if pause < least || pause > 2*least+30*time.Second {
			t.Errorf("pause %d is %s, want %s and a bit", i, pause, least)
		}
	}
	if len(busy) < 3 {
		t.Errorf("the busy one's attempts are %+v", busy)
	}
	quietly(t, x, "abandoned edition taken up again") // whose expiry was moved behind its back
	figures(t, "4xx: pauses %s from a first of 1s, tried for %s, then expired after %d attempts; refused twice and then sent: %d attempts; %s",
		strings.Join(pauses, ", "), lasts, len(busy), len(full), a)
}

func TestPromise04ARefusalForGoodIsFinalAndOnlyAddressErrorsSuppress(t *testing.T) {
	t.Parallel()
	codes := []struct {
		code       int
		status     string
		at         relay.Phase
		suppresses bool
	}{
		{550, "5.1.1", relay.Rcpt, true},
		{550, "5.1.10", relay.End, true},
		{550, "5.2.1", relay.Rcpt, true},
		{552, "5.2.2", relay.Rcpt, false},
		{554, "5.7.1", relay.End, false},
		{550, "5.7.26", relay.End, false},
		{553, "5.1.8", relay.Rcpt, false},
		{550, "5.1.7", relay.Rcpt, false},
		{550, "5.0.0", relay.Rcpt, false},
	}
	const all = 200 // nine are less than a twentieth
	var rules []relay.Rule
	for i, c := range codes {
		rules = append(rules, relay.Rule{To: fmt.Sprintf("r%04d@d%d.example", i, i), At: c.at, Code: c.code, Status: c.status, Words: "refused " + c.status})
	}
	r := unruly(t, relay.Options{Rules: rules})
	p := sender(t, r)
	lines, addresses := readersAt(all, manyDomains...)
	p.apply(t, deskOf(lines))
	p.node(t)
	edition := p.awaitEdition(t, digest.EditionDone, time.Minute)
	a := p.audited(t, r, edition)
	a.want(t, map[digest.DeliveryState]int{digest.DeliverySent: all - len(codes), digest.DeliveryFailed: len(codes)})
	r.Behave()
	p.run(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23")
	again := p.audited(t, r, edition+1)
	suppressed := 0
	for i, c := range codes {
		line, next := a.told[addresses[i]], again.told[addresses[i]]
		if line.State != digest.DeliveryFailed || line.Attempts != 1 || !strings.Contains(line.LastAnswer, "refused") {
			t.Errorf("after %s: %+v", c.status, line)
		}
		want := digest.DeliverySent
		if c.suppresses {
			want = digest.DeliverySuppressed
			suppressed++
		}
		if next.State != want {
			t.Errorf("the edition after %s is %s, want %s", c.status, next.State, want)
		}
	}
	again.want(t, map[digest.DeliveryState]int{digest.DeliverySent: all - suppressed, digest.DeliverySuppressed: suppressed})
	figures(t, "%d kinds of 5xx: one attempt each, %d suppress (5.1.1, 5.1.10, 5.2.1); first edition %s, the next %s", len(codes), suppressed, a, again)
}

func TestPromise04MoreThanFivePercentRefusedStopsTheEdition(t *testing.T) {
	t.Parallel()
	const all, admin = 400, "sam@office.example"
	r := unruly(t, relay.Options{Rules: []relay.Rule{
		{To: "@d3.example", At: relay.End, Code: 554, Status: "5.7.1", Words: "your mail looks like spam"}, {At: relay.Rcpt, Late: 10 * time.Millisecond},
	}})
	p := sender(t, r, "ADMIN_EMAIL="+admin)
	lines, addresses := readersAt(all, manyDomains...)
	p.apply(t, deskOf(lines))
	p.node(t)
	edition := p.awaitEdition(t, digest.EditionHeld, time.Minute)
	await(t, "the admin is told", 30*time.Second, func() bool { return len(r.Ledger().To(admin)) == 1 })
	time.Sleep(time.Second) // what was under way has ended
	held := p.audited(t, r, edition)
	failed, waits := held.states[digest.DeliveryFailed], held.states[digest.DeliveryPlanned]
	if failed*20 <= all || failed > all/20+1+4 || waits < all/4 {
		t.Errorf("it was stopped with %s", held)
	}
	subject := r.Ledger().To(admin)[0].Head.Get("Subject")
	if !strings.Contains(subject, "held") {
		t.Errorf("the admin is told %q", subject)
	}
	tried := len(r.Ledger().Tries)
	time.Sleep(2 * time.Second)
	if n := len(r.Ledger().Tries); n != tried {
		t.Errorf("%d were tried while it was held", n-tried)
	}
	r.Behave()
	p.must(t, "editions", "release", strconv.FormatInt(edition, 10))
	p.awaitEdition(t, digest.EditionDone, time.Minute)
	a := p.audited(t, r, edition)
	a.want(t, map[digest.DeliveryState]int{digest.DeliverySent: all - failed, digest.DeliveryFailed: failed})
	lost := a.ledger.Lost(addresses)
	refused := slices.DeleteFunc(slices.Clone(addresses), func(to string) bool { return a.told[to].State != digest.DeliveryFailed })
	if !slices.Equal(lost, refused) {
		t.Errorf("without a copy are %q, refused were %q", lost, refused)
	}
	figures(t, "%d subscribers, a tenth refused with 5.7.1: held at %d failed with %d waiting, admin told %q; released: %s, %d second copies", all, failed, waits, subject, a, len(a.doubles))
}
