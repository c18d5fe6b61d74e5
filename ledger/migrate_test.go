package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"fortnight/digest"
	"fortnight/internal/postgres"
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
	if err != nil || strings.Join(first, ", ") != "ledger 001_ledger.sql, ledger 002_trusted.sql, ledger 003_console.sql, ledger 004_sections.sql, other 1" {
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

func TestAnotherUserStartsOnAMigratedDatabaseOnceAdmitted(t *testing.T) {
	t.Parallel()
	pool := connect(t, pgtest.New(t))
	if _, err := ledger.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	c := &clock{t: monday}
	owner := book{ledger.New(pool, ledger.Options{Keys: keys(t, secret), Domain: "digest.fortnight.example", Now: c.now}), pool, c}
	if _, err := owner.Apply(t.Context(), []digest.Project{project()}); err != nil {
		t.Fatal(err)
	}
	role := plainUser(t, pool, "LOGIN PASSWORD 'x'")
	for _, sql := range []string{ // what was enough before there were walls
		"GRANT USAGE ON SCHEMA fortnight TO " + role, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA fortnight TO " + role,
	} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	other := connect(t, urlAs(pool, role))
	_, err := ledger.Migrate(t.Context(), other)
	if err == nil || !strings.Contains(err.Error(), "SELECT fortnight.admit('"+role+"')") {
		t.Fatalf("one who was not admitted starts with %v", err)
	}
	if _, err := pool.Exec(t.Context(), err.Error()[strings.Index(err.Error(), "SELECT"):]); err != nil {
		t.Fatal(err)
	}
	if applied, err := ledger.Migrate(t.Context(), other); err != nil || len(applied) != 0 {
		t.Errorf("applied %q, %v", applied, err)
	}
	served(t, book{ledger.New(other, ledger.Options{Keys: keys(t, secret), Domain: "digest.fortnight.example", Now: c.now}), other, c})
}

// plainUser makes a user of the server, who goes with the test.
func plainUser(t *testing.T, pool *pgxpool.Pool, with string) string {
	t.Helper()
	var name string
	if err := pool.QueryRow(t.Context(), "SELECT current_database()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	role := "plain_" + name
	if _, err := pool.Exec(t.Context(), "CREATE ROLE "+role+" "+with); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := pool.Exec(context.WithoutCancel(t.Context()), "DROP OWNED BY "+role+"; DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	})
	return role
}

func urlAs(pool *pgxpool.Pool, role string) string {
	config := pool.Config()
	return strings.Replace(config.ConnString(), config.ConnConfig.User+":"+config.ConnConfig.Password, role+":x", 1)
}

// served sees that a user of the database can do the service's work, on all projects and behind the walls of one. The book has
// project() or nothing.
func served(t *testing.T, b book) {
	t.Helper()
	shop := project()
	shop.Key = "shop"
	if _, err := b.Apply(t.Context(), []digest.Project{project(), shop}); err != nil {
		t.Fatal(err)
	}
	all := ready(t, b, opened(t, b, "2020-03-23"), 307, 192)
	b.clock.pass(3 * time.Hour) // it is 08:00 in Los Angeles, too
	for _, d := range all {
		ends(t, b, d.ID, sent)
	}
	desk := b.Tenant(numberOf(t, b, "desk"))
	if p, err := desk.Head(t.Context()); err != nil || p.Key != "desk" {
		t.Errorf("behind the walls is %q, %v", p.Key, err)
	}
	if all, err := desk.Audit(t.Context(), digest.AuditWanted{}); err != nil || all.Total != 6 {
		t.Errorf("%d changes are written down, %v", all.Total, err)
	}
	p, err := desk.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.Name = "Help desk"
	if _, err := desk.SaveHead(t.Context(), digest.Actor{Name: "Maya", Via: "console"}, p); err != nil {
		t.Error(err)
	}
}

func TestADatabasesUserMayHaveTheRoleMadeByAnAdministrator(t *testing.T) {
	t.Parallel()
	server, err := postgres.Start(t.Context(), postgres.Options{}) // of its own: a role is its server's, not its database's
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	admin := connect(t, server.URL("postgres"))
	role := "plain_user"
	for _, sql := range []string{"CREATE ROLE " + role + " LOGIN PASSWORD 'x'", "CREATE DATABASE plain OWNER " + role} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	pool := connect(t, urlAs(connect(t, server.URL("plain")), role))
	_, err = ledger.Migrate(t.Context(), pool)
	remedy := "CREATE ROLE fortnight_tenant NOLOGIN NOSUPERUSER NOBYPASSRLS; GRANT fortnight_tenant TO " + role + ";"
	if err == nil || !strings.Contains(err.Error(), remedy) {
		t.Fatalf("without CREATEROLE it is %v", err)
	}
	if _, err := admin.Exec(t.Context(), "CREATE ROLE fortnight_tenant LOGIN"); err != nil {
		t.Fatal(err)
	}
	if _, err = ledger.Migrate(t.Context(), pool); err == nil || !strings.Contains(err.Error(), "ALTER ROLE fortnight_tenant NOLOGIN") {
		t.Fatalf("with a role that can sign in it is %v", err)
	}
	if _, err := admin.Exec(t.Context(), "DROP ROLE fortnight_tenant; "+remedy); err != nil {
		t.Fatal(err)
	}
	if applied, err := ledger.Migrate(t.Context(), pool); err != nil || strings.Join(applied, ", ") != "ledger 003_console.sql, ledger 004_sections.sql" {
		t.Fatalf("after the remedy it applied %q, %v", applied, err)
	}
	c := &clock{t: monday}
	served(t, book{ledger.New(pool, ledger.Options{Keys: keys(t, secret), Domain: "digest.fortnight.example", Now: c.now}), pool, c})
}

func TestDatabasesOfOneServerMigrateAtOnce(t *testing.T) {
	t.Parallel()
	server, err := postgres.Start(t.Context(), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	admin := connect(t, server.URL("postgres"))
	const rounds, databases = 5, 4
	for round := range rounds { // each finds the role missing, and makes it while the others do
		var pools []*pgxpool.Pool
		for i := range databases {
			name := fmt.Sprintf("at_once_%d_%d", round, i)
			owner := fmt.Sprintf("owner_%d", i/2) // two databases of one user, and two users
			if round == 0 && i%2 == 0 {
				if _, err := admin.Exec(t.Context(), "CREATE ROLE "+owner+" LOGIN CREATEROLE PASSWORD 'x'"); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := admin.Exec(t.Context(), "CREATE DATABASE "+name+" OWNER "+owner); err != nil {
				t.Fatal(err)
			}
			pools = append(pools, connect(t, urlAs(connect(t, server.URL(name)), owner)))
		}
		for i, err := range together(databases, func(i int) error {
			_, err := ledger.Migrate(t.Context(), pools[i])
			return err
		}) {
			if err != nil {
				t.Errorf("round %d, database %d: %v", round, i, err)
				continue
			}
			if _, err := ledger.New(pools[i], ledger.Options{}).Tenant(1).Head(t.Context()); !errors.Is(err, digest.ErrNotFound) {
				t.Errorf("round %d, database %d stands behind no walls: %v", round, i, err)
			}
		}
		for i, pool := range pools {
			pool.Close()
			if _, err := admin.Exec(t.Context(), fmt.Sprintf("DROP DATABASE at_once_%d_%d WITH (FORCE)", round, i)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := admin.Exec(t.Context(), "DROP ROLE fortnight_tenant"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatAnOlderVersionLeftInTheMiddleGoesOn(t *testing.T) {
	t.Parallel()
	older, err := os.ReadFile("migrations/001_ledger.sql")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/001.sql")
	if err != nil {
		t.Fatal(err)
	}
	pool := connect(t, pgtest.New(t, "CREATE SCHEMA fortnight", string(older), string(data)))
	if applied, err := ledger.Migrate(t.Context(), pool); err != nil || strings.Join(applied, ", ") != "ledger 002_trusted.sql, ledger 003_console.sql, ledger 004_sections.sql" {
		t.Fatalf("applied %q, %v", applied, err)
	}
	c := &clock{t: monday.Add(time.Hour)}
	b := book{ledger.New(pool, ledger.Options{Keys: keys(t, secret), Domain: "digest.fortnight.example", Now: c.now}), pool, c}
	if _, err := b.Apply(t.Context(), []digest.Project{project()}); err != nil { // seals and tokens anew
		t.Fatal(err)
	}

	lines, err := b.Editions(t.Context(), "desk/weekly", 10)
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d editions, %v", len(lines), err)
	}
	sending, done, archived := lines[0], lines[1], lines[2]
	if sending.State != digest.EditionSending || !sending.Start.Equal(monday) || sending.Tries != 0 || sending.Archive || len(sending.CatchUp) != 0 {
		t.Errorf("the one being sent is %+v", sending)
	}
	if done.State != digest.EditionDone || done.Reason != "" || archived.State != digest.EditionArchived || archived.Reason != "missed" {
		t.Errorf("the others are %s (%s) and %s (%s)", done.State, done.Reason, archived.State, archived.Reason)
	}
	if s, err := b.Digest(t.Context(), "desk/weekly"); err != nil || s.Project.Unknown != digest.UnknownRetry || !s.Covered.Equal(sending.Period.To) {
		t.Errorf("the digest is %+v, %v", s, err)
	}

	if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 1 || abandoned[sending.ID].IsZero() {
		t.Errorf("abandoned are %v, %v", abandoned, err)
	}
	if choices, err := b.StartRendering(t.Context(), sending.ID); err != nil || len(choices) != 1 || choices[0].Audience != digest.Admin {
		t.Errorf("lacking are %v, %v", choices, err)
	}
	pending, err := b.Pending(t.Context(), sending.ID, 0)
	if err != nil || len(pending) != 2 {
		t.Fatalf("%d deliveries are open, %v", len(pending), err)
	}
	bo, ana := pending[0], pending[1]                                       // her lease ran out two minutes after his time had come
	if d, err := b.Turn(t.Context(), nil, ana.ID); err != nil || d != nil { // with the server when the older version was killed
		t.Errorf("the one in doubt is begun: %+v, %v", d, err)
	}
	if state := stateOf(t, b, sending.ID, ana.ID); state != digest.DeliveryDeferred {
		t.Errorf("the one in doubt is %s", state)
	}
	ends(t, b, bo.ID, sent)
	c.pass(time.Hour)
	if d := ends(t, b, ana.ID, sent); d.MessageID != "ana-1@x" || !d.Date.Equal(monday) || d.Attempts != 2 {
		t.Errorf("the one in doubt is tried again as %+v", d)
	}
	if state, err := b.Finish(t.Context(), sending.ID); err != nil || state != digest.EditionDone {
		t.Errorf("in the end it is %s, %v", state, err)
	}
	if end, err := b.Ended(t.Context(), sending.ID); err != nil || end.Counts[digest.DeliverySent] != 3 {
		t.Errorf("its deliveries are %v, %v", end.Counts, err)
	}
	o := week(t, b, "2020-03-23")
	if id, err := b.Open(t.Context(), o, nil); !errors.Is(err, digest.ErrNotDue) || id != sending.ID {
		t.Errorf("opened again it is %d, %v", id, err)
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
