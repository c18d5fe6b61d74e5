package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// twoClinics are two projects whose numbers come from events that are sent.
const twoClinics = `projects:
  lindenhof: {name: Lindenhof Clinics, zone: Europe/Berlin}
  harbour: {name: Harbour Dental, zone: America/New_York}
`

// newClinic is an installation of them, that sends no mail.
func newClinic(t testing.TB) *place {
	t.Helper()
	p := newPlace(t, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1})
	p.apply(t, twoClinics)
	return p
}

// valueOf gives one value of the database.
func valueOf[T any](t testing.TB, p *place, sql string) (value T) {
	t.Helper()
	if err := p.pool.QueryRow(context.WithoutCancel(t.Context()), sql).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// messageLine is the nth message of some users, a second apart, as NDJSON.
func messageLine(n int, begin time.Time) string {
	at := begin.Add(time.Duration(n) * time.Second).UTC().Format(time.RFC3339Nano)
	side := `"direction":"in","author":"user"`
	if n%2 == 1 {
		side = `"direction":"out","author":"bot","agent_id":"bot-1"`
	}
	return fmt.Sprintf(`{"relation":"message","message_id":"m%d","conversation_id":"c%d","user_id":"u%d","sent_at":"%s",%s,"delivery":"sent","language":"en","body":"What are your opening hours on message %[1]d?"}`+"\n",
		n, n/12, n/24, at, side)
}

func TestEventsThatAreSentAreAProjectsOwn(t *testing.T) {
	t.Parallel()
	p := newClinic(t)
	_, web := p.serve(t)
	linden, harbour := bearer{web, p.keyOf(t, "lindenhof")}, bearer{web, p.keyOf(t, "harbour")}
	at := time.Now().UTC().Format(time.RFC3339)
	goal := fmt.Sprintf(`{"relation":"goal_event","event_id":"g1","kind":"portal_enrolled","user_id":"ana","occurred_at":%q}`, at)
	for round, want := range []string{`"written":1,"unchanged":0`, `"written":0,"unchanged":1`} {
		if status, _, said := linden.ask(t, "POST /events", goal, "Content-Type", "application/json"); status != 200 || !strings.Contains(said, want) {
			t.Errorf("round %d is answered %d %s", round, status, said)
		}
	}
	// What another project has is neither written nor shown, whatever the line says.
	status, _, said := harbour.ask(t, "POST /events", strings.Replace(goal, "{", `{"tenant_id":"lindenhof",`, 1)+"\n"+strings.Replace(goal, "ana", "bo", 1), "Content-Type", "application/x-ndjson")
	if status != 207 || !strings.Contains(said, `"line":1`) || !strings.Contains(said, "leave tenant_id out") || strings.Contains(said, "Lindenhof") {
		t.Errorf("an event for another project is answered %d %s", status, said)
	}
	if got := valueOf[string](t, p, `SELECT string_agg(tenant_id || ' ' || event_id || ' ' || user_id, ', ' ORDER BY tenant_id) FROM fortnight_events.goal_event`); got != "harbour g1 bo, lindenhof g1 ana" {
		t.Errorf("there is %s", got)
	}
	// serve has made this month and the next two.
	for n := range 3 {
		now := time.Now().UTC()
		name := time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC).Format("2006_01")
		for deadline := time.Now().Add(20 * time.Second); !valueOf[bool](t, p, "SELECT to_regclass('fortnight_events.message_"+name+"') IS NOT NULL"); time.Sleep(100 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("there is no partition for %s", name)
			}
		}
	}
}

func TestAFileIsImportedAndItsFaultsAreNamedByLine(t *testing.T) {
	t.Parallel()
	p := newClinic(t)
	file := filepath.Join(p.dir, "messages.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const head, good = "message_id,conversation_id,sent_at,direction,author\n", "m1,c1,2026-03-20T09:00:00Z,in,user\n"
	write(head + good + "m2,c1,2026-03-20 09:00,in,user\nm3,c1,2026-03-20T09:00:02Z,out,bot\n")
	code, out, said := p.run(t, "import", file, "--project", "lindenhof", "--relation", "message")
	if code != 1 || !strings.Contains(out, "3 lines read, 2 rows written, 0 lines changed nothing, 1 refused.") || !strings.Contains(said, "line 3: sent_at is") || !strings.Contains(said, file+".rejected.ndjson") {
		t.Errorf("exit code %d\n%s%s", code, out, said)
	}
	raw, err := os.ReadFile(file + ".rejected.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	var line rejectedLine
	if err := json.Unmarshal(raw, &line); err != nil || line.Line != 3 || len(line.Faults) != 1 || line.Faults[0].Field != "sent_at" || !bytes.Contains(line.Row, []byte(`"message_id":"m2"`)) {
		t.Errorf("refused: %s (%v)", raw, err)
	}
	write(head + good + "m2,c1,2026-03-20 09:00Z,in,user\nm3,c1,2026-03-20T09:00:02Z,out,bot\n")
	if out := p.must(t, "import", file, "--project", "lindenhof", "--relation", "message"); !strings.Contains(out, "1 rows written, 2 lines changed nothing, 0 refused") {
		t.Errorf("the mended file: %s", out)
	}
	if _, err := os.Stat(file + ".rejected.ndjson"); !os.IsNotExist(err) {
		t.Errorf("what was mended is still refused: %v", err)
	}
	write(head + "m9,c1,2026-03-20T09:00:00Z,in,user\nm10,c1,,in,user\n")
	if code, _, said := p.run(t, "import", file, "--project", "lindenhof", "--relation", "message", "--all-or-nothing"); code != 1 || !strings.Contains(said, "nothing was written") {
		t.Errorf("exit code %d: %s", code, said)
	}
	if n := valueOf[int](t, p, "SELECT count(*) FROM fortnight_events.message"); n != 3 {
		t.Errorf("%d messages", n)
	}
	for _, wrong := range [][]string{{"import"}, {"import", file}, {"import", "events.txt", "--project", "lindenhof"}, {"import", file, "--project", "lindenhof", "--relation", "mesage"}, {"import", "none.csv", "--project", "lindenhof"}} {
		if code, _, said := p.run(t, wrong...); code != 2 || said == "" {
			t.Errorf("%v: exit code %d: %s", wrong, code, said)
		}
	}
	if code, _, said := p.run(t, "import", file, "--project", "nobody"); code != 1 || !strings.Contains(said, `no such project: "nobody"`) {
		t.Errorf("a project that there is not: exit code %d: %s", code, said)
	}
}

func TestAnImportThatWasKilledIsResumedByRunningItAgain(t *testing.T) {
	t.Parallel()
	p := newClinic(t)
	const all = 120_000
	begin := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
	var text strings.Builder
	for n := range all {
		text.WriteString(messageLine(n, begin))
	}
	file := filepath.Join(p.dir, "messages.ndjson")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	x := p.start(t, "import", file, "--project", "harbour")
	for valueOf[int](t, p, "SELECT count(*) FROM fortnight_events.message") == 0 {
		select {
		case <-x.ended:
			t.Fatalf("it ended: %s%s", &x.out, &x.err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	x.kill()
	<-x.ended
	var there int
	for was := -1; was != there; time.Sleep(200 * time.Millisecond) { // what the server was about to commit
		was, there = there, valueOf[int](t, p, "SELECT count(*) FROM fortnight_events.message")
	}
	if there == 0 || there >= all {
		t.Fatalf("%d of %d messages were written when it was killed", there, all)
	}
	out := p.must(t, "import", file, "--project", "harbour")
	if want := fmt.Sprintf("%d lines read, %d rows written, %d lines changed nothing, 0 refused", all, all-there, there); !strings.Contains(out, want) {
		t.Errorf("resumed: %s, want %s", out, want)
	}
	if got := valueOf[string](t, p, "SELECT count(*) || ' ' || count(DISTINCT message_id) || ' ' || (SELECT count(*) FROM fortnight_events.end_user u WHERE first_seen_at = (SELECT min(sent_at) FROM fortnight_events.message m WHERE m.user_id = u.user_id AND direction = 'in')) FROM fortnight_events.message"); got != fmt.Sprintf("%d %[1]d %d", all, all/24) {
		t.Errorf("there is %s", got)
	}
	figures(t, "%d messages, killed after %d of them: the import that was run again wrote the other %d", all, there, all-there)
}

func TestOldMonthsGoAndNewOnesComeAsTimeGoesOn(t *testing.T) {
	t.Parallel()
	p := newClinic(t)
	var body strings.Builder
	for n, at := range []string{"2025-11-30T23:59:59Z", "2025-12-01T00:00:00Z", "2026-01-15T00:00:00Z", "2026-04-15T00:00:00Z"} {
		fmt.Fprintf(&body, `{"relation":"message","message_id":"m%d","conversation_id":"c","user_id":"u%d","sent_at":%q,"direction":"in","author":"user"}`+"\n", n, n, at)
	}
	file := filepath.Join(p.dir, "m.ndjson")
	if err := os.WriteFile(file, []byte(body.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p.must(t, "import", file, "--project", "lindenhof")
	if _, err := p.pool.Exec(t.Context(), `INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, sent_at, direction, author) VALUES ('lindenhof', 'stray', 'c', '2026-02-10Z', 'out', 'bot')`); err != nil {
		t.Fatal(err)
	}
	for _, turn := range []struct {
		now        string
		keep, made int
		gone       string
		left       int
	}{
		{"2026-03-10T00:00:00Z", 0, 3, "[]", 5},                // February for the stray one, March and May
		{"2026-03-10T00:00:00Z", 0, 0, "[]", 5},                // nothing is new
		{"2026-03-10T00:00:00Z", 3, 0, "[message_2025_11]", 4}, // December, January and February are kept
		{"2026-06-01T00:00:00Z", 3, 3, "[message_2025_12 message_2026_01 message_2026_02]", 1},
	} {
		now, err := time.Parse(time.RFC3339, turn.now)
		if err != nil {
			t.Fatal(err)
		}
		made, gone, err := turnMonths(t.Context(), p.pool, now, turn.keep)
		if err != nil {
			t.Fatal(err)
		}
		if left := valueOf[int](t, p, "SELECT count(*) FROM fortnight_events.message"); made != turn.made || fmt.Sprint(gone) != turn.gone || left != turn.left {
			t.Errorf("at %s, keeping %d: %d made, %v gone, %d messages left", turn.now, turn.keep, made, gone, left)
		}
	}
	if got := valueOf[string](t, p, `SELECT string_agg(user_id || ' ' || to_char(first_seen_at AT TIME ZONE 'UTC', 'YYYY-MM'), ', ' ORDER BY user_id) FROM fortnight_events.end_user`); got != "u0 2025-11, u1 2025-12, u2 2026-01, u3 2026-04" {
		t.Errorf("who wrote first when: %s", got)
	}
}

// BenchmarkEvents sends 200,000 messages in bodies of 10,000, packed by gzip, two at a time, to serve as a process. The reference in the
// same run is a bare COPY of the same rows by two connections into a table of the same form, with the same indexes and months: it checks nothing, finds
// no duplicates and notes nobody's first message.
//
//	go test -run='^$' -bench=Events -benchtime=1x ./cmd/fortnight/
func BenchmarkEvents(b *testing.B) {
	const all, each = 200_000, 10_000
	for b.Loop() {
		p := newClinic(b)
		bare := newClinic(b)
		_, web := p.serve(b)
		key := eventsKey(b, p, "harbour")
		begin := time.Now().UTC().AddDate(0, 0, -7)
		bodies, rows := eventBodies(b, all, each, begin)
		if _, err := bare.pool.Exec(b.Context(), "SELECT fortnight_events.make_month($1), fortnight_events.make_month($2)", begin, begin.AddDate(0, 0, 3)); err != nil {
			b.Fatal(err)
		}
		copied := both(b, rows, func(body []byte) error {
			conn, err := bare.pool.Acquire(b.Context())
			if err != nil {
				return err
			}
			defer conn.Release()
			_, err = conn.Conn().PgConn().CopyFrom(b.Context(), bytes.NewReader(body), "COPY fortnight_events.message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author, agent_id, delivery, language, body) FROM STDIN")
			return err
		})
		sent := both(b, bodies, func(body []byte) error { return postEvents(b.Context(), web, key, body) })
		if n := valueOf[int](b, p, "SELECT count(*) FROM fortnight_events.message"); n != all {
			b.Fatalf("%d messages", n)
		}
		again := both(b, bodies, func(body []byte) error { return postEvents(b.Context(), web, key, body) })
		b.ReportMetric(all/sent.Seconds(), "events/s")
		b.ReportMetric(all/again.Seconds(), "events/s-again")
		b.ReportMetric(all/copied.Seconds(), "rows/s-COPY")
		b.ReportMetric(copied.Seconds()/sent.Seconds(), "of-COPY")
		b.ReportMetric(0, "ns/op") // setting up is most of it
	}
}

// eventBodies are messages as gzipped NDJSON, and the same as rows of COPY.
func eventBodies(b *testing.B, all, each int, begin time.Time) (bodies, rows [][]byte) {
	b.Helper()
	for n := 0; n < all; n += each {
		var text, row bytes.Buffer
		for i := n; i < n+each; i++ {
			line := messageLine(i, begin)
			text.WriteString(line)
			var m map[string]string
			if err := json.Unmarshal([]byte(line), &m); err != nil {
				b.Fatal(err)
			}
			agent := m["agent_id"]
			if agent == "" {
				agent = `\N`
			}
			row.WriteString(strings.Join([]string{"harbour", m["message_id"], m["conversation_id"], m["user_id"], m["sent_at"], m["direction"], m["author"], agent, m["delivery"], m["language"], m["body"]}, "\t") + "\n")
		}
		bodies, rows = append(bodies, zipped(b, text.Bytes())), append(rows, row.Bytes())
	}
	return bodies, rows
}

// both does all of them, two at a time, and gives how long it took.
func both(b *testing.B, bodies [][]byte, do func([]byte) error) time.Duration {
	b.Helper()
	next, failed := make(chan []byte, len(bodies)), make(chan error, 2)
	for _, body := range bodies {
		next <- body
	}
	close(next)
	begin := time.Now()
	for range cap(failed) {
		go func() {
			for body := range next {
				if err := do(body); err != nil {
					failed <- err
					return
				}
			}
			failed <- nil
		}()
	}
	for range cap(failed) {
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(begin)
}

// eventsKey makes a key that may send events.
func eventsKey(b *testing.B, p *place, project string) string {
	b.Helper()
	id, err := p.books().ProjectID(b.Context(), project)
	if err != nil {
		b.Fatal(err)
	}
	_, key, err := p.books().Tenant(id).AddToken(b.Context(), digest.Actor{Name: "bench", Via: "command"}, "events "+strconv.FormatInt(id, 10), []digest.Scope{digest.ScopeEvents}, time.Time{})
	if err != nil {
		b.Fatal(err)
	}
	return key
}
