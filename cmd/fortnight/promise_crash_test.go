package main

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/internal/relay"
)

func TestPromise01NothingIsLostInTwentyKillsAndTwoCrashesOfTheDatabase(t *testing.T) {
	t.Parallel()
	const all, kills, crashes = 2000, 20, 2
	random, seed := chance()
	r := unruly(t, relay.Options{Seed: seed, Rules: []relay.Rule{
		relay.Greylist(0.05, 1500*time.Millisecond),
		relay.Refuse(0.025, relay.Rcpt, 451, "4.3.0"), relay.Refuse(0.025, relay.End, 452, "4.3.1"), relay.LoseAnswer(0.02),
	}})
	p := bareSender(t, r, "SMTP_RATE=3600") // slow enough for all of it to fall into the sending
	database, url := newFragile(t)
	p.use(t, url)
	lines, addresses := readersAt(all, manyDomains...)
	p.apply(t, deskOf(lines))

	nodes := make([]*process, 2)
	for i := range nodes {
		nodes[i], _ = p.node(t)
	}
	begun := time.Now()
	var ends []time.Time // of processes and of the database
	for i, at := range moments(random, all, kills+crashes) {
		awaitTaken(t, r, at, time.Minute)
		time.Sleep(time.Duration(random.IntN(50)) * time.Millisecond)
		ends = append(ends, time.Now())
		if i%(kills/crashes+1) == kills/crashes { // the 11th and the 22nd
			database.crash(t)
			continue
		}
		n := random.IntN(len(nodes))
		nodes[n].kill()
		nodes[n], _ = p.node(t)
	}
	edition := p.awaitEdition(t, digest.EditionDone, 2*time.Minute)
	took := time.Since(begun)

	a := p.audited(t, r, edition)
	lost := a.ledger.Lost(addresses)
	without := len(lost)
	lost = slices.DeleteFunc(lost, func(to string) bool { return a.told[to].State == digest.DeliveryUnknown }) // in doubt twice, and said so
	without -= len(lost)
	if len(lost) > 0 || without > 2 {
		t.Errorf("lost are %d: %q", len(lost), lost)
		for _, to := range lost[:min(len(lost), 5)] {
			t.Logf("%+v: %+v", a.told[to], p.attempts(t, edition)[a.told[to].MessageID])
		}
	}
	if n := a.states[digest.DeliverySent] + a.states[digest.DeliveryUnknown]; n != all {
		t.Errorf("the deliveries are %s", a)
	}
	unexplained := a.unexplained(p.attempts(t, edition), ends)
	for _, x := range unexplained {
		t.Errorf("in doubt without a reason: %+v", x)
	}
	figures(t, "2,000 subscribers, %d kills, %d crashes of PostgreSQL, %d answers lost, %d refused for a time: lost %d, in doubt twice and without a copy %d; %d doubtful attempts, %d second copies, %d without a reason; %s; %d attempts, %s (seed %d)",
		kills, crashes, lostAnswers(a.ledger), len(a.ledger.Refusals), len(lost), without, a.doubtful, len(a.doubles), len(unexplained), a, a.attempts, took.Round(time.Second), seed)
}

// moments are n numbers of copies at which something happens, in order: at any time of the sending but the very end.
func moments(random *rand.Rand, all, n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = 10 + random.IntN(all*9/10)
	}
	slices.Sort(at)
	return at
}

// unexplained gives the doubtful attempts whose answer the relay did not lose, and during which nothing ended.
func (a audit) unexplained(attempts map[string][]attempt, ends []time.Time) (all []attempt) {
	lost := map[string][]time.Time{}
	for _, c := range a.ledger.Copies {
		if c.Lost {
			lost[c.MessageID] = append(lost[c.MessageID], c.At)
		}
	}
	for id, tries := range attempts {
		for i, x := range tries {
			if x.State != digest.DeliveryUnknown {
				continue
			}
			over := x.Started.Add(5 * time.Second) // no attempt lasts longer on a loopback
			if i+1 < len(tries) && tries[i+1].Started.Before(over) {
				over = tries[i+1].Started
			}
			within := func(at time.Time) bool { return !at.Before(x.Started.Add(-time.Millisecond)) && at.Before(over) }
			if !slices.ContainsFunc(lost[id], within) && !slices.ContainsFunc(ends, within) {
				all = append(all, x)
			}
		}
	}
	return all
}

func TestPromise08AStopLeavesNothingUnderWay(t *testing.T) {
	t.Parallel()
	const slow = "r0020@slow.example"
	r := unruly(t, relay.Options{Rules: []relay.Rule{
		{To: slow, At: relay.End, Late: 10 * time.Minute, Name: "never answered"},
		{At: relay.Rcpt, Late: 20 * time.Millisecond},
	}})
	p := sender(t, r)
	lines, _ := readersAt(400, manyDomains...)
	p.apply(t, deskOf(lines+"          - {address: "+slow+", name: Slow, audience: executive, pdf: false}\n"))
	x, _ := p.node(t)
	await(t, "the slow one is under way", time.Minute, func() bool { return len(r.Ledger().To(slow)) == 1 })
	before := r.Taken()
	took, code := x.end(t, syscall.SIGTERM)
	if code != 0 || took > 20*time.Second {
		t.Errorf("it ended after %s with %d:\n%s", took, code, &x.err)
	}
	edition := p.editions(t, "")[0].ID
	a := p.audited(t, r, edition) // fails where one is sending
	tries := p.attempts(t, edition)[a.told[slow].MessageID]
	if len(tries) != 1 || tries[0].State != digest.DeliveryUnknown || a.doubtful != 1 {
		t.Errorf("the slow one's attempts are %+v, and %d in all are in doubt", tries, a.doubtful)
	}
	figures(t, "SIGTERM with one unanswered of %d taken: ended after %s with %d; %s", before, took.Round(100*time.Millisecond), code, a)
}

func TestPromise08WorkGoesOnSoonAfterAKill(t *testing.T) {
	t.Parallel()
	const all, before = 200, 30
	for _, c := range []struct {
		name    string
		another bool // goes on, started before the kill; else the same is started again
		within  time.Duration
	}{
		{"the same node is started again", false, 30 * time.Second},
		{"another node goes on", true, 2 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pace := relay.Rule{At: relay.Rcpt, Late: 150 * time.Millisecond}
			r := unruly(t, relay.Options{Rules: []relay.Rule{pace}})
			p := sender(t, r, "LEASE=") // as it is where nobody sets it
			lines, addresses := readersAt(all, manyDomains...)
			p.apply(t, deskOf(lines))
			x, _ := p.node(t)
			awaitTaken(t, r, before, time.Minute)
			r.Behave(relay.Rule{At: relay.Rcpt, Late: 10 * time.Second}) // hardly anything goes on while another starts
			if c.another {
				p.node(t) // and finds nothing to do: the one has all that there is
			}
			x.kill()
			r.Behave(pace)
			killed, seen := time.Now(), len(r.Ledger().Tries)
			if seen > all-20 {
				t.Fatalf("%d of %d had been tried: that is no kill in the middle", seen, all)
			}
			if !c.another {
				p.node(t)
			}
			await(t, "the work goes on", c.within, func() bool { return len(r.Ledger().Tries) > seen })
			goesOn := time.Since(killed)
			if goesOn > c.within {
				t.Errorf("the work goes on %s after the kill", goesOn)
			}
			edition := p.awaitEdition(t, digest.EditionDone, 2*time.Minute)
			a := p.audited(t, r, edition)
			if lost := a.ledger.Lost(addresses); len(lost) > 0 || a.doubtful > 4 {
				t.Errorf("lost are %q; %d in doubt", lost, a.doubtful)
			}
			figures(t, "%s: the next try %s after kill -9, all done after %s; %s, %d in doubt, %d second copies",
				c.name, goesOn.Round(100*time.Millisecond), time.Since(killed).Round(100*time.Millisecond), a, a.doubtful, len(a.doubles))
		})
	}
}

func TestPromise08ABatchOfAKilledNodeIsTakenUpThoughAnotherIsBusyWithTheEdition(t *testing.T) {
	t.Parallel()
	const all, late = 3200, 100 * time.Millisecond // sixteen batches, of which each node has some, for some forty seconds
	r := unruly(t, relay.Options{Rules: []relay.Rule{{At: relay.Rcpt, Late: late}}})
	p := sender(t, r)
	lines, _ := readersAt(all, manyDomains...)
	p.apply(t, deskOf(lines))
	killed, _ := p.node(t)
	p.node(t)
	awaitTaken(t, r, 60, time.Minute)
	killed.kill()
	at := time.Now()
	p.node(t)            // the same one again
	time.Sleep(5 * late) // what is still under way from before is what the killed one had
	rows, err := p.pool.Query(t.Context(), `SELECT (j.args ->> 'batch')::int FROM fortnight.river_job j WHERE j.kind = 'deliver-batch' AND j.attempted_by = (
	SELECT k.attempted_by FROM fortnight.river_job k JOIN fortnight.deliveries d ON d.batch = (k.args ->> 'batch')::int
	WHERE k.kind = 'deliver-batch' AND d.state = 'sending' AND d.changed_at < $1 LIMIT 1)`, at)
	if err != nil {
		t.Fatal(err)
	}
	orphans, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		t.Fatal(err)
	}
	if len(orphans) == 0 {
		t.Fatal("the killed one had nothing under way")
	}
	await(t, "one of the killed one's batches goes on", 30*time.Second, func() bool {
		var goesOn bool
		if err := p.pool.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM fortnight.deliveries WHERE batch = ANY ($1) AND changed_at > $2)", orphans, at.Add(3*late)).Scan(&goesOn); err != nil {
			t.Fatal(err)
		}
		return goesOn
	})
	took, left := time.Since(at), p.states(t)[digest.DeliveryPlanned]
	if left < all/4 {
		t.Errorf("%d are left: the other was not busy", left)
	}
	figures(t, "one of two nodes killed at %d of %d: its %d batches are taken up %s later, with %d still to be sent by both", r.Taken(), all, len(orphans), took.Round(100*time.Millisecond), left)
}
