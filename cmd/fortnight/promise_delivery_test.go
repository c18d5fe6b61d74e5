package main

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/relay"
	"fortnight/ledger"
)

func TestPromise02WithoutFaultsThereIsNoSecondCopy(t *testing.T) {
	t.Parallel()
	const all = 1000
	r := unruly(t, relay.Options{})
	p := sender(t, r, "LEASE=") // a short one may run out where a machine has much to do
	lines, addresses := readersAt(all, manyDomains...)
	p.apply(t, deskOf(lines))
	first, _ := p.node(t)
	second, _ := p.node(t)
	begun := time.Now()
	edition := p.awaitEdition(t, digest.EditionDone, time.Minute)
	took := time.Since(begun)
	a := p.audited(t, r, edition)
	a.want(t, map[digest.DeliveryState]int{digest.DeliverySent: all})
	if n := len(a.ledger.Copies); n != all || len(a.ledger.Lost(addresses)) > 0 || len(a.ledger.Tries) != all || a.attempts != all {
		t.Errorf("%d copies of %d, after %d tries and %d attempts; lost are %q", n, all, len(a.ledger.Tries), a.attempts, a.ledger.Lost(addresses))
	}
	quietly(t, first)
	quietly(t, second)
	figures(t, "%d subscribers, 2 nodes, no fault: %d copies, %d second ones, %d attempts, %s", all, len(a.ledger.Copies), len(a.doubles), a.attempts, took.Round(100*time.Millisecond))
}

func TestPromise03AnAnswerThatNeverCameIsAThirdState(t *testing.T) {
	t.Parallel()
	const all = 300
	for _, mode := range []string{digest.UnknownHold, digest.UnknownRetry} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			_, seed := chance()
			r := unruly(t, relay.Options{Seed: seed, Rules: []relay.Rule{relay.LoseAnswer(0.1), {At: relay.Middle, Drop: true, Share: 0.03}, {At: relay.Rcpt, Late: 10 * time.Millisecond}}})
			p := sender(t, r)
			lines, addresses := readersAt(all, manyDomains...)
			p.apply(t, inMode(mode, lines))
			x, _ := p.node(t)
			awaitTaken(t, r, all/2, time.Minute)
			x.kill()
			killed := time.Now()
			p.node(t)
			edition := p.awaitEdition(t, digest.EditionDone, 90*time.Second)
			a := p.audited(t, r, edition)
			if n := a.states[digest.DeliverySent] + a.states[digest.DeliveryUnknown]; n != all {
				t.Errorf("the deliveries are %s", a)
			}
			attempts := p.attempts(t, edition)
			unanswered := 0
			for _, f := range a.ledger.Refusals {
				if f.Dropped {
					unanswered++
				}
			}
			unanswered += lostAnswers(a.ledger)
			if a.doubtful < unanswered || a.doubtful > unanswered+4 { // and what the kill left: a message a connection
				t.Errorf("%d attempts are in doubt, %d answers never came, killed at %s", a.doubtful, unanswered, killed)
			}
			if missing := a.ledger.Lost(addresses); len(missing) > 0 {
				for _, to := range missing {
					if a.told[to].State != digest.DeliveryUnknown {
						t.Errorf("%s has no copy and is %+v", to, a.told[to])
					}
				}
			}
			switch mode {
			case digest.UnknownHold:
				if len(a.ledger.Doubles()) > 0 || a.states[digest.DeliveryUnknown] != a.doubtful {
					t.Errorf("%d second copies; %d unknown of %d in doubt", len(a.doubles), a.states[digest.DeliveryUnknown], a.doubtful)
				}
			default:
				twice := 0
				for _, tries := range attempts {
					if n := len(slices.DeleteFunc(slices.Clone(tries), func(x attempt) bool { return x.State != digest.DeliveryUnknown })); n > 1 {
						twice++
					}
				}
				if a.states[digest.DeliveryUnknown] != twice {
					t.Errorf("%d unknown, %d doubted twice", a.states[digest.DeliveryUnknown], twice)
				}
			}
			figures(t, "%s, %d subscribers, %d unanswered and a kill: %d attempts in doubt, %s, %d second copies, %d without a copy, all of them unknown (seed %d)",
				mode, all, unanswered, a.doubtful, a, len(a.doubles), len(a.ledger.Lost(addresses)), seed)
		})
	}
}

func TestPromise05UnsubscribingStopsACopyThatIsQueued(t *testing.T) {
	t.Parallel()
	const all = 1000
	r := unruly(t, relay.Options{Rules: []relay.Rule{{At: relay.Rcpt, Late: 5 * time.Millisecond}}})
	p := sender(t, r, "LEASE=") // a short one may run out where a machine has much to do
	lines, addresses := readersAt(all, manyDomains...)
	p.apply(t, deskOf(lines))
	victim := addresses[all-1]
	token := p.tokens(t, "desk/weekly")[victim]
	x, web := p.node(t)
	awaitTaken(t, r, 20, time.Minute)
	if waits := p.states(t)[digest.DeliveryPlanned]; waits < all/2 {
		t.Fatalf("%d are queued", waits)
	}
	status, _ := ask(t, http.MethodPost, web+"/unsubscribe/"+token, "List-Unsubscribe=One-Click")
	queued := p.states(t)[digest.DeliveryPlanned]
	if status != http.StatusOK {
		t.Fatalf("one click answers %d", status)
	}
	edition := p.awaitEdition(t, digest.EditionDone, time.Minute)
	a := p.audited(t, r, edition)
	a.want(t, map[digest.DeliveryState]int{digest.DeliverySent: all - 1, digest.DeliverySuppressed: 1})
	if lost := a.ledger.Lost(addresses); !slices.Equal(lost, []string{victim}) || a.told[victim].State != digest.DeliverySuppressed || a.told[victim].Attempts != 0 || len(a.ledger.Tries) != all-1 {
		t.Errorf("without a copy are %q; who left is %+v", lost, a.told[victim])
	}
	quietly(t, x)
	figures(t, "one unsubscribed by POST with %d queued of %d: %s; attempts for the one: %d, of the others lost: %d", queued, all, a, a.told[victim].Attempts, len(a.ledger.Lost(addresses))-1)
}

// ownBooks are the installation's ledger, with its key.
func (p *place) ownBooks(t *testing.T) *ledger.Ledger {
	t.Helper()
	keys, err := ledger.NewKeys(p.env["FORTNIGHT_SECRET_KEY"])
	if err != nil {
		t.Fatal(err)
	}
	return ledger.New(p.pool, ledger.Options{Now: time.Now, Keys: keys})
}

// tokens gives those that name the subscriptions of a digest in links, by address.
func (p *place) tokens(t *testing.T, name string) map[string]string {
	t.Helper()
	s, err := p.ownBooks(t).Digest(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{}
	for _, one := range s.Config.Subscribers {
		tokens[one.Address] = one.Token
	}
	return tokens
}

// states counts all deliveries by their state.
func (p *place) states(t *testing.T) map[digest.DeliveryState]int {
	t.Helper()
	rows, err := p.pool.Query(t.Context(), "SELECT state, count(*) FROM fortnight.deliveries GROUP BY state")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	states := map[digest.DeliveryState]int{}
	for rows.Next() {
		var state digest.DeliveryState
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			t.Fatal(err)
		}
		states[state] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return states
}

func TestPromise09BothLedgersSayTheSame(t *testing.T) {
	t.Parallel()
	const all = 400
	_, seed := chance()
	r := unruly(t, relay.Options{Seed: seed, Rules: []relay.Rule{
		{To: "r0001@d1.example", At: relay.Rcpt, Code: 550, Status: "5.1.1", Words: "no such mailbox"},
		{To: "r0002@d2.example", At: relay.End, Code: 554, Status: "5.7.1", Words: "not wanted here"},
		{To: "r0003@d3.example", At: relay.Data, Code: 451, Status: "4.3.0", Words: "later", Tries: 2},
		relay.Greylist(0.05, time.Second), relay.Refuse(0.05, relay.End, 452, "4.3.1"), relay.LoseAnswer(0.05),
		{At: relay.Middle, Drop: true, Share: 0.02},
		{At: relay.Rcpt, Drop: true, Share: 0.02},
	}})
	p := sender(t, r)
	lines, addresses := readersAt(all, manyDomains...)
	p.apply(t, deskOf(lines))
	p.node(t)
	edition := p.awaitEdition(t, digest.EditionDone, 90*time.Second)
	a := p.audited(t, r, edition)
	tries := map[string]int{}
	for _, try := range a.ledger.Tries {
		tries[try.To]++
	}
	for _, to := range addresses {
		line := a.told[to]
		if line.Attempts != tries[to] || line.MessageID == "" {
			t.Errorf("%s was tried %d times, and is told of as %+v", to, tries[to], line)
		}
		for _, c := range a.ledger.To(to) {
			if c.MessageID != line.MessageID {
				t.Errorf("%s has %s, and is told of as %+v", to, c.MessageID, line)
			}
		}
	}
	for to, want := range map[string]struct {
		state  digest.DeliveryState
		answer string
	}{
		"r0001@d1.example": {digest.DeliveryFailed, "no such mailbox"},
		"r0002@d2.example": {digest.DeliveryFailed, "not wanted here"},
	} {
		if line := a.told[to]; line.State != want.state || line.LastAnswer != want.answer || line.Attempts != 1 {
			t.Errorf("%s is told of as %+v", to, line)
		}
	}
	if line := a.told["r0003@d3.example"]; line.Attempts < 3 {
		t.Errorf("one that was refused twice at DATA is told of as %+v", line)
	}
	var editions []map[string]any
	for raw := range jsonLines(t, p.must(t, "editions", "--digest", "desk/weekly", "--json")) {
		editions = append(editions, raw)
	}
	if len(editions) != 1 || editions[0]["id"] != float64(edition) || editions[0]["state"] != "done" || editions[0]["from"] == nil || editions[0]["to"] == nil {
		t.Errorf("editions says %v", editions)
	}
	figures(t, "%d deliveries told by deliveries --json against the receiver's %d tries and %d copies: no difference in recipient, Message-ID, attempts and state; %s, %d in doubt, %d answers lost (seed %d)",
		len(a.told), len(a.ledger.Tries), len(a.ledger.Copies), a, a.doubtful, lostAnswers(a.ledger), seed)
}
