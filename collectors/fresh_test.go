package collectors

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/internal/postgres"
	"fortnight/internal/postgres/pgtest"
)

// everyDay writes a message each half hour from 9:00 to 17:30 UTC of each day: it is silent for 15 h 30 min each night. workdays does
// so from Monday to Friday, and is silent for 63 h 30 min each weekend.
const (
	everyDay = `SELECT at FROM generate_series('%s'::timestamptz, '%s'::timestamptz, '30 min') AS at WHERE extract(hour FROM at) BETWEEN 9 AND 17`
	workdays = everyDay + ` AND extract(isodow FROM at) < 6`
)

// wroteAt is the rows of Fortnight's own tables for messages sent when a query says.
func wroteAt(query string) string {
	return `INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author)
		SELECT 'm' || row_number() OVER (ORDER BY at), 'c', 'u', at, 'in', 'user' FROM (` + query + `) AS sent (at);`
}

// atMondayMorning is when an edition of the week of 16 March is made.
func atMondayMorning() time.Time { return time.Date(2026, 3, 23, 8, 0, 0, 0, time.UTC) }

// The week ends on Monday 23 March 2026, 0:00 UTC.
func TestASilenceLongerThanAnyBeforeItTellsThatTheSourceHasStopped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, sent, want string }{
		{"nights are usual", fmt.Sprintf(everyDay, "2026-02-01", "2026-03-23"), ""},                                            // since Sunday 17:30
		{"a replica that stopped on Saturday at noon", fmt.Sprintf(everyDay, "2026-02-01", "2026-03-21 12:00"), "03-21 12:00"}, // 36 h
		{"weekends are usual", fmt.Sprintf(workdays, "2026-02-01", "2026-03-23"), ""},                                          // since Friday 17:30: 54 h 30 min
		{"a desk of workdays that stopped on Thursday at noon", fmt.Sprintf(workdays, "2026-02-01", "2026-03-19 12:00"), "03-19 12:00"},
		{
			"a holiday among the four weeks makes as long a silence usual", // Friday 6 March: 87 h 30 min, and now 84 h
			fmt.Sprintf(workdays, "2026-02-01", "2026-03-19 12:00") + " AND at::date <> '2026-03-06'", "",
		},
		{
			"a holiday that is the first in four weeks is waited for", // Friday 20 March: 78 h 30 min
			fmt.Sprintf(workdays, "2026-02-01", "2026-03-23") + " AND at::date <> '2026-03-20'", "03-19 17:30",
		},
		{
			"a holiday of five weeks ago is forgotten", // Friday 13 February
			fmt.Sprintf(workdays, "2026-02-01", "2026-03-19 12:00") + " AND at::date <> '2026-02-13'", "03-19 12:00",
		},
		{"one that stopped long ago", fmt.Sprintf(workdays, "2026-01-01", "2026-02-11 12:00"), "02-11 12:00"},
		{"a message after the period's end proves that the rest is there", fmt.Sprintf(everyDay, "2026-02-01", "2026-03-21 12:00") + " UNION ALL SELECT '2026-03-23 07:00Z'", ""},
		{"one that is dated after the read proves nothing", fmt.Sprintf(everyDay, "2026-02-01", "2026-03-21 12:00") + " UNION ALL SELECT '2026-03-24 07:00Z'", "03-21 12:00"},
		{"up to an hour is not looked into", `SELECT generate_series('2026-02-01Z'::timestamptz, '2026-03-22 23:00Z', '10 min')`, ""},
		{"round the clock, 70 minutes are long", `SELECT generate_series('2026-02-01Z'::timestamptz, '2026-03-22 22:50Z', '10 min')`, "03-22 22:50"},
		{"with 49 messages in four weeks nothing is usual", `SELECT generate_series('2026-02-19Z'::timestamptz, '2026-03-15Z', '12 hours')`, ""}, // from 19 February
		{"with 50 there is", `SELECT generate_series('2026-02-18 12:00Z'::timestamptz, '2026-03-15Z', '12 hours')`, "03-15 00:00"},
		{"with less than two weeks of history there is not", fmt.Sprintf(everyDay, "2026-03-08", "2026-03-21 12:00"), ""},
		{"with two weeks there is", fmt.Sprintf(everyDay, "2026-03-07", "2026-03-21 12:00"), "03-21 12:00"},
		{"nobody ever wrote", "SELECT NULL::timestamptz WHERE false", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := opened(t, "native", seeded(t, wroteAt(c.sent)), "desk")
			s.sections, s.now = []section{saying("one", 1)}, atMondayMorning
			upTo(t, collected(t, s, digest.Ask{}), c.want)
		})
	}
}

// upTo holds a snapshot against the instant, "03-21 12:00" of 2026, at which its data end; "" is whole data.
func upTo(t *testing.T, snapshot digest.Snapshot, want string) {
	t.Helper()
	got, status := "", digest.Complete
	if !snapshot.DataUpTo.IsZero() {
		got, status = snapshot.DataUpTo.Format("01-02 15:04"), digest.Partial
	}
	if got != want || snapshot.Section("one").Status != status {
		t.Errorf("data up to %q, want %q; the section is %s", got, want, snapshot.Section("one").Status)
	}
}

func TestWhereWholeDataAreWantedNoSectionOfOthersIsRead(t *testing.T) {
	t.Parallel()
	stopped := wroteAt(fmt.Sprintf(everyDay, "2026-02-01", "2026-03-21 12:00"))
	for _, c := range []struct {
		name, seed string
		at         time.Time
		want       string
		read       int
	}{
		{"a source that stopped", stopped, atMondayMorning(), "2026-03-21T12:00:00Z", 0},
		{"a period that is not over", old, march.From.Add(time.Hour), "2026-03-16T01:00:00Z", 0},
		{"whole data", old, atMondayMorning(), "0001-01-01T00:00:00Z", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := opened(t, "native", seeded(t, c.seed), "desk")
			read := 0
			s.now, s.sections = func() time.Time { return c.at }, []section{{Key: "counted", Collect: func(context.Context, *reader) (digest.Section, error) {
				read++
				return digest.Section{}, nil
			}}}
			snapshot := collected(t, s, digest.Ask{Whole: true})
			if got := snapshot.DataUpTo.Format(time.RFC3339); got != c.want || read != c.read || len(snapshot.Sections) != c.read || snapshot.Sections == nil {
				t.Errorf("data up to %s, %d sections read, %d told; want %s and %d", got, read, len(snapshot.Sections), c.want, c.read)
			}
			if !snapshot.ReadAt.Equal(c.at) || snapshot.Tenant != "desk" {
				t.Errorf("read at %v of %q", snapshot.ReadAt, snapshot.Tenant)
			}
		})
	}
}

// Private notes and activity rows are no messages: a Chatwoot that only closes conversations by itself has stopped too.
func TestChatwootsNewestMessageIsOneThatSomebodyReads(t *testing.T) {
	t.Parallel()
	s := desk(t, `INSERT INTO messages (conversation_id, message_type, sender_type, sender_id, created_at)
			SELECT 1, 0, 'Contact', 1, at FROM (`+fmt.Sprintf(everyDay, "2026-02-01", "2026-03-21 12:00")+`) AS sent;
		INSERT INTO messages (conversation_id, message_type, private, created_at) VALUES (1, 2, false, at('22 23:50')), (1, 1, true, at('22 23:55'));`)
	s.sections, s.now = []section{saying("one", 1)}, atMondayMorning
	upTo(t, collected(t, s, digest.Ask{}), "03-21 12:00")
}

// 200,000 messages of twenty tenants, of whom the one that is asked for has written every half hour for a year: neither question goes
// through all of them.
func TestHowFarDataReachIsReadFromAnIndex(t *testing.T) {
	t.Parallel()
	const every = ` FROM generate_series('2025-08-01'::timestamp, '2026-02-25', '30 min') AS at, generate_series(1, 20) AS tenant`
	for platform, dsn := range map[string]string{
		"native": pgtest.New(t, NativeTables(), `INSERT INTO fortnight_events.tenant VALUES ('1', 'Desk', NULL, 'en');
			INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author)
			SELECT tenant, at, 'c', 'u', at, 'in', 'user'`+every),
		"chatwoot": pgtest.New(t, chatwootSchema(t), aDesk, `INSERT INTO messages (account_id, conversation_id, message_type, sender_type, sender_id, created_at)
			SELECT tenant, 1, 0, 'Contact', 1, at`+every),
	} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			s := opened(t, platform, dsn, "1")
			conn, err := s.connect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.WithoutCancel(t.Context()))
			silences, err := s.sql("fresh/silences")
			if err != nil {
				t.Fatal(err)
			}
			newest := time.Date(2026, 2, 25, 0, 0, 0, 0, time.UTC)
			past := digest.Period{From: newest.Add(-pastOfDesk), To: newest.Add(time.Microsecond)}
			for _, q := range []struct {
				name, sql string
				args      pgx.NamedArgs
				rows      float64
			}{
				{"newest", s.platform.newest, pgx.NamedArgs{"tenant": "1", "to": readAt}, 1},
				{"silences", silences, arguments("1", digest.Ask{}, past, nil, readAt), 28*48 + 1},
			} {
				plan := explained(t, conn, q.sql, q.args)
				if strings.Contains(plan, "Seq Scan on messages") || strings.Contains(plan, "Seq Scan on message ") || !strings.Contains(plan, "Index") {
					t.Errorf("%s goes through the table:\n%s", q.name, plan)
				}
				if want := fmt.Sprintf("rows=%.0f ", q.rows); !strings.Contains(plan, want) {
					t.Errorf("%s does not stop at %s:\n%s", q.name, want, plan)
				}
			}
		})
	}
}

func explained(t *testing.T, conn *pgx.Conn, sql string, args pgx.NamedArgs) string {
	t.Helper()
	rows, err := conn.Query(t.Context(), "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) "+sql, args)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// A primary and its standby, both real: the standby is a copy of the primary's folder that follows it.
func TestAStandbyThatLagsSaysHowFarItIs(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	folder := t.TempDir()
	for x := folder; x != os.TempDir() && x != "/"; x = filepath.Dir(x) { // the server may run as another account
		if err := os.Chmod(x, 0o755); err != nil { //nolint:gosec // a folder of the test
			t.Fatal(err)
		}
	}
	start := func(name string) *postgres.Server {
		s, err := postgres.Start(ctx, postgres.Options{Dir: filepath.Join(folder, name)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Stop(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	primary := start("primary")
	if err := primary.Stop(); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(ctx, "cp", "-a", filepath.Join(folder, "primary"), filepath.Join(folder, "standby")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	primary = start("primary")
	data := filepath.Dir(found(t, filepath.Join(folder, "standby"), "PG_VERSION"))
	for name, text := range map[string]string{
		"standby.signal":       "",
		"postgresql.auto.conf": "primary_conninfo = '" + primary.URL("postgres") + "'\n",
	} {
		if err := os.WriteFile(filepath.Join(data, name), []byte(text), 0o644); err != nil { //nolint:gosec // the server's account reads it
			t.Fatal(err)
		}
	}
	standby := start("standby")
	dsn, err := primary.CreateDatabase(ctx, "desk")
	if err != nil {
		t.Fatal(err)
	}
	run := func(url, sql string) {
		t.Helper()
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	run(dsn, NativeTables()+";"+aNativeDesk)
	var s *Source
	for range 500 { // until the standby has it
		if s, err = Open(ctx, "desk", "native", standby.URL("desk"), "desk", time.Now); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	today := digest.DateOf(begun.UTC())
	week, err := digest.NewPeriod(today.AddDays(-6), today.AddDays(1), time.UTC) // ends at the next midnight
	if err != nil {
		t.Fatal(err)
	}
	s.sections, s.now = []section{saying("one", 1)}, func() time.Time { return week.To.Add(8 * time.Hour) }
	read := func() digest.Snapshot { return collected(t, s, digest.Ask{Period: week, Whole: true}) }

	const write = `INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author)
		SELECT 'desk', 'n' || count(*), '1', 'dora', now(), 'in', 'user' FROM fortnight_events.message`
	settled := func(what string, so func(digest.Snapshot) bool) (x digest.Snapshot) {
		t.Helper()
		for range 500 {
			if x = read(); so(x) {
				return x
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Fatalf("%s: data up to %v with %d sections", what, x.DataUpTo, len(x.Sections))
		return x
	}
	whole := func(x digest.Snapshot) bool { return x.DataUpTo.IsZero() && len(x.Sections) == 1 }
	behind := func(x digest.Snapshot) bool {
		return !x.DataUpTo.IsZero() && !x.DataUpTo.After(time.Now()) && x.DataUpTo.After(begun.Add(-time.Minute)) && len(x.Sections) == 0
	}
	settled("a standby that keeps up has all that its primary has", whole)
	run(standby.URL("desk"), "SELECT pg_wal_replay_pause()")
	run(dsn, write)
	settled("a standby that has received more than it replayed is behind", behind)
	run(standby.URL("desk"), "SELECT pg_wal_replay_resume()")
	settled("a standby that has caught up", whole)
	if err := primary.Stop(); err != nil {
		t.Fatal(err)
	}
	settled("a standby that receives nothing any more is behind", behind)
}

// found is the path of a file with a name, below a folder.
func found(t *testing.T, folder, name string) (path string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(p string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == name && (path == "" || len(p) < len(path)) {
			path = p
		}
		return err
	})
	if err != nil || path == "" {
		t.Fatalf("no %s below %s: %v", name, folder, err)
	}
	return path
}
