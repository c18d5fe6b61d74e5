package collectors

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// crowd is a platform's database with many messages in it.
type crowd struct {
	platform, tenant string
	schema           []string         // files of SQL that make the tables
	fill             func(int) string // SQL that makes so many messages
	week             digest.Period    // a week in their middle
	missing          []string         // the indexes that doctor asks for, since the platform does not make them itself
}

// crowds are the platforms that the plans are held against.
func crowds(t testing.TB) []crowd {
	from := func(file string) func(int) string {
		return func(messages int) string {
			return fmt.Sprintf("SET fortnight.messages = '%d'; ", messages) + scripts(t, file)[0]
		}
	}
	week := days(time.UTC, "2026-02-16", "2026-02-23")
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return []crowd{
		{
			platform: "chatwoot", tenant: "1", schema: []string{support}, week: days(zone, "2020-03-23", "2020-03-30"),
			fill: func(messages int) string { // 1,211 in the file itself
				return strings.ReplaceAll(scripts(t, "testdata/chatwoot/multiply.sql")[0], "generate_series(1, 412)", fmt.Sprintf("generate_series(1, %d)", messages/1211))
			},
		},
		{
			platform: "libredesk", tenant: "default", schema: []string{"testdata/libredesk/schema.sql"}, fill: from("testdata/libredesk/many.sql"), week: week,
			missing: []string{"conversation_tags (created_at)"},
		},
		{platform: "native", tenant: "desk", fill: from("testdata/many_native.sql"), week: week},
		{platform: "rasa", tenant: "default", schema: []string{"testdata/rasa/schema.sql"}, fill: from("testdata/rasa/many.sql"), week: week, missing: []string{"events (timestamp)"}},
		{platform: "typebot", tenant: "w1", schema: []string{"testdata/typebot/schema.sql"}, fill: from("testdata/typebot/many.sql"), week: week, missing: []string{`"AnswerV2" ("resultId")`}},
		{
			platform: "whatomate", tenant: whatomateDesk, schema: []string{"testdata/whatomate/schema.sql"}, fill: from("testdata/whatomate/many.sql"), week: week,
			missing: []string{"agent_transfers (organization_id, transferred_at)", "agent_transfers (organization_id, resumed_at)", "chatbot_sessions (organization_id, started_at)"},
		},
	}
}

// open makes the database and opens it. Indexes are made once the rows are there.
func (c crowd) open(t testing.TB, messages int) *Source {
	t.Helper()
	tables := []string{NativeTables()}
	if c.schema != nil {
		tables = scripts(t, c.schema...)
	}
	var made, indexes []string
	for _, script := range tables {
		var kept []string
		for line := range strings.Lines(script) {
			if strings.HasPrefix(line, "CREATE INDEX") || strings.HasPrefix(line, "CREATE UNIQUE INDEX") {
				if strings.HasSuffix(line, ";\n") { // a statement of one line
					indexes = append(indexes, line)
					continue
				}
			}
			kept = append(kept, line)
		}
		made = append(made, strings.Join(kept, ""))
	}
	return opened(t, c.platform, pgtest.New(t, slices.Concat(made, []string{c.fill(messages)}, indexes, []string{"ANALYZE"})...), c.tenant)
}

// question is what was asked of a source.
type question struct {
	sql  string
	args []any
	took time.Duration
	cpu  time.Duration // of the server's process; 0 where it is not this machine's, or not Linux
}

func (q question) name() string {
	if _, rest, named := strings.Cut(q.sql, "/* fortnight "); named {
		name, _, _ := strings.Cut(rest, " */")
		return name
	}
	return strings.Join(strings.Fields(q.sql), " ")[:min(60, len(strings.Join(strings.Fields(q.sql), " ")))]
}

// listener hears what is asked.
type listener struct {
	mu    sync.Mutex
	asked []question
}

type startedKey struct{}

func (l *listener) TraceQueryStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, startedKey{}, question{sql: data.SQL, args: data.Args, took: time.Duration(time.Now().UnixNano()), cpu: worked(conn)})
}

// worked is the time that a connection's process on the server has worked so far, to the hundredth of a second.
func worked(conn *pgx.Conn) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", conn.PgConn().PID()))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

func (l *listener) TraceQueryEnd(ctx context.Context, conn *pgx.Conn, _ pgx.TraceQueryEndData) {
	q, _ := ctx.Value(startedKey{}).(question)
	q.took = time.Duration(time.Now().UnixNano()) - q.took
	q.cpu = worked(conn) - q.cpu
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, q)
}

// heard reads all sections of the week and gives the questions that were asked, those of the rows alone.
func (c crowd) heard(t testing.TB, s *Source) []question {
	t.Helper()
	l := &listener{}
	s.Close() // Open's connection does not listen
	s.config.Tracer = l
	snapshot, err := s.Collect(t.Context(), digest.Ask{Period: c.week, Patience: 5 * time.Minute})
	s.config.Tracer = nil
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range snapshot.Sections {
		if x.Status == digest.Broken {
			t.Errorf("%s failed: %s", x.Key, x.Reason)
		}
	}
	return slices.DeleteFunc(l.asked, func(q question) bool {
		first, _, _ := strings.Cut(strings.TrimLeft(preamble.ReplaceAllString(q.sql, ""), "( \n"), " ")
		return !slices.Contains([]string{"SELECT", "WITH", "/*"}, first)
	})
}

// node is a node of a plan that was carried out.
type node struct {
	Kind      string  `json:"Node Type"`
	Relation  string  `json:"Relation Name"`
	Rows      float64 `json:"Actual Rows"`
	Filtered  float64 `json:"Rows Removed by Filter"`
	Rechecked float64 `json:"Rows Removed by Index Recheck"`
	Loops     float64 `json:"Actual Loops"`
	Plans     []node  `json:"Plans"`
}

func (n node) walk(visit func(node)) {
	visit(n)
	for _, child := range n.Plans {
		child.walk(visit)
	}
}

// goneThrough tells which large tables a question goes through: one after another row, or more than half of them by index.
func goneThrough(t testing.TB, tx pgx.Tx, q question, big map[string]float64) (found []string) {
	t.Helper()
	var text []byte
	if err := tx.QueryRow(t.Context(), "EXPLAIN (ANALYZE, TIMING off, FORMAT JSON) "+q.sql, q.args...).Scan(&text); err != nil {
		t.Errorf("%s: %v", q.name(), err)
		return nil
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal(text, &plans); err != nil {
		t.Fatal(err)
	}
	plans[0].Plan.walk(func(n node) {
		rows, isLarge := big[n.Relation]
		read := (n.Rows + n.Filtered + n.Rechecked) * n.Loops
		switch {
		case !isLarge || n.Loops == 0:
		case n.Kind == "Seq Scan":
			found = append(found, fmt.Sprintf("%s: goes through %s, %.0f rows", q.name(), n.Relation, rows))
		case read > rows/2:
			found = append(found, fmt.Sprintf("%s: reads %.0f of the %.0f rows of %s by %s", q.name(), read, rows, n.Relation, n.Kind))
		}
	})
	return found
}

// checkPlans asks for the plan of each question of each section, and of each relation, and names those that go through a large table.
func (c crowd) checkPlans(t testing.TB, s *Source, questions []question) {
	t.Helper()
	conn, err := pgx.ConnectConfig(t.Context(), s.config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), s.platform.session); err != nil {
		t.Fatal(err)
	}
	rows, err := tx.Query(t.Context(), `SELECT relname::text, reltuples::float8
		FROM pg_class
		WHERE relkind = 'r' AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND pg_relation_size(oid) >= $1`, large)
	if err != nil {
		t.Fatal(err)
	}
	big := map[string]float64{}
	var name string
	var tuples float64
	if _, err := pgx.ForEachRow(rows, []any{&name, &tuples}, func() error { big[name] = tuples; return nil }); err != nil {
		t.Fatal(err)
	}
	if len(big) == 0 {
		t.Fatal("no table is large: nothing is tested")
	}
	r := s.reader(digest.Ask{Period: c.week}, c.week, readAt)
	r.tx, r.deadline = tx, s.now().Add(time.Hour)
	for _, relation := range relations {
		sql := s.platform.inline("SELECT * FROM "+relation.name, s.missing)
		args, err := r.argumentsOf(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		questions = append(questions, question{sql: "/* fortnight relation " + relation.name + " */ " + sql, args: []any{args}})
	}
	if len(questions) < len(relations)+2*len(s.sections) {
		t.Errorf("only %d questions", len(questions))
	}
	var found []string
	for _, q := range questions {
		found = append(found, goneThrough(t, tx, q, big)...)
	}
	slices.Sort(found)
	for _, line := range slices.Compact(found) {
		t.Error(line)
	}
}

// mend makes the indexes that doctor asks for.
func (c crowd) mend(t testing.TB, s *Source) {
	t.Helper()
	conn, err := pgx.ConnectConfig(t.Context(), s.config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, index := range c.missing {
		if _, err := conn.Exec(t.Context(), "CREATE INDEX ON "+index); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
}

func TestDoctorNamesTheIndexesThatAPlatformDoesNotMakeItself(t *testing.T) {
	t.Parallel()
	for _, c := range crowds(t) {
		t.Run(c.platform, func(t *testing.T) {
			s := c.open(t, 800)
			conn, err := s.connect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.WithoutCancel(t.Context()))
			tx, err := conn.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			there, err := s.indexes(t.Context(), tx)
			if err != nil {
				t.Fatal(err)
			}
			var missing []string
			for _, l := range s.platform.leads {
				if !slices.ContainsFunc(sortedKeys(there[l.table].indexes), func(index string) bool { return l.serves(there[l.table].indexes[index]) }) {
					missing = append(missing, fmt.Sprintf("%s (%s)", l.table, strings.Join(l.columns, ", ")))
				}
			}
			linesAre(t, missing, c.missing...)
		})
	}
}

// BenchmarkAMillionMessages reads all sections, with their previous period, of one week from a tenant of 1,000,000 messages. Wanted: 2 s on
// Fortnight's own tables, 5 s on a platform's. Before, the plan of every question is held against going through a large table.
func BenchmarkAMillionMessages(b *testing.B) {
	for _, c := range crowds(b) {
		b.Run(c.platform, func(b *testing.B) {
			s := c.open(b, 1_000_000)
			if os.Getenv("AS_THE_PLATFORM_MAKES_IT") == "" {
				c.mend(b, s)
			}
			questions := c.heard(b, s)
			c.checkPlans(b, s, questions)
			questions = c.heard(b, s)
			slices.SortFunc(questions, func(a, b question) int { return int(b.took - a.took) })
			var cpu time.Duration
			for i, q := range questions {
				if cpu += q.cpu; i < 12 {
					b.Logf("%7.0f ms, %7.0f of the server's CPU: %s", q.took.Seconds()*1000, q.cpu.Seconds()*1000, q.name())
				}
			}
			for b.Loop() {
				if _, err := s.Collect(b.Context(), digest.Ask{Period: c.week}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(cpu.Seconds(), "server-s/op")
		})
	}
}
