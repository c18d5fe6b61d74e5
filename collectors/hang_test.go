package collectors

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

func TestAServerThatTakesConnectionsAndSaysNothingIsGivenUp(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dsn := "postgres://ana:tr0ub4dor@" + listener.Addr().String() + "/support"
	begun := time.Now()
	_, err = Open(t.Context(), "desk", "chatwoot", dsn+"?connect_timeout=1", "1", clock)
	if !errors.Is(err, digest.ErrHangs) || !strings.Contains(err.Error(), "source desk: cannot connect to 127.0.0.1:") ||
		!strings.Contains(err.Error(), "/support as ana: no answer within 1s") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begun); took > 8*time.Second {
		t.Errorf("it took %s with a limit of 1 s", took)
	}
	config, err := parseDSN(dsn)
	if err != nil || config.ConnectTimeout != 10*time.Second {
		t.Errorf("without a limit in the DSN it is %v, %v", config.ConnectTimeout, err)
	}
}

func TestAConnectionThatFallsSilentIsGivenUpOnce(t *testing.T) {
	t.Parallel()
	silent := func(r *relay, begins *int) section {
		return section{Key: "silent", Collect: func(ctx context.Context, x *reader) (digest.Section, error) {
			*begins++
			r.mute.Store(true)
			_, err := x.tx.Exec(ctx, "SELECT 1")
			return digest.Section{}, err
		}}
	}
	for _, c := range []struct {
		name  string
		first bool // silent before the first section
		want  []string
	}{
		{"in a section", false, []string{
			"before complete", "silent failed the database has not answered for 1.5s: it hangs, or the way to it does",
			"after failed not read: the connection ended with section silent",
		}},
		{"before the first one", true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			way := relayTo(t, pgtest.New(t, NativeTables(), aNativeDesk))
			s := opened(t, "native", way.dsn, "desk")
			tries := 0
			s.sections = []section{saying("before", 1), silent(way, &tries), saying("after", 2)}
			s.pause, s.patience, s.grace = 0, time.Second, time.Second
			way.mute.Store(c.first)
			begun := time.Now()
			snapshot, err := s.Collect(t.Context(), digest.Ask{Period: march, Patience: 500 * time.Millisecond})
			if c.first {
				if !errors.Is(err, digest.ErrHangs) || !strings.Contains(err.Error(), "source desk: the database has not answered for 2s") {
					t.Errorf("got %v", err)
				}
			} else {
				if err != nil || tries != 1 {
					t.Fatalf("after %d tries: %v", tries, err)
				}
				linesAre(t, statuses(snapshot), c.want...)
			}
			if took := time.Since(begun); took > 40*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// As long as a source may take in all: seven sections that are each stopped, after a beginning that nearly was. An edition's try has ten
// minutes.
func TestASourceIsGivenUpWithinFiveMinutes(t *testing.T) {
	t.Parallel()
	s := nativeDesk(t)
	if worst := connectTimeout + s.patience + s.grace + time.Duration(len(sections))*(defaultPatience+s.grace); worst > 5*time.Minute {
		t.Errorf("%s", worst)
	}
}

// locked holds a lock that even a reader waits for, until the test ends.
func locked(t *testing.T, dsn, table string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	if _, err := conn.Exec(t.Context(), "BEGIN; LOCK TABLE "+table+" IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
}

func TestALockedTableFailsTheSectionsThatReadIt(t *testing.T) {
	t.Parallel()
	const why = " failed a table is locked by another session (SQLSTATE 55P03)"
	for _, c := range []struct {
		table string
		want  []string // nil: nothing can be read
	}{
		{"intent_hit", []string{"activity complete", "chatbot" + why, "contact_center complete"}},
		{"message", nil},
	} {
		t.Run(c.table, func(t *testing.T) {
			t.Parallel()
			dsn := seeded(t, "")
			s := opened(t, "native", dsn, "desk")
			s.lockTimeout = 100 * time.Millisecond
			locked(t, dsn, "fortnight_events."+c.table)
			snapshot, err := s.Collect(t.Context(), digest.Ask{Period: march})
			if c.want == nil {
				if err == nil || !strings.Contains(err.Error(), "lock timeout") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			linesAre(t, statuses(snapshot), c.want...)
		})
	}
}

func TestASourceWhoseTenantsAreLockedIsNotOpened(t *testing.T) {
	t.Parallel()
	dsn := seeded(t, "")
	locked(t, dsn, "fortnight_events.tenant")
	if _, err := Open(t.Context(), "desk", "native", dsn, "desk", clock); !errors.Is(err, digest.ErrHangs) || !strings.Contains(err.Error(), "source desk: the database has not answered for 15s") {
		t.Errorf("got %v", err)
	}
}

// fifty is a text of 50 MB.
const fifty = `repeat('0123456789', 5000000)`

// What people wrote is read by nobody: a role that may not see it can do all the rest, and 50 MB of it stay where they are.
func TestTheTextOfMessagesIsNeverRead(t *testing.T) {
	t.Parallel()
	dsn := pgtest.New(t, chatwootSchema(t), aDesk, `
		INSERT INTO conversations (id, created_at) VALUES (1, at('16 09:00'));
		SELECT asks(1, '16 09:00'), replies(1, '16 10:00', 1), resolved(1, '16 11:00', 1);
		UPDATE messages SET content = `+fifty)
	reader := asReader(t, dsn)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), `DO $$
		DECLARE reader text := (SELECT rolname FROM pg_roles WHERE rolname = 'reader_of_' || current_database());
		BEGIN
			EXECUTE 'REVOKE SELECT ON messages FROM ' || reader;
			EXECUTE 'GRANT SELECT (' || (SELECT string_agg(attname, ', ') FROM pg_attribute
				WHERE attrelid = 'messages'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'content') || ') ON messages TO ' || reader;
		END $$`); err != nil {
		t.Fatal(err)
	}
	way := relayTo(t, reader)
	snapshot := collected(t, opened(t, "chatwoot", way.dsn, "1"), digest.Ask{})
	linesAre(t, statuses(snapshot), "activity complete", "chatbot complete", "contact_center complete")
	figuresAre(t, snapshot.Section("activity"), map[string]string{"total_messages": "2"})
	if n := way.received.Load(); n > 1<<20 {
		t.Errorf("the database sent %d octets", n)
	}
}

// Names of 50 MB, each in its place, cost no more than their first 200 characters.
func TestNamesAreCutBeforeTheyAreRead(t *testing.T) {
	t.Parallel()
	way := relayTo(t, seeded(t, old+`
		CREATE TEMP TABLE long AS SELECT `+fifty+` AS name;
		UPDATE tenant SET name = (TABLE long);
		INSERT INTO agent (agent_id, display_name, role) SELECT 'ana', 'é' || name, 'agent' FROM long;
		INSERT INTO team (team_id, name) SELECT 'returns', name FROM long;
		INSERT INTO end_user (user_id, display_name, address, language) SELECT 'u', name, name, name FROM long;
		INSERT INTO conversation (conversation_id, user_id, started_at, entry_point) SELECT 'c', 'u', '2026-03-17 09:00', name FROM long;
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author, body) SELECT 'm', 'c', 'u', '2026-03-17 09:00', 'in', 'user', name FROM long;
		INSERT INTO intent_hit (conversation_id, hit_at, intent, source) SELECT 'c', '2026-03-17 09:00', left(name, 2000), 'label' FROM long; -- indexed
		INSERT INTO episode (conversation_id, seq, opened_at, closed_at, close_reason) SELECT 'c', 1, '2026-03-17 09:00', '2026-03-17 12:00', name FROM long;
		INSERT INTO assignment (assignment_id, conversation_id, user_id, agent_id, team_id, kind, offered_at, accepted_at)
		VALUES ('a', 'c', 'u', 'ana', 'returns', 'initial', '2026-03-17 09:00', '2026-03-17 10:00');
		INSERT INTO capability VALUES ('message', 'languages', 'partial', (TABLE long));`))
	snapshot := collected(t, opened(t, "native", way.dsn, "desk"), digest.Ask{Sections: []string{"activity", "chatbot", "contact_center"}})
	linesAre(t, statuses(snapshot), "activity complete", "chatbot complete", "contact_center complete")
	agent := snapshot.Section("contact_center").Chart("conversations_per_agent").Find("current").Points[0].Label
	if utf8.RuneCountInString(agent) != 200 || !strings.HasPrefix(agent, "é") {
		t.Errorf("the agent's name has %d characters: %.20s…", utf8.RuneCountInString(agent), agent)
	}
	if n := way.received.Load(); n > 1<<20 {
		t.Errorf("the database sent %d octets", n)
	}
	if _, err := snapshot.Hash(); err != nil {
		t.Error(err)
	}
}

// An id is not cut, for it tells things apart. One of 50 MB is not taken into memory: its section fails.
func TestARowOfFiftyMegabytesIsRefused(t *testing.T) { // not parallel: it looks at the memory of the whole process
	s := opened(t, "native", seeded(t, old+`
		INSERT INTO assignment (assignment_id, conversation_id, agent_id, kind, offered_at, accepted_at)
		SELECT 'a', 'c', `+fifty+`, 'initial', '2026-03-17 09:00', '2026-03-17 10:00'`), "desk")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	snapshot := collected(t, s, digest.Ask{Sections: []string{"activity", "chatbot", "contact_center"}})
	runtime.ReadMemStats(&after)
	linesAre(t, statuses(snapshot), "activity complete", "chatbot complete", "contact_center failed a row of 47 MB: one of its names or ids is far too long")
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 16<<20 {
		t.Errorf("it took %d MB of memory", taken>>20)
	}
}
