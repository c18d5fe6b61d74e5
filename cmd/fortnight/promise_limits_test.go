package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/relay"
)

func TestPromise06RatesAndConnectionsAreKept(t *testing.T) {
	t.Parallel()
	const fast, slow = 60, 10
	r := unruly(t, relay.Options{
		Rules:  []relay.Rule{{At: relay.Rcpt, Late: 50 * time.Millisecond}},
		Limits: []relay.Limit{{Domain: "slow.example", Messages: 2, Per: 900 * time.Millisecond, Connections: 1}},
	})
	p := sender(t, r, "SMTP_CONNECTIONS=5", "SMTP_RATE=600", "SMTP_DOMAIN_CONNECTIONS=1", "SMTP_DOMAIN_RATES=slow.example:60")
	lines, addresses := readersAt(fast, manyDomains...)
	few, those := readersAt(slow, "slow.example")
	p.apply(t, deskOf(lines+few))
	p.node(t)
	edition := p.awaitEdition(t, digest.EditionDone, time.Minute)
	a := p.audited(t, r, edition)
	a.want(t, map[digest.DeliveryState]int{digest.DeliverySent: fast + slow})
	tried := a.ledger.Tried()
	first, lastFast, lastSlow := a.ledger.Tries[0].At, time.Time{}, time.Time{}
	for _, to := range addresses {
		lastFast = later(lastFast, tried[to])
	}
	for _, to := range those {
		lastSlow = later(lastSlow, tried[to])
	}
	busiest := 0
	for domain, n := range a.ledger.Busiest {
		if domain != "" {
			busiest = max(busiest, n)
		}
	}
	// 600 a minute: ten at once at the most, and then ten a second, so 40 in three seconds, and one for each connection that was held
	// up on its way. 60 a minute to one domain: one a second.
	if most := a.ledger.Most("", 3*time.Second); most > 45 || lastFast.Sub(first) < 4*time.Second {
		t.Errorf("%d within three seconds, all within %s", most, lastFast.Sub(first))
	}
	if n := a.ledger.Busiest[""]; n > 5 || busiest != 1 || a.ledger.Violations["slow.example"] > 0 {
		t.Errorf("%d connections, %d to one domain, %v", n, busiest, a.ledger.Violations)
	}
	if took := lastSlow.Sub(first); took < (slow-1)*time.Second || took > (slow+30)*time.Second {
		t.Errorf("%d to the slow domain took %s", slow, took)
	}
	figures(t, "600 a minute, 5 connections, 1 a domain, one domain with 60 a minute: most within 3 s %d, to the slow one within 0.9 s %d; most connections %d, to one domain %d; %d in %s, the slow domain's %d in %s; %d violations",
		a.ledger.Most("", 3*time.Second), a.ledger.Most("slow.example", 900*time.Millisecond), a.ledger.Busiest[""], busiest,
		fast, lastFast.Sub(first).Round(100*time.Millisecond), slow, lastSlow.Sub(first).Round(100*time.Millisecond), a.ledger.Violations["slow.example"])
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func TestPromise06ADomainThatStallsDelaysNoOther(t *testing.T) {
	t.Parallel()
	const all, stalled = 400, 40
	r := unruly(t, relay.Options{Rules: []relay.Rule{{To: "@stalled.example", At: relay.Rcpt, Late: 5 * time.Minute}}})
	p := sender(t, r)
	few, those := readersAt(stalled, "stalled.example")
	lines, addresses := readersAt(all, manyDomains...)
	p.apply(t, deskOf(few+lines)) // the stalled ones come first
	p.node(t)
	awaitTaken(t, r, 1, time.Minute)
	begun := time.Now()
	awaitTaken(t, r, all, time.Minute)
	took := time.Since(begun)
	l := r.Ledger()
	if lost := l.Lost(addresses); len(lost) > 0 || len(l.Lost(those)) != stalled || took > time.Minute {
		t.Errorf("after %s, without a copy are %d of the others and %d of the stalled", took, len(lost), len(l.Lost(those)))
	}
	if l.Busiest["stalled.example"] == 0 || l.Busiest["stalled.example"] > 2 {
		t.Errorf("the stalled domain has %d connections of 4", l.Busiest["stalled.example"])
	}
	figures(t, "%d to a domain that does not answer, %d to others: the others had theirs after %s, with %d of 4 connections in the stall", stalled, all, took.Round(100*time.Millisecond), l.Busiest["stalled.example"])
}

func TestPromise06ARelayThatIsBusyIsLeftAlone(t *testing.T) {
	t.Parallel()
	const all, busy = 100, 10 * time.Second
	refusal := relay.Rule{At: relay.Greeting, Code: 421, Status: "4.3.2", Words: "too busy"}
	r := unruly(t, relay.Options{Rules: []relay.Rule{refusal}})
	p := sender(t, r)
	lines, addresses := readersAt(all, manyDomains...)
	p.apply(t, deskOf(lines))
	p.node(t)
	await(t, "it knocked", time.Minute, func() bool { return len(r.Ledger().Connects) > 0 })
	refusal.For = busy
	r.Behave(refusal)
	begun := time.Now()
	time.Sleep(busy)
	storm := len(r.Ledger().Connects)
	if storm > 16 { // four connections at once, and then now and again
		t.Errorf("%d connections in %s to a relay that says 421", storm, busy)
	}
	edition := p.awaitEdition(t, digest.EditionDone, 3*time.Minute)
	a := p.audited(t, r, edition)
	a.want(t, map[digest.DeliveryState]int{digest.DeliverySent: all})
	if lost := a.ledger.Lost(addresses); len(lost) > 0 || len(a.doubles) > 0 {
		t.Errorf("lost are %q, %d second copies", lost, len(a.doubles))
	}
	figures(t, "421 for %s: %d connections meanwhile, %d attempts for %d deliveries; all sent %s after the relay was ready", busy, storm, a.attempts, all, (time.Since(begun) - busy).Round(100*time.Millisecond))
}

func TestPromise07MandatoryTLSNeverFallsBack(t *testing.T) {
	t.Parallel()
	const password = "hunter2hunter2"
	cases := []struct {
		certificate relay.Certificate
		tls         string
		sent        bool
	}{
		{relay.Valid, "mandatory", true},
		{relay.NoTLS, "mandatory", false},
		{relay.WrongName, "mandatory", false},
		{relay.Expired, "mandatory", false},
		{relay.Unknown, "mandatory", false},
		{relay.WrongName, "opportunistic", false},
		{relay.NoTLS, "none", false}, // the login would be in clear
	}
	told := make([]string, len(cases))
	try := func(t *testing.T, i int) {
		c := cases[i]
		r := unruly(t, relay.Options{Certificate: c.certificate, User: "desk", Password: password})
		p := sender(t, r, "SMTP_TLS="+c.tls, "SMTP_USERNAME=desk", "SMTP_PASSWORD="+password)
		if c.certificate != relay.NoTLS {
			trust := filepath.Join(p.dir, "authority.pem")
			if err := os.WriteFile(trust, r.Authority(), 0o600); err != nil {
				t.Fatal(err)
			}
			p.env["SSL_CERT_FILE"] = trust
		}
		lines, _ := readersAt(3, manyDomains...)
		p.apply(t, deskOf(lines))
		_, stdout, stderr := p.run(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23")
		a := p.audited(t, r, 1)
		name := fmt.Sprintf("%s, certificate %q", c.tls, c.certificate)
		if c.sent {
			a.want(t, map[digest.DeliveryState]int{digest.DeliverySent: 3})
		} else if a.states[digest.DeliverySent] > 0 || len(a.ledger.Copies) > 0 || a.states[digest.DeliveryFailed] > 0 {
			t.Errorf("%s: %s, %d copies", name, a, len(a.ledger.Copies))
		}
		for _, copied := range a.ledger.Copies {
			if !copied.Secret {
				t.Errorf("%s: a message in clear", name)
			}
		}
		if len(a.ledger.Connects) == 0 || a.ledger.ClearPasswords > 0 || strings.Contains(stdout+stderr, password) {
			t.Errorf("%s: %d connections, %d passwords in clear\n%s%s", name, len(a.ledger.Connects), a.ledger.ClearPasswords, stdout, stderr)
		}
		for _, line := range a.told {
			if strings.Contains(line.LastAnswer, password) || line.State == digest.DeliveryDeferred && line.LastAnswer == "" {
				t.Errorf("%s: %+v", name, line)
			}
		}
		told[i] = fmt.Sprintf("%s: %d copies", name, len(a.ledger.Copies))
	}
	t.Run("group", func(t *testing.T) {
		for i, c := range cases {
			t.Run(fmt.Sprintf("%s, certificate %q", c.tls, c.certificate), func(t *testing.T) {
				t.Parallel()
				try(t, i)
			})
		}
	})
	figures(t, "%s; 0 messages and 0 passwords in clear", strings.Join(told, "; "))
}
