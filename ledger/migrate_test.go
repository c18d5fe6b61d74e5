package ledger_test

import (
	"context"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"fortnight/internal/postgres/pgtest"
	"fortnight/ledger"
)

func TestAnEmptyDatabaseIsMigratedOnce(t *testing.T) {
	t.Parallel()
	pool := connect(t, pgtest.New(t))
	if done, err := ledger.Migrated(t.Context(), pool); done || err != nil {
		t.Errorf("an empty database is migrated: %v, %v", done, err)
	}
	var others int
	other := func(context.Context) ([]string, error) { others++; return []string{"other 1"}, nil }
	first, err := ledger.Migrate(t.Context(), pool, other)
	if err != nil || strings.Join(first, ", ") != "ledger 001_ledger.sql, other 1" {
		t.Fatalf("applied %q, %v", first, err)
	}
	second, err := ledger.Migrate(t.Context(), pool)
	if err != nil || len(second) != 0 {
		t.Errorf("a second time applied %q, %v", second, err)
	}
	if done, err := ledger.Migrated(t.Context(), pool); !done || err != nil {
		t.Errorf("it is not migrated: %v", err)
	}
}

func TestProgramsThatStartTogetherMigrateOneAfterAnother(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	var applied, running, most int
	other := func(context.Context) ([]string, error) { // the lock makes these plain ints safe
		running++
		most = max(most, running)
		applied++
		running--
		return nil, nil
	}
	for _, err := range together(6, func(int) error {
		_, err := ledger.Migrate(t.Context(), connect(t, url), other)
		return err
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	if applied != 6 || most != 1 {
		t.Errorf("%d ran, %d at a time", applied, most)
	}
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	pool := connect(t, pgtest.New(t))
	if _, err := ledger.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "UPDATE fortnight.schema_version SET version = 99"); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Migrate(t.Context(), pool); err == nil || !strings.Contains(err.Error(), "run the newer program") {
		t.Errorf("the error is %v", err)
	}
}

func TestARoleWithoutCreateMayStartOnAMigratedDatabase(t *testing.T) {
	t.Parallel()
	pool := connect(t, pgtest.New(t))
	if _, err := ledger.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	var name string
	if err := pool.QueryRow(t.Context(), "SELECT current_database()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	role := "plain_" + name
	for _, sql := range []string{
		"CREATE ROLE " + role + " LOGIN PASSWORD 'x'", "GRANT USAGE ON SCHEMA fortnight TO " + role,
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA fortnight TO " + role,
	} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if _, err := pool.Exec(context.WithoutCancel(t.Context()), "DROP OWNED BY "+role+"; DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	})
	config := pool.Config()
	url := strings.Replace(config.ConnString(), config.ConnConfig.User+":"+config.ConnConfig.Password, role+":x", 1)
	if applied, err := ledger.Migrate(t.Context(), connect(t, url)); err != nil || len(applied) != 0 {
		t.Errorf("applied %q, %v", applied, err)
	}
}

func TestEveryQuestionIsUnderstoodByTheDatabase(t *testing.T) {
	t.Parallel()
	b := filled(t)
	conn, err := b.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	files, err := fs.Glob(os.DirFS("questions"), "*.sql")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d questions, %v", len(files), err)
	}
	for _, file := range files {
		sql, err := os.ReadFile("questions/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(sql), "-- ") {
			t.Errorf("%s does not begin with its question in words", file)
		}
		plain, _, err := pgx.NamedArgs{}.RewriteQuery(t.Context(), conn.Conn(), string(sql), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Conn().Prepare(t.Context(), file, plain); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestEveryTableCarriesItsProject(t *testing.T) {
	t.Parallel()
	b := empty(t)
	rows, err := b.pool.Query(t.Context(), `
		SELECT t.table_name::text FROM information_schema.tables t
		WHERE t.table_schema = 'fortnight' AND NOT EXISTS (
			SELECT 1 FROM information_schema.columns c
			WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.column_name = 'project_id')`)
	if err != nil {
		t.Fatal(err)
	}
	without, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(without) != 0 {
		t.Errorf("without project_id: %q, %v", without, err)
	}
}
