package relay_test

import (
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fortnight/internal/relay"
)

func TestARuleBefallsWhomItNames(t *testing.T) {
	t.Parallel()
	r := start(t, relay.Options{Rules: []relay.Rule{
		{To: "ann@a.example", At: relay.Rcpt, Code: 550, Status: "5.1.1", Words: "no such mailbox"},
		{To: "@b.example", At: relay.Rcpt, Code: 451, Status: "4.3.0", Tries: 2},
	}})
	c := greeted(t, r)
	for _, try := range []struct {
		to    string
		code  int
		words string
	}{
		{"ann@a.example", 550, "5.1.1 no such mailbox"},
		{"Ann@a.example", 550, "5.1.1"},
		{"annette@a.example", 250, ""},
		{"bo@B.example", 451, "4.3.0"},
		{"bo@B.example", 451, "4.3.0"},
		{"bo@B.example", 250, ""},
		{"bo@sub.b.example", 250, ""},
	} {
		if code, words := c.mail(try.to); code != try.code || !strings.HasPrefix(words, try.words) {
			t.Errorf("%s is answered %d %s, want %d %s", try.to, code, words, try.code, try.words)
		}
	}
	l := r.Ledger()
	if len(l.Refusals) != 4 || l.Refusals[0].Code != 550 || l.Refusals[0].Phase != relay.Rcpt || l.Refusals[0].To != "ann@a.example" || len(l.Copies) != 3 {
		t.Errorf("refusals %+v", l.Refusals)
	}
	r.Behave()
	if code, _ := c.mail("ann@a.example"); code != 250 {
		t.Errorf("without rules Ann is answered %d", code)
	}
}

func TestAShareIsDrawnTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	befallen := func(seed uint64, backwards bool) (who []string) {
		r := start(t, relay.Options{Seed: seed, Rules: []relay.Rule{relay.Refuse(0.2, relay.Rcpt, 451, "4.3.0")}})
		c := greeted(t, r)
		for i := range 1000 {
			if backwards {
				i = 999 - i
			}
			to := fmt.Sprintf("r%d@a.example", i)
			c.want(250, "MAIL FROM:<a@x.example>")
			if code, _, err := c.say("RCPT TO:<" + to + ">"); err != nil {
				t.Fatal(err)
			} else if code == 451 {
				who = append(who, to)
			}
			c.want(250, "RSET")
		}
		slices.Sort(who)
		return who
	}
	one := befallen(1, false)
	if n := len(one); n < 160 || n > 240 { // 200, and three standard deviations of 12.6
		t.Errorf("%d of 1000 are befallen by a fifth", n)
	}
	if again := befallen(1, true); !slices.Equal(again, one) {
		t.Error("in another order, others are befallen")
	}
	if other := befallen(2, false); slices.Equal(other, one) {
		t.Error("another seed befalls the same")
	}
}

func TestGreylistingEndsWhenItsTimeHasPassed(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now := time.Date(2020, 3, 30, 8, 0, 0, 0, time.UTC)
	r := start(t, relay.Options{Rules: []relay.Rule{relay.Greylist(0, time.Minute)}, Now: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}})
	c := greeted(t, r)
	for _, want := range []int{450, 450, 250, 250} { // at 0, 30, 60 and 90 s
		code, words := c.mail("ann@a.example")
		if code != want || code == 450 && !strings.HasPrefix(words, "4.2.0") {
			t.Errorf("at %s: %d %s, want %d", now.Format("04:05"), code, words, want)
		}
		mu.Lock()
		now = now.Add(30 * time.Second)
		mu.Unlock()
	}
}

func TestRefusalsAtEveryPhase(t *testing.T) {
	t.Parallel()
	for _, phase := range []relay.Phase{relay.Rcpt, relay.Data, relay.End} {
		for _, secret := range []bool{false, true} {
			for _, answer := range []struct {
				code   int
				status string
				goes   bool // the connection
			}{{451, "4.3.0", false}, {552, "5.2.2", false}, {421, "4.3.2", true}} {
				t.Run(fmt.Sprintf("%s, TLS %t, %d", phase, secret, answer.code), func(t *testing.T) {
					t.Parallel()
					r := start(t, relay.Options{Certificate: relay.Valid, Rules: []relay.Rule{
						{To: "ann@a.example", At: phase, Code: answer.code, Status: answer.status, Words: "not now"},
					}})
					c := greeted(t, r)
					if secret {
						if err := c.encrypt(r, "localhost"); err != nil {
							t.Fatal(err)
						}
					}
					if code, _ := c.mail("bo@a.example"); code != 250 {
						t.Errorf("another is answered %d", code)
					}
					if code, words := c.mail("ann@a.example"); code != answer.code || words != answer.status+" not now" {
						t.Errorf("answered %d %q", code, words)
					}
					if c.gone() != answer.goes {
						t.Errorf("the connection has ended: %t", !answer.goes)
					}
					if !answer.goes {
						c.want(250, "RSET")
						if code, words := c.mail("bo@a.example"); code != 250 {
							t.Errorf("the next is answered %d %s", code, words)
						}
					}
					l := r.Ledger()
					if len(l.To("ann@a.example")) != 0 || len(l.Refusals) != 1 || l.Refusals[0].Phase != phase || l.Refusals[0].Code != answer.code {
						t.Errorf("copies %+v, refusals %+v", l.To("ann@a.example"), l.Refusals)
					}
				})
			}
		}
	}
}

func TestAConnectionThatIsDropped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at     relay.Phase
		secret bool
		taken  int
	}{
		{relay.Rcpt, false, 0},
		{relay.Data, false, 0},
		{relay.Data, true, 0},
		{relay.Middle, false, 0},
		{relay.Middle, true, 0},
		{relay.End, false, 1},
		{relay.End, true, 1},
	} {
		t.Run(fmt.Sprintf("at %s, TLS %t", c.at, c.secret), func(t *testing.T) {
			t.Parallel()
			r := start(t, relay.Options{Certificate: relay.Valid, Rules: []relay.Rule{{At: c.at, Drop: true}}})
			x := greeted(t, r)
			if c.secret {
				if err := x.encrypt(r, "127.0.0.1"); err != nil {
					t.Fatal(err)
				}
			}
			if code, words := x.mail("ann@a.example"); code != 0 {
				t.Errorf("answered %d %s", code, words)
			}
			if !x.gone() {
				t.Error("the connection goes on")
			}
			l := r.Ledger()
			if len(l.Copies) != c.taken || c.taken == 1 && !l.Copies[0].Lost {
				t.Errorf("taken: %+v", l.Copies)
			}
			if c.taken == 0 && (len(l.Refusals) != 1 || !l.Refusals[0].Dropped || l.Refusals[0].Phase != c.at) {
				t.Errorf("refusals: %+v", l.Refusals)
			}
		})
	}
}

func TestTheGreetingMayBeRefusedForAWhile(t *testing.T) {
	t.Parallel()
	r := start(t, relay.Options{Rules: []relay.Rule{{At: relay.Greeting, Code: 421, Status: "4.3.2", Words: "busy", For: 300 * time.Millisecond}}})
	_, err := call(t, r)
	var answer *textproto.Error
	if !errors.As(err, &answer) || answer.Code != 421 || answer.Msg != "4.3.2 busy" {
		t.Fatalf("greeted with %v", err)
	}
	for deadline := time.Now().Add(10 * time.Second); err != nil && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		_, err = call(t, r)
	}
	if l := r.Ledger(); err != nil || len(l.Refusals) < 1 || len(l.Connects) != len(l.Refusals)+1 {
		t.Errorf("afterwards: %v; %d connects, %d turned away", err, len(l.Connects), len(l.Refusals))
	}
	r.Behave(relay.Rule{At: relay.Greeting, Drop: true})
	if _, err := call(t, r); err == nil || errors.As(err, &answer) && answer.Code != 421 {
		t.Errorf("dropped, it is greeted with %v", err)
	}
}

func TestAnAnswerMayBeLate(t *testing.T) {
	t.Parallel()
	const late = 300 * time.Millisecond
	for _, at := range []relay.Phase{relay.Rcpt, relay.Data, relay.Middle, relay.End} {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			r := start(t, relay.Options{Rules: []relay.Rule{{To: "@slow.example", At: at, Late: late}}})
			c := greeted(t, r)
			began := time.Now()
			if code, words := c.mail("ann@slow.example"); code != 250 {
				t.Errorf("answered %d %s", code, words)
			}
			if took := time.Since(began); took < late {
				t.Errorf("answered after %s", took)
			}
			if l := r.Ledger(); len(l.Copies) != 1 || l.Copies[0].Lost != (at == relay.End) {
				t.Errorf("taken: %+v", l.Copies)
			}
			other := greeted(t, r)
			began = time.Now()
			if code, _ := other.mail("bo@fast.example"); code != 250 || time.Since(began) >= late {
				t.Errorf("another domain is answered %d after %s", code, time.Since(began))
			}
		})
	}
}
