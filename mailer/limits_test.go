package mailer_test

import (
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/mailer"
)

// leaving counts how many of so many messages to an address may begin now, and how long the first that may not is told to wait.
func leaving(m *mailer.Mailer, to string, most int) (n int, wait time.Duration, gone []func()) {
	for range most {
		g, w := m.Leave(to)
		if g == nil {
			return n, w, gone
		}
		n++
		gone = append(gone, g)
	}
	return n, 0, gone
}

func limited(t *testing.T, clock *clock, connections int, l mailer.Limits) *mailer.Mailer {
	t.Helper()
	m, err := mailer.New(mailer.Config{Host: "mail.example", Connections: connections, Limits: l, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestADomainHasHalfOfTheConnectionsSoThatOneThatStallsLeavesTheOthersTheirs(t *testing.T) {
	for _, c := range []struct {
		name        string
		connections int
		limits      mailer.Limits
		want        int
	}{
		{"of four, two", 4, mailer.Limits{}, 2},
		{"of five, two", 5, mailer.Limits{}, 2},
		{"of one, one", 1, mailer.Limits{}, 1},
		{"as configured", 4, mailer.Limits{DomainConnections: 3}, 3},
		{"named", 4, mailer.Limits{Domains: map[string]mailer.Limit{"Stalled.Example": {Connections: 1}}}, 1},
		{"named for its rate: the rest as for others", 4, mailer.Limits{Domains: map[string]mailer.Limit{"stalled.example": {Rate: 6000}}}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := limited(t, newClock(), c.connections, c.limits)
			n, wait, gone := leaving(m, "a@stalled.example", 9)
			if n != c.want || wait <= 0 || wait > time.Second {
				t.Errorf("%d may leave, want %d; asked to wait %s", n, c.want, wait)
			}
			if n, _, _ := leaving(m, "b@STALLED.example.", 9); n != 0 {
				t.Errorf("in large letters %d more may leave", n)
			}
			if n, _, _ := leaving(m, "a@other.example", 1); n != 1 {
				t.Error("another domain has to wait too")
			}
			gone[0]()
			if n, _, _ := leaving(m, "c@stalled.example", 9); n != 1 {
				t.Errorf("one is gone and %d may leave", n)
			}
		})
	}
}

func TestADomainIsTheSameInItsOwnLettersAndInASCII(t *testing.T) {
	m := limited(t, newClock(), 4, mailer.Limits{Domains: map[string]mailer.Limit{"Bücher.example": {Connections: 1}}})
	if n, _, _ := leaving(m, "a@bücher.example", 9); n != 1 {
		t.Errorf("%d may leave, want 1", n)
	}
	if n, _, _ := leaving(m, "a@xn--bcher-kva.example", 9); n != 0 {
		t.Errorf("in ASCII %d more may leave", n)
	}
}

func TestARateAllowsASecondsWorthAtOnceAndThenOneAfterAnother(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits mailer.Limits
		burst  int           // at once
		next   time.Duration // then one each
	}{
		{"600 a minute to the relay", mailer.Limits{Rate: 600}, 10, 100 * time.Millisecond},
		{"60 a minute to a domain", mailer.Limits{DomainRate: 60}, 1, time.Second},
		{"6 a minute: one at once all the same", mailer.Limits{Rate: 6}, 1, 10 * time.Second},
		{"half a message a minute", mailer.Limits{DomainRate: .5}, 1, 2 * time.Minute},
		{"a named domain has its own", mailer.Limits{DomainRate: 6000, Domains: map[string]mailer.Limit{"lindenhof.example": {Rate: 120}}}, 2, time.Second / 2},
		{"the slower of two decides", mailer.Limits{Rate: 600, DomainRate: 30}, 1, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock()
			c.limits.DomainConnections = 100
			m := limited(t, clock, 100, c.limits)
			n, wait, _ := leaving(m, reader, 50)
			if n != c.burst || wait != c.next {
				t.Errorf("%d at once and then %s, want %d and %s", n, wait, c.burst, c.next)
			}
			for range 3 {
				clock.pass(c.next - time.Millisecond)
				if n, wait, _ := leaving(m, reader, 1); n != 0 || wait > 2*time.Millisecond {
					t.Fatalf("a millisecond early: %d may leave, wait %s", n, wait)
				}
				clock.pass(time.Millisecond)
				if n, _, _ := leaving(m, reader, 9); n != 1 {
					t.Fatalf("%d may leave, want 1", n)
				}
			}
			clock.pass(time.Hour)
			if n, _, _ := leaving(m, reader, 50); n != c.burst {
				t.Errorf("after an hour's rest %d at once, want %d", n, c.burst)
			}
		})
	}
}

func TestADomainThatHasToWaitTakesNothingOfTheRelaysRate(t *testing.T) {
	m := limited(t, newClock(), 8, mailer.Limits{Rate: 180, DomainRate: 1}) // three at once
	for range 5 {
		leaving(m, "a@slow.example", 1)
	}
	if n, _, _ := leaving(m, "a@one.example", 1); n != 1 {
		t.Error("the second has to wait")
	}
	if n, _, _ := leaving(m, "a@two.example", 1); n != 1 {
		t.Error("the third has to wait")
	}
	if n, _, _ := leaving(m, "a@three.example", 1); n != 0 {
		t.Error("a fourth may leave")
	}
}

func TestAStalledDomainDelaysNoOther(t *testing.T) {
	k := &talker{says: map[string]string{".": "stall"}, stalled: make(chan struct{}, 2)}
	m := k.mailer(t, func(c *mailer.Config) { c.Connections, c.Timeouts.Data = 4, time.Hour })
	for range 2 {
		gone, _ := m.Leave("a@stalled.example")
		if gone == nil {
			t.Fatal("the domain has fewer than two connections")
		}
		c := connect(t, m)
		go func() { defer gone(); defer c.Free(); sendOver(t, m, c) }()
		<-k.stalled // the message is there, and the server says nothing
	}
	if gone, _ := m.Leave("b@stalled.example"); gone != nil {
		t.Fatal("a third of the domain may leave")
	}
	k.say(".", "250 ok")
	for range 20 {
		gone, wait := m.Leave(reader)
		if gone == nil {
			t.Fatalf("another domain waits %s", wait)
		}
		c := connect(t, m)
		if o := sendOver(t, m, c); o.State != digest.DeliverySent {
			t.Errorf("%+v", o)
		}
		c.Free()
		gone()
	}
}

func TestLimitsThatMakeNoSenseAreFaultsOfTheConfiguration(t *testing.T) {
	_, err := mailer.New(mailer.Config{Host: "h", Limits: mailer.Limits{
		Rate: -1, DomainConnections: -2, Domains: map[string]mailer.Limit{"gmail.com": {Rate: -3}},
	}})
	for _, want := range []string{"-1 messages", "-2 connections", "gmail.com: -3 messages"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in %v", want, err)
		}
	}
}
