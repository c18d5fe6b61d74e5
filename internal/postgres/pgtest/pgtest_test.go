package pgtest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"fortnight/internal/postgres/pgtest"
)

const schema = "CREATE TABLE fruit (name text PRIMARY KEY); INSERT INTO fruit VALUES ('apple'), ('pear');"

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for i := range 6 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			conn := connect(t, pgtest.New(t, schema))
			if _, err := conn.Exec(t.Context(), "INSERT INTO fruit VALUES ('plum')"); err != nil {
				t.Fatal(err)
			}
			if got := count(t, conn); got != 3 {
				t.Errorf("%d rows, want the template's 2 and this test's 1", got)
			}
		})
	}
}

func TestDifferentSchemasHaveDifferentTemplates(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.New(t, schema, "DELETE FROM fruit WHERE name = 'pear'"))
	if got := count(t, conn); got != 1 {
		t.Errorf("%d rows, want 1: the second script deletes a row of the first", got)
	}
}

func TestAFileWithCopyBlocksLoads(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.Load(t, "testdata/dump.sql"))
	var name, note string
	if err := conn.QueryRow(t.Context(), "SELECT name, note FROM fruit WHERE name = 'fig'").Scan(&name, &note); err != nil {
		t.Fatal(err)
	}
	if note != "tab\tand; line\n" {
		t.Errorf("note %q", note)
	}
	if got := count(t, conn); got != 2 {
		t.Errorf("%d rows, want the file's 2", got)
	}
}

func TestADatabaseIsDroppedWhenItsTestEnds(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("a test", func(t *testing.T) {
		url = pgtest.New(t, schema)
		connect(t, url) // still open when the database goes
	})
	if conn, err := pgx.Connect(t.Context(), url); err == nil {
		conn.Close(t.Context())
		t.Errorf("%s still exists", url)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // t.Context has ended by then
	return conn
}

func count(t *testing.T, conn *pgx.Conn) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM fruit").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
