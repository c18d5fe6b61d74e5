package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/internal/postgres"
	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
)

// The tests named TestPromise… show the promises of the sender, each on the built binary, a real PostgreSQL and a mail server that
// misbehaves as it is told and keeps a ledger of its own. Each runs alone and logs a line of figures:
//
//	go test ./cmd/fortnight -run TestPromise01 -v

var promiseSeed = flag.Uint64("promise-seed", 0, "of the random moments and faults of the promises' tests; 0 takes a new one")

// chance gives the random numbers of a test, and their seed for its figures.
func chance() (*rand.Rand, uint64) {
	seed := *promiseSeed
	if seed == 0 {
		seed = rand.Uint64()>>40 + 1
	}
	return rand.New(rand.NewPCG(seed, 0)), seed
}

// figures is the test's one line.
func figures(t testing.TB, format string, args ...any) {
	t.Helper()
	t.Logf("figures: "+format, args...)
}

// unruly starts a relay, which the test's end closes.
func unruly(t testing.TB, o relay.Options) *relay.Relay {
	t.Helper()
	r, err := relay.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// onceEach fails where somebody has two copies.
func onceEach(t *testing.T, r *relay.Relay) {
	t.Helper()
	for _, d := range r.Ledger().Doubles() {
		t.Errorf("a second copy: %+v", d)
	}
}

// readersAt gives n readers, spread over domains in turn: as YAML, a line each, and their addresses.
func readersAt(n int, domains ...string) (lines string, addresses []string) {
	var b strings.Builder
	for i := range n {
		address := fmt.Sprintf("r%04d@%s", i, domains[i%len(domains)])
		fmt.Fprintf(&b, "          - {address: %s, name: Reader %d, audience: executive, pdf: false}\n", address, i)
		addresses = append(addresses, address)
	}
	return b.String(), addresses
}

// manyDomains are ten, so that no limit of one domain holds up a test that is about something else.
var manyDomains = strings.Fields("d0.example d1.example d2.example d3.example d4.example d5.example d6.example d7.example d8.example d9.example")

// sender is an installation with a desk's database that sends to a relay; its first pause after a 4xx is a second.
func sender(t testing.TB, r *relay.Relay, settings ...string) *place {
	t.Helper()
	p := bareSender(t, r, settings...)
	p.use(t, pgtest.New(t))
	return p
}

// bareSender is a sender whose own database is yet to come. Settings are NAME=VALUE, without FORTNIGHT_; an empty value is the default.
func bareSender(t testing.TB, r *relay.Relay, settings ...string) *place {
	t.Helper()
	p := barePlace(t, r.Addr())
	p.env["DESK_DSN"] = lively(t)
	p.env["FORTNIGHT_RETRY"], p.env["FORTNIGHT_LEASE"] = "1s", "5s"
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		if p.env["FORTNIGHT_"+name] = value; value == "" {
			delete(p.env, "FORTNIGHT_"+name)
		}
	}
	return p
}

// lively is a desk's database whose newest message is of now: no edition waits for its data.
func lively(t testing.TB) (dsn string) {
	t.Helper()
	dsn = pgtest.Load(t, desk)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "UPDATE messages SET created_at = now() AT TIME ZONE 'UTC' - interval '1 second' WHERE id = (SELECT max(id) FROM messages WHERE account_id = 1)"); err != nil {
		t.Fatal(err)
	}
	return dsn
}

// node starts a process that serves; where the test fails, it shows what the process logged that is no plain information, and the end.
func (p *place) node(t *testing.T) (x *process, web string) {
	t.Helper()
	x, web = p.serve(t)
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		lines := strings.Split(strings.TrimSpace(x.err.String()), "\n")
		for i, line := range lines {
			if !strings.Contains(line, `"level":"INFO"`) || i >= len(lines)-3 {
				t.Logf("node %d: %s", x.cmd.Process.Pid, line)
			}
		}
	})
	return x, web
}

// inMode is deskOf with the project's choice for what is in doubt.
func inMode(mode, subscribers string) string {
	return strings.Replace(deskOf(subscribers), "    zone:", "    unknown: "+mode+"\n    zone:", 1)
}

// awaitEdition waits until the newest edition is in a state, and gives its id.
func (p *place) awaitEdition(t testing.TB, state digest.EditionState, patience time.Duration) int64 {
	t.Helper()
	var last any
	for deadline := time.Now().Add(crowded * patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		lines, err := p.books().Editions(t.Context(), "", 1)
		if err != nil {
			last = err
			continue
		}
		if len(lines) == 1 {
			if last = lines[0]; lines[0].State == state {
				return lines[0].ID
			}
		}
	}
	t.Fatalf("no edition is %s within %s: %+v", state, crowded*patience, last)
	return 0
}

// awaitTaken waits until a relay has n copies.
func awaitTaken(t testing.TB, r *relay.Relay, n int, patience time.Duration) {
	t.Helper()
	for deadline := time.Now().Add(crowded * patience); r.Taken() < n; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d copies within %s", r.Taken(), n, crowded*patience)
		}
	}
}

// attempt is a row of the sender's ledger.
type attempt struct {
	MessageID string
	Number    int
	State     digest.DeliveryState
	Started   time.Time
	Ended     *time.Time
	Code      int
	Answer    string
}

// attempts gives those of an edition by their Message-ID, in their order.
func (p *place) attempts(t testing.TB, edition int64) map[string][]attempt {
	t.Helper()
	rows, err := p.pool.Query(t.Context(), `SELECT d.message_id, a.number, a.state, a.started_at, a.ended_at, a.code, a.answer
FROM fortnight.attempts a JOIN fortnight.deliveries d USING (delivery_id) WHERE d.edition_id = $1 ORDER BY d.delivery_id, a.number`, edition)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string][]attempt{}
	for rows.Next() {
		var a attempt
		if err := rows.Scan(&a.MessageID, &a.Number, &a.State, &a.Started, &a.Ended, &a.Code, &a.Answer); err != nil {
			t.Fatal(err)
		}
		all[a.MessageID] = append(all[a.MessageID], a)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// told are the lines of `fortnight deliveries --json`.
func (p *place) told(t *testing.T, edition int64) (lines []deliveryLine) {
	t.Helper()
	for raw := range strings.Lines(p.must(t, "deliveries", "--edition", strconv.FormatInt(edition, 10), "--json")) {
		var line deliveryLine
		if err := json.Unmarshal([]byte(raw), &line); err != nil {
			t.Fatalf("deliveries says %q: %v", raw, err)
		}
		lines = append(lines, line)
	}
	return lines
}

// audit is what both sides say of an edition.
type audit struct {
	states   map[digest.DeliveryState]int
	attempts int // of the sender's ledger
	doubtful int // of these, those whose answer never came
	doubles  []relay.Pair
	ledger   relay.Ledger
	told     map[string]deliveryLine // by address
}

// audited holds the sender's ledger against the receiver's, delivery by delivery: what was sent was taken, what was not begun was not
// taken, every copy is one of a sent or of a doubtful attempt, and copies of one message are the same message. It fails where one is sending.
func (p *place) audited(t *testing.T, r *relay.Relay, edition int64) audit {
	t.Helper()
	a := audit{states: map[digest.DeliveryState]int{}, ledger: r.Ledger(), told: map[string]deliveryLine{}}
	attempts := p.attempts(t, edition)
	copies, tries := map[string][]relay.Copy{}, map[string]int{}
	for _, c := range a.ledger.Copies {
		copies[c.MessageID] = append(copies[c.MessageID], c)
	}
	for _, try := range a.ledger.Tries {
		tries[try.To]++
	}
	known := map[string]bool{}
	for _, line := range p.told(t, edition) {
		a.states[line.State]++
		a.told[line.Subscriber], known[line.MessageID] = line, true
		sent, doubtful := 0, 0
		for _, x := range attempts[line.MessageID] {
			a.attempts++
			switch x.State {
			case digest.DeliverySent:
				sent++
			case digest.DeliveryUnknown:
				doubtful++
			}
		}
		a.doubtful += doubtful
		has := copies[line.MessageID]
		if line.Attempts != len(attempts[line.MessageID]) || (line.State == digest.DeliverySent) != (sent > 0) {
			t.Errorf("%s is %s after %d attempts, of which are recorded %+v", line.Subscriber, line.State, line.Attempts, attempts[line.MessageID])
		}
		if line.State == digest.DeliveryUnknown && (doubtful == 0 || line.LastAnswer == "") {
			t.Errorf("%s is unknown without a doubt or a word: %+v", line.Subscriber, line)
		}
		if len(has) > 1 && len(has)-1 > givenUp(attempts[line.MessageID]) {
			t.Errorf("%s has %d copies, and the attempts were %+v", line.Subscriber, len(has), attempts[line.MessageID])
		}
		if len(has) < sent || len(has) > sent+doubtful {
			t.Errorf("%s is %s, with %d sent and %d doubtful attempts; the receiver has %d copies", line.Subscriber, line.State, sent, doubtful, len(has))
		}
		for _, c := range has {
			if c.To != line.Subscriber {
				t.Errorf("%s's message went to %s", line.Subscriber, c.To)
			}
		}
		if line.State == digest.DeliverySending {
			t.Errorf("%s is still sending", line.Subscriber)
		}
	}
	for _, pair := range a.ledger.Doubles() {
		if known[pair.Again.MessageID] {
			a.doubles = append(a.doubles, pair)
		}
	}
	for _, pair := range a.ledger.Unlike() {
		t.Errorf("two copies for %s are not the same message: %+v and %+v", pair.Before.To, pair.Before, pair.Again)
	}
	return a
}

// givenUp counts the attempts whose answer never came, or came when another attempt had begun.
func givenUp(attempts []attempt) (n int) {
	for i, a := range attempts {
		late := i+1 < len(attempts) && a.Ended != nil && a.Ended.After(attempts[i+1].Started)
		if a.State == digest.DeliveryUnknown || late {
			n++
		}
	}
	return n
}

// String lists the states in their order.
func (a audit) String() string {
	var parts []string
	for _, state := range deliveryStates {
		if n := a.states[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	return strings.Join(parts, ", ")
}

// want fails where the states are others.
func (a audit) want(t *testing.T, states map[digest.DeliveryState]int) {
	t.Helper()
	if !maps.Equal(a.states, states) {
		t.Errorf("the deliveries are %v, want %v", a.states, states)
	}
}

// lostAnswers counts the copies whose answer the relay dropped.
func lostAnswers(l relay.Ledger) (n int) {
	for _, c := range l.Copies {
		if c.Lost {
			n++
		}
	}
	return n
}

// fragile is a PostgreSQL of the test's own that survives power loss and can be crashed.
type fragile struct {
	dir    string
	port   int
	server *postgres.Server
}

func newFragile(t *testing.T) (f *fragile, database string) {
	t.Helper()
	f = &fragile{dir: openDir(t) + "/pg"}
	f.start(t)
	database, err := f.server.CreateDatabase(t.Context(), "fortnight")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	if f.port, err = strconv.Atoi(u.Port()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.server.Stop() })
	return f, database
}

func (f *fragile) start(t *testing.T) {
	t.Helper()
	s, err := postgres.Start(t.Context(), postgres.Options{Dir: f.dir, Port: f.port, Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	f.server = s
}

// crash ends the server as `pg_ctl stop -m immediate` does, and starts it again.
func (f *fragile) crash(t *testing.T) {
	t.Helper()
	if err := f.server.Crash(); err != nil {
		t.Fatal(err)
	}
	f.start(t)
}

// quietly fails where a process logged something that is neither plain information nor among what is expected.
func quietly(t *testing.T, x *process, expected ...string) {
	t.Helper()
	for s := bufio.NewScanner(strings.NewReader(x.err.String())); s.Scan(); {
		var line struct{ Level, Msg string }
		if json.Unmarshal(s.Bytes(), &line) == nil && line.Level != "INFO" && !slices.Contains(expected, line.Msg) {
			t.Errorf("the log says %s", s.Text())
		}
	}
}

// jsonLines gives what a command printed with --json.
func jsonLines(t *testing.T, out string) func(yield func(map[string]any) bool) {
	return func(yield func(map[string]any) bool) {
		for raw := range strings.Lines(out) {
			var line map[string]any
			if err := json.Unmarshal([]byte(raw), &line); err != nil {
				t.Fatalf("%q: %v", raw, err)
			}
			if !yield(line) {
				return
			}
		}
	}
}
