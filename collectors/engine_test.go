package collectors

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// aNativeDesk is a tenant of Fortnight's own tables whose data begin on 1 March 2026.
const aNativeDesk = `INSERT INTO fortnight_events.tenant VALUES ('desk', 'Support desk', NULL, 'en'), ('sales', 'Sales', NULL, 'en');
	INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author)
	VALUES ('desk', '1', '1', 'dora', '2026-03-01 00:00Z', 'in', 'user')`

func nativeDesk(t *testing.T, sections ...section) *Source {
	t.Helper()
	s := opened(t, "native", pgtest.New(t, NativeTables(), aNativeDesk), "desk")
	s.sections, s.pause = sections, 0
	return s
}

// saying is a section that says one number per period.
func saying(key string, number float64) section {
	return section{Key: key, Collect: func(ctx context.Context, r *reader) (digest.Section, error) {
		now, before, err := both(ctx, r, func(context.Context, *reader) (float64, error) { return number, nil })
		f := digest.Figure{Key: "n", Unit: digest.Count, Value: digest.Num(*now)}
		if before != nil {
			f.Previous = digest.Num(*before)
		}
		return digest.Section{Figures: []digest.Figure{f}}, err
	}}
}

// running is a section that runs a statement.
func running(key, sql string) section {
	return section{Key: key, Collect: func(ctx context.Context, r *reader) (digest.Section, error) {
		if err := r.limit(ctx); err != nil {
			return digest.Section{}, err
		}
		_, err := r.tx.Exec(ctx, sql)
		return digest.Section{}, err
	}}
}

func collected(t *testing.T, s *Source, ask digest.Ask) digest.Snapshot {
	t.Helper()
	if ask.Period.From.IsZero() {
		ask.Period = march
	}
	snapshot, err := s.Collect(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func statuses(snapshot digest.Snapshot) []string {
	var lines []string
	for _, x := range snapshot.Sections {
		lines = append(lines, strings.TrimSpace(x.Key+" "+string(x.Status)+" "+x.Reason))
	}
	return lines
}

func TestASectionWhoseQueryFailsIsNamedAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	s := nativeDesk(t, saying("before", 1),
		running("typo", "SELECT nonsense FROM fortnight_events.message"),
		running("quoting", "SELECT 'a secret'::int"),
		running("writing", "DELETE FROM fortnight_events.message"),
		running("crashing", "SELECT 1/0"),
		saying("after", 2))
	snapshot := collected(t, s, digest.Ask{})
	linesAre(t, statuses(snapshot),
		"before complete",
		`typo failed column "nonsense" does not exist (SQLSTATE 42703)`,
		"quoting failed query failed (SQLSTATE 22P02)",
		"writing failed query failed (SQLSTATE 25006)",
		"crashing failed query failed (SQLSTATE 22012)",
		"after complete")
	if f, _ := snapshot.Section("after").Figure("n"); f.Value.Number != 2 || f.Previous.Number != 2 {
		t.Errorf("after says %v", f)
	}
	if got := snapshot.Section("typo"); got.Source != "desk" || got.Platform != "native" || got.Figures == nil || got.Notes == nil {
		t.Errorf("a failed section still says where it comes from and has lists: %+v", got)
	}
}

func TestASectionThatTakesTooLongIsCutOff(t *testing.T) {
	t.Parallel()
	s := nativeDesk(t, running("slow", "SELECT pg_sleep(60)"), saying("after", 2))
	snapshot := collected(t, s, digest.Ask{Patience: 50 * time.Millisecond})
	linesAre(t, statuses(snapshot), "slow failed statement timeout after 50ms", "after complete")
}

func TestPatienceIsOfTheSectionNotOfEachStatement(t *testing.T) {
	t.Parallel()
	clock := readAt
	var limits []string
	s := nativeDesk(t, section{Key: "three", Collect: func(ctx context.Context, r *reader) (digest.Section, error) {
		for range 3 {
			if err := r.limit(ctx); err != nil {
				return digest.Section{}, err
			}
			var limit string
			if err := r.tx.QueryRow(ctx, "SHOW statement_timeout").Scan(&limit); err != nil {
				return digest.Section{}, err
			}
			limits = append(limits, limit)
			clock = clock.Add(20 * time.Second)
		}
		return digest.Section{}, nil
	}})
	s.now = func() time.Time { return clock }
	collected(t, s, digest.Ask{})
	linesAre(t, limits, "30s", "10s", "1ms")
}

func TestAllSectionsSeeOneSnapshotOfTheSource(t *testing.T) {
	t.Parallel()
	dsn := pgtest.New(t, NativeTables(), aNativeDesk)
	s := opened(t, "native", dsn, "desk")
	counting := func(key string) section {
		return section{Key: key, Collect: func(ctx context.Context, r *reader) (digest.Section, error) {
			var n float64
			err := r.tx.QueryRow(ctx, "SELECT count(*)::float8 FROM fortnight_events.message").Scan(&n)
			return digest.Section{Figures: []digest.Figure{{Key: "n", Value: digest.Num(n)}}}, err
		}}
	}
	writing := section{Key: "writing", Collect: func(ctx context.Context, r *reader) (digest.Section, error) {
		other, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return digest.Section{}, err
		}
		defer other.Close(ctx)
		_, err = other.Exec(ctx, "DELETE FROM fortnight_events.message")
		return digest.Section{}, err
	}}
	s.sections = []section{counting("first"), writing, counting("second")}
	snapshot := collected(t, s, digest.Ask{})
	for _, key := range []string{"first", "second"} {
		if f, _ := snapshot.Section(key).Figure("n"); f.Value.Number != 1 {
			t.Errorf("%s sees %v messages, want the one there was at the beginning", key, f.Value.Number)
		}
	}
}

func TestAReadingThatAStandbyCancelsIsBegunAnew(t *testing.T) {
	t.Parallel()
	cancelled := &pgconn.PgError{Code: "40001", Message: "canceling statement due to conflict with recovery"}
	for _, c := range []struct {
		name  string
		fails int
		want  []string
	}{
		{"once", 1, []string{"first complete", "cancelled complete", "last complete"}},
		{"twice", 2, []string{"first complete", "cancelled complete", "last complete"}},
		{"always", 99, []string{"first complete", "cancelled failed cancelled by replication on the standby (SQLSTATE 40001)", "last complete"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tries := 0
			s := nativeDesk(t, saying("first", 1), section{Key: "cancelled", Collect: func(context.Context, *reader) (digest.Section, error) {
				if tries++; tries <= c.fails {
					return digest.Section{}, cancelled
				}
				return digest.Section{}, nil
			}}, saying("last", 1))
			linesAre(t, statuses(collected(t, s, digest.Ask{})), c.want...)
			if want := min(c.fails+1, attempts); tries != want {
				t.Errorf("tried %d times, want %d", tries, want)
			}
		})
	}
}

func TestALostConnectionIsTriedAgainAndThenSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	tries := 0
	s := nativeDesk(t, saying("first", 1), section{Key: "lost", Collect: func(ctx context.Context, r *reader) (digest.Section, error) {
		tries++
		_, err := r.tx.Exec(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
		return digest.Section{}, err
	}}, saying("last", 1))
	snapshot := collected(t, s, digest.Ask{})
	if got := statuses(snapshot); tries != attempts || len(got) != 3 || got[0] != "first complete" ||
		!strings.HasPrefix(got[1], "lost failed ") || !strings.HasPrefix(got[2], "last failed ") {
		t.Errorf("after %d tries: %q", tries, got)
	}
}

func TestTheFirstReadingTakesOverTheConnectionOfOpen(t *testing.T) {
	t.Parallel()
	backend := func(ctx context.Context, r *reader) (digest.Section, error) {
		var pid float64
		err := r.tx.QueryRow(ctx, "SELECT pg_backend_pid()::float8").Scan(&pid)
		return digest.Section{Figures: []digest.Figure{{Key: "pid", Unit: digest.Count, Value: digest.Num(pid)}}}, err
	}
	dsn := pgtest.New(t, NativeTables(), aNativeDesk)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	// backends are those of Fortnight's connections. A server may take a moment to notice that one was closed.
	backends := func(want int) (pids []float64) {
		for range 200 {
			rows, err := conn.Query(t.Context(), "SELECT pid::float8 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'fortnight'")
			if err != nil {
				t.Fatal(err)
			}
			if pids, err = pgx.CollectRows(rows, pgx.RowTo[float64]); err != nil {
				t.Fatal(err)
			}
			if len(pids) == want {
				return pids
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Fatalf("%d connections, want %d", len(pids), want)
		return nil
	}
	desk := func() *Source {
		s := opened(t, "native", dsn, "desk")
		s.sections, s.pause = []section{{Key: "backend", Collect: backend}}, 0
		return s
	}

	used := func(s *Source) float64 {
		snapshot := collected(t, s, digest.Ask{})
		return snapshot.Sections[0].Figures[0].Value.Number
	}

	s := desk()
	before := backends(1)[0]
	if got := used(s); got != before {
		t.Errorf("the first reading used connection %v, want Open's, %v", got, before)
	}
	backends(0)
	if used(s) == before {
		t.Error("the second reading used a connection that was closed")
	}

	s = desk()
	backends(1)
	s.Close()
	backends(0)
	s.Close()

	s = desk() // a server that restarts before the first reading
	if _, err := conn.Exec(t.Context(), "SELECT pg_terminate_backend($1::int)", pgx.QueryExecModeExec, int(backends(1)[0])); err != nil {
		t.Fatal(err)
	}
	backends(0)
	linesAre(t, statuses(collected(t, s, digest.Ask{})), "backend complete")
}

func TestAPreviousPeriodFromBeforeTheFirstRowIsAbsent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		period   digest.Period
		previous digest.State
	}{
		{"the week before begins a day before the first row", days(time.UTC, "2026-03-07", "2026-03-14"), digest.Unavailable},
		{"the week before begins with the first row", days(time.UTC, "2026-03-08", "2026-03-15"), digest.HasValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			snapshot := collected(t, nativeDesk(t, saying("one", 7)), digest.Ask{Period: c.period})
			x := snapshot.Section("one")
			f, _ := x.Figure("n")
			note, noted := x.Note("first_edition")
			first := c.previous == digest.Unavailable
			if f.Value.Number != 7 || f.Previous.State != c.previous || snapshot.First != first || noted != first {
				t.Errorf("previous is %v, first %v, noted %v", f.Previous, snapshot.First, noted)
			}
			if want := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC); noted && !note.Values["since"].Instant.Equal(want) {
				t.Errorf("the data begin %v, want %v", note.Values["since"].Instant, want)
			}
		})
	}
	t.Run("a tenant without any row", func(t *testing.T) {
		t.Parallel()
		s := opened(t, "native", pgtest.New(t, NativeTables(), aNativeDesk), "sales")
		s.sections = []section{saying("one", 0)}
		if snapshot := collected(t, s, digest.Ask{}); !snapshot.First {
			t.Error("is not a first edition")
		}
	})
}

func TestASectionThatThePlatformCannotFillIsLeftOut(t *testing.T) {
	t.Parallel()
	needing := func(key string, needs ...string) section {
		x := saying(key, 1)
		x.Needs = needs
		return x
	}
	s := desk(t, "")
	s.sections = []section{needing("a", "message"), needing("b", "message", "agent_session"), needing("c", "goal_event"), needing("d", "assignment")}
	linesAre(t, statuses(collected(t, s, digest.Ask{})), "a complete", "d complete")
	linesAre(t, statuses(collected(t, s, digest.Ask{Sections: []string{"d", "b", "a"}})), "d complete", "a complete")
}

func TestASectionIsPartialWhereTheDataDoNotReachThePeriodsEnd(t *testing.T) {
	t.Parallel()
	s := nativeDesk(t, section{Key: "half", Collect: func(context.Context, *reader) (digest.Section, error) {
		return digest.Section{Figures: []digest.Figure{{Key: "a", Value: digest.Num(1)}, {Key: "b", Value: digest.None(digest.Unavailable)}}}, nil
	}})
	linesAre(t, statuses(collected(t, s, digest.Ask{})), "half complete") // what the platform cannot know is said at the figure
	s.now = func() time.Time { return march.To.Add(-time.Second) }
	linesAre(t, statuses(collected(t, s, digest.Ask{})), "half partial")
}

func TestASnapshotSaysWhatItIsOf(t *testing.T) {
	t.Parallel()
	s := nativeDesk(t, saying("one", 1))
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	period := days(berlin, "2026-03-30", "2026-04-06") // the week before has 167 hours
	snapshot := collected(t, s, digest.Ask{Period: period})
	if snapshot.Tenant != "desk" || snapshot.Name != "Support desk" || !snapshot.ReadAt.Equal(readAt) || snapshot.ReadAt.Location() != time.UTC {
		t.Errorf("snapshot of %q %q read at %v", snapshot.Tenant, snapshot.Name, snapshot.ReadAt)
	}
	if snapshot.Previous.Hours() != 167 || !snapshot.Previous.To.Equal(period.From) {
		t.Errorf("the previous period is %v", snapshot.Previous)
	}
	if !snapshot.DataUpTo.IsZero() {
		t.Errorf("data up to %v, want no limit for a period that is over", snapshot.DataUpTo)
	}
	s.now = func() time.Time { return period.From.Add(time.Hour) }
	if early := collected(t, s, digest.Ask{Period: period}); !early.DataUpTo.Equal(period.From.Add(time.Hour)) {
		t.Errorf("data up to %v, want the read's instant for a period that is not over", early.DataUpTo)
	}
}

func TestWhatCannotBeAskedSaysWhatCan(t *testing.T) {
	t.Parallel()
	s := nativeDesk(t, saying("one", 1))
	for _, c := range []struct {
		name, want string
		ask        digest.Ask
	}{
		{"an unknown section", `unknown section "wheather": use one`, digest.Ask{Period: march, Sections: []string{"wheather"}}},
		{"another tenant", `asked for tenant "sales", but opened for "desk"`, digest.Ask{Period: march, Tenant: "sales"}},
		{"no period", "asked for an empty period", digest.Ask{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := s.Collect(t.Context(), c.ask); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Collect(ctx, digest.Ask{Period: march}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled reading gives %v", err)
	}
}

func TestAReaderNeedsNothingButSelect(t *testing.T) {
	t.Parallel()
	for platform, dsn := range map[string]string{
		"chatwoot": pgtest.Load(t, support),
		"native":   pgtest.New(t, NativeTables(), strings.ReplaceAll(aNativeDesk, "'desk'", "'1'")),
	} {
		t.Run(platform, func(t *testing.T) {
			reader := asReader(t, dsn)
			s := opened(t, platform, reader, "1")
			report, err := s.Probe(t.Context())
			if err != nil || !report.OK() || report.Writes {
				t.Fatalf("%+v, %v", report, err)
			}
			for _, x := range collected(t, s, digest.Ask{Period: days(time.UTC, "2020-03-23", "2020-03-30")}).Sections {
				if x.Status == digest.Broken {
					t.Errorf("%s: %s", x.Key, x.Reason)
				}
			}
		})
	}
}

// asReader makes a role that may SELECT from the database's tables and nothing else, not even make temporary tables, and
// gives the DSN that uses it.
func asReader(t *testing.T, dsn string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	database := strings.Trim(u.Path, "/")
	role := "reader_of_" + database
	if _, err := conn.Exec(t.Context(), `
		CREATE ROLE `+role+` LOGIN PASSWORD 'a secret';
		REVOKE ALL ON DATABASE `+database+` FROM PUBLIC;
		REVOKE CREATE ON SCHEMA public FROM PUBLIC;
		GRANT CONNECT ON DATABASE `+database+` TO `+role+`;
		GRANT SELECT ON ALL TABLES IN SCHEMA public TO `+role+`;
		DO $$ BEGIN
			IF to_regnamespace('fortnight_events') IS NOT NULL THEN
				GRANT USAGE ON SCHEMA fortnight_events TO `+role+`;
				GRANT SELECT ON ALL TABLES IN SCHEMA fortnight_events TO `+role+`;
			END IF;
		END $$`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.WithoutCancel(t.Context()), dsn)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close(context.WithoutCancel(t.Context()))
		if _, err := conn.Exec(context.WithoutCancel(t.Context()), "DROP OWNED BY "+role+"; DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	})
	u.User = url.UserPassword(role, "a secret")
	return u.String()
}

// PgBouncer in transaction pooling keeps nothing between transactions: what a reading leaves behind on one server would be
// missing, or in the way, on the next.
func TestAReadingLeavesNothingBehindThatAPoolerWouldLose(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Load(t, support)
	relay := relayTo(t, dsn)
	s := opened(t, "chatwoot", relay.dsn, "1")
	if _, err := s.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	collected(t, s, digest.Ask{Period: days(time.UTC, "2020-03-23", "2020-03-30")})
	relay.mu.Lock()
	defer relay.mu.Unlock()
	if relay.parsed < 10 {
		t.Fatalf("the relay saw %d statements: it does not understand what passes", relay.parsed)
	}
	if len(relay.named) > 0 {
		t.Errorf("named statements: %q", relay.named)
	}
	allowed := []string{"user", "database", "application_name", "client_encoding"}
	for _, p := range relay.parameters {
		if !slices.Contains(allowed, p) {
			t.Errorf("start-up parameter %s, which PgBouncer refuses", p)
		}
	}
}

// relay passes a client's messages on to PostgreSQL and notes what a pooler would mind.
type relay struct {
	dsn        string
	mu         sync.Mutex
	mute       atomic.Bool  // pass nothing on
	received   atomic.Int64 // octets from the server
	parsed     int
	named      []string // statements that the server was to keep
	parameters []string // of the start-up message
}

func relayTo(t *testing.T, dsn string) *relay {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	r := &relay{}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, address)
			if err != nil {
				_ = client.Close()
				continue
			}
			go func() { _, _ = io.Copy(client, io.TeeReader(server, counter{&r.received})); _ = client.Close() }()
			go func() { _ = r.pass(client, server); _ = server.Close() }()
		}
	}()
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Del("host")
	q.Del("port")
	q.Set("sslmode", "disable")
	u.Host, u.RawQuery = net.JoinHostPort(host, port), q.Encode()
	r.dsn = u.String()
	return r
}

// pass reads the client's messages: the start-up one has no type byte, the others have.
func (r *relay) pass(client io.Reader, server io.Writer) error {
	in := bufio.NewReader(client)
	for first := true; ; first = false {
		var kind []byte
		if !first {
			b, err := in.ReadByte()
			if err != nil {
				return err
			}
			kind = []byte{b}
		}
		length := make([]byte, 4)
		if _, err := io.ReadFull(in, length); err != nil {
			return err
		}
		body := make([]byte, binary.BigEndian.Uint32(length)-4)
		if _, err := io.ReadFull(in, body); err != nil {
			return err
		}
		if r.mute.Load() {
			continue
		}
		r.note(first, kind, body)
		if _, err := server.Write(slices.Concat(kind, length, body)); err != nil {
			return err
		}
	}
}

type counter struct{ n *atomic.Int64 }

func (c counter) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

func (r *relay) note(first bool, kind, body []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case first:
		words := strings.Split(string(body[4:]), "\x00")
		for i := 0; i+1 < len(words) && words[i] != ""; i += 2 {
			r.parameters = append(r.parameters, words[i])
		}
	case kind[0] == 'P':
		r.parsed++
		if name, _, _ := strings.Cut(string(body), "\x00"); name != "" {
			r.named = append(r.named, name)
		}
	}
}
