package main

import (
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/relay"
)

// A failover lasts longer than a lease. What the mail server has answered meanwhile is known to the process that asked, and to nobody
// else: it is recorded when the database is back, so that nothing is in doubt, and in hold mode nothing is left unknown.
func TestADatabaseThatIsAwayForLongerThanALeasePutsNothingInDoubt(t *testing.T) {
	t.Parallel()
	const all = 400
	r := unruly(t, relay.Options{Rules: []relay.Rule{{At: relay.End, Late: 20 * time.Millisecond, Name: "slow"}}})
	p := bareSender(t, r, "SMTP_RATE=3000")
	database, url := newFragile(t)
	p.use(t, url)
	lines, addresses := readersAt(all, manyDomains...)
	p.apply(t, inMode("hold", lines))
	p.node(t)
	awaitTaken(t, r, 150, time.Minute)
	if err := database.server.Crash(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(12 * time.Second) // two leases
	database.start(t)
	edition := p.awaitEdition(t, digest.EditionDone, time.Minute)
	a := p.audited(t, r, edition)
	if lost := a.ledger.Lost(addresses); len(lost) > 0 || len(a.doubles) > 0 || a.doubtful > 0 {
		t.Errorf("lost are %q, second copies %d, doubtful attempts %d", lost, len(a.doubles), a.doubtful)
	}
	a.want(t, map[digest.DeliveryState]int{digest.DeliverySent: all})
	figures(t, "%d subscribers, PostgreSQL away for 12 s with leases of 5 s, hold mode: %s; %d doubtful attempts, %d second copies", all, a, a.doubtful, len(a.doubles))
}

// A process is killed as soon as it has taken up what the one before it had left, and so is the next: each time the work goes on when
// a lease and a quarter are over.
func TestWorkGoesOnAfterEachOfSeveralKillsInARow(t *testing.T) {
	t.Parallel()
	const all, lease = 300, 5 * time.Second
	r := unruly(t, relay.Options{Rules: []relay.Rule{{At: relay.End, Late: 20 * time.Millisecond, Name: "slow"}}})
	p := sender(t, r, "SMTP_RATE=1200")
	lines, addresses := readersAt(all, manyDomains...)
	p.apply(t, deskOf(lines))
	x, _ := p.node(t)
	awaitTaken(t, r, 40, time.Minute)
	var longest time.Duration
	for range 4 {
		x.kill()
		killed, taken := time.Now(), r.Taken()
		x, _ = p.node(t)
		awaitTaken(t, r, taken+2, 4*lease)
		longest = max(longest, time.Since(killed))
	}
	edition := p.awaitEdition(t, digest.EditionDone, 2*time.Minute)
	a := p.audited(t, r, edition)
	if lost := a.ledger.Lost(addresses); len(lost) > 0 {
		t.Errorf("lost are %q", lost)
	}
	figures(t, "%d subscribers, 4 kills in a row, each at the first sign of work: it goes on within %.1f s with leases of %s; %s, %d second copies", all, longest.Seconds(), lease, a, len(a.doubles))
}
