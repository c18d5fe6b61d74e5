package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/relay"
)

// dailies is fortnight.yaml of n daily digests of two subscribers each, due at an hour of UTC.
func dailies(n int, at time.Time) (text string, addresses []string) {
	var b strings.Builder
	b.WriteString(strings.Split(deskOf(""), "    digests:\n")[0] + "    digests:\n")
	for i := range n {
		fmt.Fprintf(&b, "      d%03d:\n        cadence: daily\n        at: \"%s\"\n        zone: UTC\n        active: true\n        sections: [activity]\n        subscribers:\n", i, at.UTC().Format("15:04"))
		for _, name := range []string{"ann", "bo"} {
			address := fmt.Sprintf("%s%03d@d%d.example", name, i, i%10)
			fmt.Fprintf(&b, "          - {address: %s, audience: executive, pdf: false}\n", address)
			addresses = append(addresses, address)
		}
	}
	return b.String(), addresses
}

func TestPromise13ALeaderThatStopsForAMinuteCostsNothing(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{2, 3} {
		t.Run(fmt.Sprintf("%d nodes", nodes), func(t *testing.T) {
			t.Parallel()
			const digests = 6
			r := unruly(t, relay.Options{})
			p := sender(t, r)
			p.must(t, "migrate")
			leader, _ := p.node(t)
			await(t, "there is a leader", time.Minute, func() bool { // the only one there is
				var n int
				return p.pool.QueryRow(t.Context(), "SELECT count(*) FROM fortnight.river_leader").Scan(&n) == nil && n == 1
			})
			for range nodes - 1 {
				p.node(t)
			}
			if second := time.Now().Second(); second > 40 { // the due has to fall into the minute of the stop, with time before it
				time.Sleep(time.Duration(60-second) * time.Second)
			}
			due := time.Now().Truncate(time.Minute).Add(time.Minute)
			text, addresses := dailies(digests, due)
			p.apply(t, text)
			awaitTaken(t, r, len(addresses), time.Minute) // the first edition of each, which goes out at once
			await(t, "nothing is under way", time.Minute, func() bool { return len(p.editions(t, digest.EditionDone)) == digests })
			stopped := time.Now()
			if err := leader.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			if !stopped.Before(due) {
				t.Fatalf("the first editions took until %s after the due", stopped.Sub(due))
			}
			awaitTaken(t, r, 2*len(addresses), time.Until(due)+50*time.Second)
			last := r.Ledger().Copies[2*len(addresses)-1].At
			time.Sleep(time.Until(stopped.Add(time.Minute)))
			if err := leader.cmd.Process.Signal(syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
			time.Sleep(7 * time.Second) // more than a lease: what it thinks is left to do is done by now
			l := r.Ledger()
			each := map[string]int{}
			for _, c := range l.Copies {
				each[c.To]++
			}
			for _, to := range addresses {
				if each[to] != 2 {
					t.Errorf("%s has %d copies of two editions", to, each[to])
				}
			}
			done := p.editions(t, digest.EditionDone)
			if len(done) != 2*digests || len(p.editions(t, "")) != 2*digests || len(l.Doubles()) > 0 || len(l.Unlike()) > 0 {
				t.Errorf("%d editions, %d done; %d second copies", len(p.editions(t, "")), len(done), len(l.Doubles()))
			}
			figures(t, "%d nodes, leader stopped for 1m0s over the due of %d digests: %d editions, %d copies for %d subscribers, %d second ones; the last one %s after the due",
				nodes, digests, len(done), len(l.Copies), len(addresses), len(l.Doubles()), last.Sub(due).Round(100*time.Millisecond))
		})
	}
}

func TestPromise13WhatALeaderHadUnderWayWhenItStoppedGoesOnElsewhere(t *testing.T) {
	t.Parallel()
	const all = 400
	r := unruly(t, relay.Options{Rules: []relay.Rule{{At: relay.Rcpt, Late: 25 * time.Millisecond}}})
	p := sender(t, r)
	lines, addresses := readersAt(all, manyDomains...)
	p.apply(t, deskOf(lines))
	leader, _ := p.node(t)
	awaitTaken(t, r, 20, time.Minute)
	if err := leader.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	stopped := time.Now()
	p.node(t)
	p.node(t)
	before := r.Taken()
	edition := p.awaitEdition(t, digest.EditionDone, 55*time.Second)
	took := time.Since(stopped)
	time.Sleep(time.Until(stopped.Add(time.Minute)))
	if err := leader.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	time.Sleep(7 * time.Second)
	a := p.audited(t, r, edition)
	a.want(t, map[digest.DeliveryState]int{digest.DeliverySent: all})
	if lost := a.ledger.Lost(addresses); len(lost) > 0 || len(a.doubles) > 4 || len(p.editions(t, "")) != 1 {
		t.Errorf("lost are %q; %d second copies; %d editions", lost, len(a.doubles), len(p.editions(t, "")))
	}
	figures(t, "leader stopped for 1m0s with %d of %d sent: the others done %s later; %d editions, %s, %d second copies (one a connection at most)", before, all, took.Round(100*time.Millisecond), len(p.editions(t, "")), a, len(a.doubles))
}

func TestPromise14AnEditionAskedForFiftyTimesAtOnceIsOne(t *testing.T) {
	t.Parallel()
	const processes, calls = 10, 38 // and two that serve
	r := unruly(t, relay.Options{Rules: []relay.Rule{{At: relay.Rcpt, Late: 10 * time.Millisecond}}})
	p := sender(t, r)
	lines, addresses := readersAt(100, manyDomains...)
	p.apply(t, strings.Replace(atMidnight(deskOf(lines)), "active: true", "active: false", 1)) // what is asked for is then what is due, also on a Monday's morning
	_, one := p.node(t)
	_, other := p.node(t)
	key := p.keyOf(t, "desk")
	begin := make(chan struct{})
	var all sync.WaitGroup
	answers := make([]int, calls) // of the API, by half of each node
	for i := range answers {
		c := bearer{[]string{one, other}[i%2], key}
		all.Go(func() {
			<-begin
			var said string
			answers[i], _, said = c.ask(t, "POST /projects/desk/digests/weekly/send", "{}")
			if answers[i] != http.StatusOK && answers[i] != http.StatusConflict {
				t.Errorf("a call is answered %d %s", answers[i], said)
			}
		})
	}
	senders := make([]*process, processes)
	for i := range senders {
		senders[i] = p.start(t, "send", "--digest", "desk/weekly")
	}
	if _, err := p.pool.Exec(t.Context(), "UPDATE fortnight.digests SET active = true"); err != nil { // and the schedule sees it
		t.Fatal(err)
	}
	close(begin)
	all.Wait()
	for _, x := range senders {
		select {
		case <-x.ended:
		case <-time.After(90 * time.Second):
			t.Fatalf("send goes on:\n%s%s", &x.out, &x.err)
		}
		if code := x.cmd.ProcessState.ExitCode(); code != 0 && !strings.Contains(x.err.String(), "by another process") {
			t.Errorf("send ended with %d:\n%s%s", code, &x.out, &x.err)
		}
	}
	edition := p.awaitEdition(t, digest.EditionDone, time.Minute)
	time.Sleep(2 * time.Second) // two more looks of the schedule
	a := p.audited(t, r, edition)
	a.want(t, map[digest.DeliveryState]int{digest.DeliverySent: len(addresses)})
	opened, refused := 0, 0
	for _, status := range answers {
		if status == http.StatusOK {
			opened++
		} else {
			refused++
		}
	}
	if n := len(p.editions(t, "")); n != 1 || opened > 1 || len(a.ledger.Copies) != len(addresses) {
		t.Errorf("%d editions, opened %d times by the API; %d copies for %d", n, opened, len(a.ledger.Copies), len(addresses))
	}
	figures(t, "asked for 50 times at once by 2 serves, %d processes of send and %d calls of the API: %d edition, %d copies for %d subscribers, %d second ones; %d calls were told that there is one",
		processes, calls, len(p.editions(t, "")), len(a.ledger.Copies), len(addresses), len(a.doubles), refused)
}

func TestPromise14ACadenceChangedBackAndForthNeverMailsADayTwice(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{})
	p := sender(t, r)
	lines, addresses := readersAt(3, manyDomains...)
	due := time.Now().UTC().Truncate(time.Minute).Add(time.Minute)
	if time.Until(due) < 20*time.Second {
		due = due.Add(time.Minute)
	}
	at := due.Format("15:04")
	weekday := strings.ToLower(due.Format("Mon"))
	file := func(cadence, at string) string {
		return strings.NewReplacer("cadence: weekly", "cadence: "+cadence, "at: mon 08:00", "at: "+at+"\n        zone: UTC", "zone: America/New_York", "zone: UTC").Replace(deskOf(lines))
	}
	cadences := []string{file("daily", "\""+at+"\""), file("weekly", weekday+" "+at), file("twice-monthly", "\""+at+"\""), file("weekly", "mon 08:00")}
	p.apply(t, cadences[1])
	p.node(t)
	p.node(t)
	awaitTaken(t, r, len(addresses), time.Minute)
	changes := 0
	for time.Now().Before(due.Add(15 * time.Second)) {
		p.apply(t, cadences[changes%len(cadences)])
		changes++
		time.Sleep(700 * time.Millisecond)
	}
	p.apply(t, cadences[0])
	await(t, "nothing is left to do", time.Minute, func() bool {
		for _, e := range p.editions(t, "") {
			if e.State != digest.EditionDone && e.State != digest.EditionArchived {
				return false
			}
		}
		return true
	})
	time.Sleep(2 * time.Second)
	mailed, archived := p.editions(t, digest.EditionDone), p.editions(t, digest.EditionArchived)
	days := map[digest.Date]string{}
	for _, e := range mailed {
		for d := e.Period.First(); d.Before(e.Period.End()); d = d.AddDays(1) {
			if days[d] != "" {
				t.Errorf("%s stands in %s and in %s", d, days[d], e.Label)
			}
			days[d] = e.Label
		}
	}
	for _, e := range archived {
		if e.Reason == "" {
			t.Errorf("%s is archived without a reason", e.Label)
		}
	}
	l := r.Ledger()
	if len(l.Copies) != len(mailed)*len(addresses) || len(l.Doubles()) > 0 || len(l.Unlike()) > 0 {
		t.Errorf("%d copies of %d editions for %d subscribers", len(l.Copies), len(mailed), len(addresses))
	}
	var labels []string
	for _, e := range mailed {
		labels = append(labels, e.Label)
	}
	figures(t, "cadence changed %d times around a due of three of them: %d editions mailed (%s), %d days of data in them, each once; %d for the archive", changes, len(mailed), strings.Join(labels, ", "), len(days), len(archived))
}
