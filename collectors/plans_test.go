package collectors

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
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
	fill             func(int) string // SQL that makes so many messages of the tenant, and a quarter as many of another where there can be one
	week             digest.Period    // their last one
	missing          []string         // the indexes that doctor asks for, since the platform does not make them itself
	said             string           // how the benchmark calls it, where there are two of a platform
	bare             string           // counts the messages of @tenant in [@from, @to), and nothing else: what times are compared with
}

// crowds are the platforms that the plans are held against.
func crowds(t testing.TB) []crowd {
	from := func(file string) func(int) string {
		return func(messages int) string {
			return fmt.Sprintf("SET fortnight.messages = '%d'; ", messages) + scripts(t, file)[0]
		}
	}
	week := days(time.UTC, "2026-03-30", "2026-04-06")
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return []crowd{
		{
			platform: "chatwoot", tenant: "1", schema: []string{support}, week: days(zone, "2020-03-23", "2020-03-30"),
			missing: []string{"conversations (account_id, created_at)"},
			bare:    "SELECT count(*) FROM messages WHERE account_id = @tenant::text::int AND created_at >= @from::timestamptz AT TIME ZONE 'UTC' AND created_at < @to::timestamptz AT TIME ZONE 'UTC'",
			fill: func(messages int) string {
				return "SET fortnight.turns = '1'; " + from("testdata/chatwoot/many.sql")(messages) + scripts(t, "testdata/chatwoot/other_account.sql")[0]
			},
		},
		{
			platform: "libredesk", tenant: "default", schema: []string{"testdata/libredesk/schema.sql"}, fill: from("testdata/libredesk/many.sql"), week: week,
			missing: []string{"conversation_tags (created_at)", "users (type)"},
			bare:    "SELECT count(*) FROM conversation_messages WHERE created_at >= @from AND created_at < @to",
		},
		{
			platform: "native", tenant: "desk", fill: from("testdata/many_native.sql"), week: week,
			bare: "SELECT count(*) FROM fortnight_events.message WHERE tenant_id = @tenant AND sent_at >= @from AND sent_at < @to",
		},
		{
			platform: "rasa", tenant: "default", schema: []string{"testdata/rasa/schema.sql"}, fill: from("testdata/rasa/many.sql"), week: week, missing: []string{"events (timestamp)"},
			bare: "SELECT count(*) FROM events WHERE timestamp >= extract(epoch FROM @from::timestamptz)::float8 AND timestamp < extract(epoch FROM @to::timestamptz)::float8 AND type_name IN ('user', 'bot')",
		},
		{
			platform: "typebot", tenant: "w1", schema: []string{"testdata/typebot/schema.sql"}, fill: from("testdata/typebot/many.sql"), week: week, missing: []string{`"AnswerV2" ("resultId")`},
			bare: `SELECT count(*) FROM "Typebot" b JOIN "Result" r ON r."typebotId" = b.id JOIN "AnswerV2" a ON a."resultId" = r.id
				WHERE b."workspaceId" = @tenant AND r."createdAt" >= @from::timestamptz AT TIME ZONE 'UTC' AND r."createdAt" < @to::timestamptz AT TIME ZONE 'UTC'`,
		},
		{
			platform: "whatomate", tenant: whatomateDesk, schema: []string{"testdata/whatomate/schema.sql"}, fill: from("testdata/whatomate/many.sql"), week: week,
			missing: []string{"agent_transfers (organization_id, transferred_at)", "agent_transfers (organization_id, resumed_at)", "chatbot_sessions (organization_id, started_at)"},
			bare:    "SELECT count(*) FROM messages WHERE whats_app_account IN ('main', 'second') AND organization_id = @tenant::text::uuid AND created_at >= @from AND created_at < @to",
		},
	}
}

// open makes the database and opens it, at the end of the week.
func (c crowd) open(t testing.TB, messages int) *Source {
	t.Helper()
	s := opened(t, c.platform, pgtest.New(t, c.make(t, messages)...), c.tenant)
	s.now = func() time.Time { return c.week.To }
	return s
}

// make is the SQL that makes the database. Indexes are made once the rows are there.
func (c crowd) make(t testing.TB, messages int) []string {
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
	return slices.Concat(made, []string{c.fill(messages)}, indexes, []string{"ANALYZE"})
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

// heard reads sections of the week, with the week before, and gives the questions that were asked, those of the rows alone. Without sections
// it reads all that there are, and what the pages of recipients ask.
func (c crowd) heard(t testing.TB, s *Source, sections ...string) []question {
	t.Helper()
	l := &listener{}
	s.Close() // Open's connection does not listen
	s.config.Tracer = l
	defer func() { s.config.Tracer = nil }()
	ask := digest.Ask{Period: c.week, Sections: sections, Patience: 5 * time.Minute}
	if len(sections) == 0 {
		ask.Sections = keys(s.sections)
	}
	snapshot, err := s.Collect(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range snapshot.Sections {
		if x.Status == digest.Broken {
			t.Errorf("%s failed: %s", x.Key, x.Reason)
		}
	}
	if len(sections) == 0 {
		recipients, err := s.Recipients(t.Context(), digest.Ask{Period: c.week}, digest.RecipientsWanted{})
		if err != nil && !errors.Is(err, ErrNoRecipients) {
			t.Error(err)
		}
		for _, line := range recipients.Lines[:min(1, len(recipients.Lines))] {
			if _, err := s.Talk(t.Context(), digest.Ask{Period: c.week}, line.User); err != nil && !errors.Is(err, ErrNoRecipients) {
				t.Error(err)
			}
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
// Looking up a few rows each for many of another table is no going through, however often it is done.
func goneThrough(t testing.TB, tx pgx.Tx, q question, big sizes) (found []string) {
	t.Helper()
	const few = 10
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
		var rows float64
		read, loops, kinds := map[string]float64{}, map[string]float64{}, map[string]string{}
		for _, child := range append(n.Plans, n) { // the pieces of a table stand under one node
			table := big.whole(child.Relation)
			if big[table] == 0 || child.Loops == 0 || table == child.Relation && n.Relation != table {
				continue
			}
			read[table] += (child.Rows + child.Filtered + child.Rechecked) * child.Loops
			loops[table] += child.Loops
			if kinds[table] == "" || child.Kind == "Seq Scan" {
				kinds[table] = child.Kind
			}
		}
		for _, table := range sortedKeys(read) {
			if rows = big[table]; kinds[table] == "Seq Scan" && n.Relation == table || read[table] > rows/2 && read[table] > few*loops[table] {
				found = append(found, fmt.Sprintf("%s: reads %.0f of the %.0f rows of %s by %s", q.name(), read[table], rows, table, kinds[table]))
			}
		}
	})
	return found
}

// begin begins a transaction as a reading does, but for how long an answer may be: a plan has all ids that are asked for written out, in
// each place where they are compared.
func (c crowd) begin(t testing.TB, s *Source) pgx.Tx {
	t.Helper()
	config := s.config.Copy()
	config.MaxProtocolMessageBodyLen = 1 << 30
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.WithoutCancel(t.Context())) })
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0; "+s.platform.session); err != nil {
		t.Fatal(err)
	}
	return tx
}

// sizes are the rows of tables.
type sizes map[string]float64

var monthOf = regexp.MustCompile(`^message_(\d{4}_\d\d|default)$`)

// whole is the table that one is a piece of.
func (sizes) whole(table string) string { return monthOf.ReplaceAllString(table, "message") }

// tables gives the tables that have so many rows at least, all pieces of one together.
func tables(t testing.TB, tx pgx.Tx, least float64) sizes {
	t.Helper()
	rows, err := tx.Query(t.Context(), `SELECT relname::text, reltuples::float8
		FROM pg_class
		WHERE relkind = 'r' AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`)
	if err != nil {
		t.Fatal(err)
	}
	big := sizes{}
	var name string
	var tuples float64
	if _, err := pgx.ForEachRow(rows, []any{&name, &tuples}, func() error { big[big.whole(name)] += tuples; return nil }); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(big, func(_ string, rows float64) bool { return rows < least })
	if len(big) == 0 {
		t.Fatal("no table is large: nothing is tested")
	}
	return big
}

// checkPlans carries out each question of each section, each question that is asked about a period, and each relation, and gives those that
// go through a table of so many rows at least. pretended tells that the tables are smaller by that factor than the server believes.
func (c crowd) checkPlans(t testing.TB, s *Source, questions []question, least, pretended float64) []string {
	t.Helper()
	tx := c.begin(t, s)
	big := tables(t, tx, least)
	for name := range big {
		big[name] /= pretended
	}
	r := s.reader(digest.Ask{Period: c.week}, c.week, s.now())
	r.tx, r.deadline = tx, s.now().Add(time.Hour)
	asked := map[string]string{"first row": s.platform.first, "newest row": s.platform.newest, "tenants": s.platform.tenants}
	for _, relation := range relations {
		asked["relation "+relation.name] = "SELECT * FROM " + relation.name
	}
	for _, name := range sortedKeys(asked) {
		sql := s.platform.inline(asked[name], s.missing)
		args, err := r.argumentsOf(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		for _, also := range []string{"users"} {
			if strings.Contains(sql, "@"+also) {
				args[also] = []string{}
			}
		}
		questions = append(questions, question{sql: "/* fortnight " + name + " */ " + sql, args: []any{args}})
	}
	if len(questions) < len(relations)+2*len(s.sections) {
		t.Errorf("only %d questions", len(questions))
	}
	var found []string
	for _, q := range questions {
		found = append(found, goneThrough(t, tx, q, big)...)
	}
	slices.Sort(found)
	return slices.Compact(found)
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

// pretend has the server believe that its tables and indexes have so many times the rows: it plans as it would for them.
func (c crowd) pretend(t testing.TB, s *Source, times float64) {
	t.Helper()
	conn, err := pgx.ConnectConfig(t.Context(), s.config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, sql := range []string{
		`UPDATE pg_class SET reltuples = reltuples * $1
		WHERE relkind IN ('r', 'i') AND reltuples > 0 AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`,
		`UPDATE pg_statistic SET stadistinct = stadistinct * $1 -- what has few kinds of values has few in a larger table too
		WHERE stadistinct > 100 AND starelid IN (
			SELECT oid FROM pg_class WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace))`,
	} {
		if _, err := conn.Exec(t.Context(), sql, times); err != nil {
			t.Fatal(err)
		}
	}
}

// The benchmark does the same with a million. Here the server believes in fifty times the messages that there are.
func TestNoPeriodIsFoundByGoingThroughALargeTable(t *testing.T) {
	t.Parallel()
	const messages, times = 20_000, 50
	for _, c := range crowds(t) {
		t.Run(c.platform, func(t *testing.T) {
			t.Parallel()
			s := c.open(t, messages)
			c.mend(t, s)
			c.pretend(t, s, times)
			linesAre(t, c.checkPlans(t, s, c.heard(t, s), messages*times/16, times))
		})
	}
}

// What the test above would say of a platform whose owner did not make what doctor asks for.
func TestWithoutTheIndexThatLeadsToAnswersTheQuestionsThatGoThroughThemAreNamed(t *testing.T) {
	t.Parallel()
	const messages, times = 4_000, 250
	all := crowds(t)
	c := all[slices.IndexFunc(all, func(c crowd) bool { return c.platform == "typebot" })]
	s := c.open(t, messages)
	c.pretend(t, s, times)
	found := c.checkPlans(t, s, c.heard(t, s, "chatbot"), messages*times/16, times)
	for _, question := range []string{"chatbot/starts: reads", "relation message: reads"} {
		if !slices.ContainsFunc(found, func(line string) bool {
			return strings.HasPrefix(line, question) && strings.HasSuffix(line, "of AnswerV2 by Seq Scan")
		}) {
			t.Errorf("%s … is not among\n\t%s", question, strings.Join(found, "\n\t"))
		}
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

// BenchmarkAMillionMessages reads each section, with its previous period, of one week of a tenant with 1,000,000 messages. Wanted: 2 s on
// Fortnight's own tables, 5 s on a platform's. Before, it holds doctor to naming the indexes that the platform lacks, makes them, and holds each
// question against going through a large table. Chatwoot's conversations have 2.3 messages each, as those of the real desk that they are copies of,
// and then once more four times as many, so that there are a quarter as many conversations: as many as the other platforms have. server-s/op is the CPU of the server, counts/op how many bare counts of the week's
// messages take as long as the section.
func BenchmarkAMillionMessages(b *testing.B) {
	all := crowds(b)
	long := all[slices.IndexFunc(all, func(c crowd) bool { return c.platform == "chatwoot" })]
	short := long.fill
	long.said, long.fill = "chatwoot_of_long_talks", func(messages int) string {
		return strings.Replace(short(messages), "fortnight.turns = '1'", "fortnight.turns = '4'", 1)
	}
	for _, c := range append(all, long) {
		b.Run(cmp.Or(c.said, c.platform), func(b *testing.B) {
			s := c.open(b, 1_000_000)
			c.checkDoctor(b, s)
			if os.Getenv("AS_THE_PLATFORM_MAKES_IT") == "" {
				c.mend(b, s)
			}
			linesAre(b, c.checkPlans(b, s, c.heard(b, s), 100_000, 1))
			if b.Failed() {
				b.FailNow()
			}
			bare := c.bareCount(b, s)
			for _, x := range s.sections {
				if capabilities, err := c.capabilities(b, s); err != nil || s.absent(x, capabilities) {
					continue
				}
				b.Run(x.Key, func(b *testing.B) {
					var questions []question
					for b.Loop() {
						questions = c.heard(b, s, x.Key)
					}
					var cpu time.Duration
					slices.SortFunc(questions, func(a, b question) int { return int(b.took - a.took) })
					for i, q := range questions {
						if cpu += q.cpu; i < 3 {
							b.Logf("%7.0f ms, %7.0f of the server's CPU: %s", q.took.Seconds()*1000, q.cpu.Seconds()*1000, q.name())
						}
					}
					b.ReportMetric(cpu.Seconds(), "server-s/op")
					b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/bare.Seconds(), "counts/op")
				})
			}
		})
	}
}

func (c crowd) capabilities(b *testing.B, s *Source) ([]Capability, error) {
	b.Helper()
	return s.capabilities(b.Context(), c.begin(b, s), s.reader(digest.Ask{}, c.week, s.now()).arguments())
}

// bareCount is how long the server takes to count the week's messages, the median of five.
func (c crowd) bareCount(b *testing.B, s *Source) time.Duration {
	b.Helper()
	tx := c.begin(b, s)
	var took []time.Duration
	var messages int
	for range 5 {
		start := time.Now()
		if err := tx.QueryRow(b.Context(), c.bare, pgx.NamedArgs{"tenant": c.tenant, "from": c.week.From, "to": c.week.To}).Scan(&messages); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.Logf("a bare count of the week's %d messages takes %.1f ms", messages, took[2].Seconds()*1000)
	return took[2]
}

// checkDoctor holds doctor to naming the indexes that the platform does not make itself, of tables of 16 MB and more; and to saying of the
// smaller ones that they are small.
func (c crowd) checkDoctor(b *testing.B, s *Source) {
	b.Helper()
	tx := c.begin(b, s)
	check, err := s.found(b.Context(), tx, c.week.To)
	if err != nil {
		b.Fatal(err)
	}
	var want, small []string
	for _, index := range c.missing {
		table, _, _ := strings.Cut(index, " (")
		var octets int64
		if err := tx.QueryRow(b.Context(), "SELECT pg_relation_size($1::text::regclass)", table).Scan(&octets); err != nil {
			b.Fatal(err)
		}
		if octets < 16<<20 {
			small = append(small, index)
			continue
		}
		want = append(want, "CREATE INDEX CONCURRENTLY ON "+index+";")
	}
	if check.SQL != strings.Join(want, "\n") {
		b.Errorf("doctor asks for\n%s\nwant\n%s", check.SQL, strings.Join(want, "\n"))
	}
	for _, index := range small {
		if len(want) == 0 && !strings.Contains(check.Text, index) {
			b.Errorf("doctor says %q and %q, want that %s is small enough to be gone through", check.Title, check.Text, index)
		}
	}
}
