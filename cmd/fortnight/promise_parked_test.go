package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fortnight/digest"
)

// way is a server between the program and a database: it passes everything on, until it takes connections and says nothing, or
// refuses them.
type way struct {
	dsn      string
	silent   atomic.Bool
	listener net.Listener
}

func wayTo(t *testing.T, dsn string) *way {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.Host, u.RawQuery = l.Addr().String(), "sslmode=disable&connect_timeout=2"
	w := &way{dsn: u.String(), listener: l}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = in.Close() })
			if w.silent.Load() {
				continue
			}
			out, err := net.Dial(network, address)
			if err != nil {
				_ = in.Close()
				continue
			}
			go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
			go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
		}
	}()
	return w
}

// fifty is a text of 50 MB.
const fifty = `repeat('0123456789', 5000000)`

// peak is the most memory that a process has had, MiB.
func (x *process) peak(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", x.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	kib, err := strconv.Atoi(string(regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kib >> 10
}

// TestPromise16WhatCannotBeMadeIsParkedAfterThreeTriesAndTheOthersAreUntouched: five digests are due at once, each from a source of its
// own. The text of a message and a name may have 50 MB: the one is never read, the other cut. Where nothing could be read because the
// source hangs, where the numbers are beyond reason, and where a letter panics (an impossible table is put into its snapshot by a
// trigger), three tries are made.
func TestPromise16WhatCannotBeMadeIsParkedAfterThreeTriesAndTheOthersAreUntouched(t *testing.T) {
	t.Parallel()
	_, due, endOf := instants()
	inWeek := endOf(due).AddDate(0, 0, -3).Add(10 * time.Hour).Format(time.RFC3339)
	hand := fmt.Sprintf(`INSERT INTO fortnight_events.team VALUES ('desk', 'returns', 'Returns');
		INSERT INTO fortnight_events.agent VALUES ('desk', 'ana', 'Ana', 'agent', 'returns', true);
		INSERT INTO fortnight_events.assignment (tenant_id, assignment_id, conversation_id, user_id, agent_id, team_id, kind, offered_at, accepted_at)
		VALUES ('desk', 'a', 'c', 'u', 'ana', 'returns', 'initial', '%[1]s', '%[1]s');`, inWeek)
	good := everyDay(time.Now()) + hand
	box, addr := newInbox(t)
	p := newPlace(t, addr)
	p.make = builtPlain // its memory is measured, and 10,000 agents take the race detector minutes
	hangs := wayTo(t, eventsOf(t, good))
	p.env["FORTNIGHT_ADMIN_EMAIL"], p.env["FORTNIGHT_RETRY"] = "admin@desk.example", "1s"
	for name, dsn := range map[string]string{
		"GOOD": eventsOf(t, good), "PANICS": eventsOf(t, good), "HANGS": hangs.dsn,
		"LONG": eventsOf(t, good, `UPDATE fortnight_events.agent SET display_name = 'Ana ' || `+fifty+`;
			UPDATE fortnight_events.message SET body = `+fifty+` WHERE sent_at = (SELECT max(sent_at) FROM fortnight_events.message WHERE sent_at < '`+inWeek+`')`),
		"HUGE": eventsOf(t, good, fmt.Sprintf(`INSERT INTO fortnight_events.agent SELECT 'desk', n, n || repeat('a', 250), 'agent', NULL, true FROM generate_series(1, 10000) AS n;
			INSERT INTO fortnight_events.assignment (tenant_id, assignment_id, conversation_id, agent_id, kind, offered_at, accepted_at, ended_at)
			SELECT 'desk', n, 'h' || n, n, 'initial', '%[1]s', '%[1]s', '%[1]s'::timestamptz + interval '10 min' FROM generate_series(1, 10000) AS n`, inWeek)),
	} {
		p.env[name+"_DSN"] = dsn
	}
	p.apply(t, weekly(due, map[string]string{
		"good": "activity contact_center", "panics": "contact_center", "hangs": "activity contact_center", "long": "activity contact_center", "huge": "contact_center",
	}, manyReaders(2)))
	p.wasDown(t, due, 1)
	const huge = "UPDATE fortnight.digests SET last_due = $1 WHERE key = 'huge'"
	if _, err := p.pool.Exec(t.Context(), huge, due); err != nil { // its turn comes when the others' memory has been looked at
		t.Fatal(err)
	}
	if _, err := p.pool.Exec(t.Context(), `
		CREATE FUNCTION fortnight.spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF NEW.data #>> '{sections,0,source}' = 'panics' THEN
				NEW.data = jsonb_set(NEW.data, '{sections,0,tables}',
					'[{"key": "by_team", "columns": [{"key": "team", "unit": "text"}, {"key": "handled", "unit": "count"}], "rows": [[]]}]');
			END IF;
			RETURN NEW;
		END $$;
		CREATE TRIGGER spoil BEFORE INSERT ON fortnight.snapshots FOR EACH ROW EXECUTE FUNCTION fortnight.spoil()`); err != nil {
		t.Fatal(err)
	}
	hangs.silent.Store(true)
	begun := time.Now()
	x, _ := p.serve(t)
	ended := func(done, parked int) func() bool {
		return func() bool {
			select {
			case <-x.ended:
				t.Fatalf("serve ended: %v\n%s", x.cmd.ProcessState, &x.err)
			default:
			}
			for _, e := range p.editions(t, digest.EditionHeld) {
				t.Fatalf("%s is held: %s", e.Config.Key, e.Reason)
			}
			return len(p.editions(t, digest.EditionDone)) == done && len(p.editions(t, digest.EditionParked)) == parked
		}
	}
	await(t, "two editions done, two parked", 6*time.Minute, ended(2, 2))
	took, peak := time.Since(begun), x.peak(t)
	if peak > 200 {
		t.Errorf("it took %d MiB of memory", peak)
	}
	if _, err := p.pool.Exec(t.Context(), huge, due.AddDate(0, 0, -7)); err != nil {
		t.Fatal(err)
	}
	await(t, "a third parked", 6*time.Minute, ended(2, 3))

	reasons := map[string]string{"hangs": "no answer within 2s", "huge": "MB, more than the 8 of the largest digest", "panics": "panic: runtime error: index out of range"}
	for _, e := range p.editions(t, "") {
		want, parked := reasons[e.Config.Key]
		if parked != (e.State == digest.EditionParked) || !strings.Contains(e.Reason, want) || parked && e.Tries != 3 {
			t.Errorf("%s is %s after %d tries: %s", e.Config.Key, e.State, e.Tries, e.Reason)
		}
	}
	mails := map[string]int{}
	for _, m := range box.Messages() {
		if m.To != "admin@desk.example" {
			mails[m.To]++
		}
	}
	if mails["reader00@desk.example"] != 2 || mails["reader01@desk.example"] != 2 || len(mails) != 2 {
		t.Errorf("the readers have %v, want one of each digest that can be made", mails)
	}
	await(t, "the admin is told of three", 10*time.Second, func() bool {
		parked := slices.DeleteFunc(toldOf(t, box), func(s string) bool { return !strings.Contains(s, "is parked") })
		return len(parked) == 3
	})
	t.Logf("figures: a hang and a letter that panics: parked after 3 tries within %s; a text and a name of 50 MB: sent, peak memory %d MiB; numbers of over 8 MB (10,000 agents): parked after 3 tries, %d MiB; "+
		"others untouched: 4 of 4 mails", took.Round(time.Second), peak, x.peak(t))
}
