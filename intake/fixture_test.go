package intake

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

var today = time.Date(2026, 3, 25, 9, 30, 0, 0, time.UTC)

var desk = digest.Project{Key: "desk", Name: "Support desk", Zone: "Europe/Berlin", Locale: "en"}

// open is an intake on a database of its own.
func open(t testing.TB) (*Intake, *pgxpool.Pool) {
	t.Helper()
	tables, err := os.ReadFile("../collectors/tables.sql")
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.New(t.Context(), pgtest.New(t, string(tables)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return New(pool, relations(t, pool), func() time.Time { return today }), pool
}

// relations are the tables as the database has them.
func relations(t testing.TB, pool *pgxpool.Pool) []digest.Relation {
	t.Helper()
	rows, err := pool.Query(t.Context(), `SELECT c.relname::text, a.attname::text, replace(replace(format_type(a.atttypid, NULL), 'timestamp with time zone', 'timestamptz'), 'time without time zone', 'time'),
			a.attnotnull AND NOT a.atthasdef, COALESCE((SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = c.oid AND adnum = a.attnum), ''),
			COALESCE((SELECT string_agg(w[1], ' ') FROM pg_constraint k, regexp_matches(pg_get_constraintdef(k.oid), '''(\w+)''', 'g') AS w WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]), ''),
			COALESCE((SELECT a.attnum = ANY (i.indkey) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary), a.attname IN ('tenant_id', 'conversation_id', 'hit_at', 'source', 'message_id', 'intent')),
			CASE a.attname WHEN 'weekday' THEN 6 WHEN 'urgency' THEN 3 ELSE 0 END
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
		WHERE c.relnamespace = 'fortnight_events'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT IN ('tenant', 'capability')
		ORDER BY c.oid, a.attnum`)
	if err != nil {
		t.Fatal(err)
	}
	var all []digest.Relation
	var name, words string
	var key bool
	var c digest.RelationColumn
	_, err = pgx.ForEachRow(rows, []any{&name, &c.Name, &c.Type, &c.Required, &c.Default, &words, &key, &c.Most}, func() error {
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, digest.Relation{Name: name})
		}
		r := &all[len(all)-1]
		c.OneOf = strings.Fields(words)
		r.Columns = append(r.Columns, c)
		if key {
			r.Key = append(r.Key, c.Name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// list is a column of a question's answer.
func list(t testing.TB, pool *pgxpool.Pool, sql string) []string {
	t.Helper()
	rows, err := pool.Query(context.WithoutCancel(t.Context()), sql)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func are(t testing.TB, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// faults are "3 sent_at: …".
func faults(taken digest.Taken) (all []string) {
	for _, f := range taken.Faults {
		all = append(all, strings.TrimSpace(strings.Join([]string{strconv.Itoa(f.Line), f.Field}, " "))+": "+f.Detail)
	}
	return all
}
