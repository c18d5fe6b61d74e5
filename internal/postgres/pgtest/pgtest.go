// Package pgtest hands each test a PostgreSQL database of its own. One private server a test binary is started by the first call
// and ends with the binary, however it ends. A database is cloned in some 25 ms from a template that is built once for each
// distinct schema, so tests may ask freely and run in parallel. It never skips: a machine without PostgreSQL fails the test.
package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/internal/postgres"
)

// New returns the URL of a fresh database in which the schema scripts have run, one after another. It is dropped when the test
// ends, with the connections that are still open.
func New(t testing.TB, schema ...string) string {
	t.Helper()
	return clone(t, "schema", func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.Join(schema, "\n;\n"))), nil
	})
}

// Load is New for a script in a file, as psql or pg_dump write it: COPY … FROM stdin blocks are understood.
func Load(t testing.TB, file string) string {
	t.Helper()
	return clone(t, file, func() (io.ReadCloser, error) { return os.Open(file) })
}

// Server returns the binary's server, for tests that make databases and roles themselves. They must not stop it.
func Server(t testing.TB) *postgres.Server {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The state of the test binary: the one server, its templates, and how many databases were handed out.
var (
	shared = sync.OnceValues(func() (*postgres.Server, error) {
		return postgres.Start(context.Background(), postgres.Options{}) // no test's context: it serves all of them
	})
	templates sync.Map // name to func() error, which builds it once
	handed    atomic.Int64
)

func clone(t testing.TB, source string, open func() (io.ReadCloser, error)) string {
	t.Helper()
	server := Server(t)
	template, err := templateName(open)
	if err != nil {
		t.Fatal(err)
	}
	build, _ := templates.LoadOrStore(template, sync.OnceValue(func() error { return buildTemplate(server, template, open) }))
	if err := build.(func() error)(); err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	name := fmt.Sprintf("test_%d", handed.Add(1))
	if err := admin(server, cloneSQL(server, name, template)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return server.URL(name)
}

// templateName is a name that only the same script has.
func templateName(open func() (io.ReadCloser, error)) (string, error) {
	script, err := open()
	if err != nil {
		return "", err
	}
	defer script.Close()
	h := sha256.New()
	if _, err := io.Copy(h, script); err != nil {
		return "", err
	}
	return "template_" + hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// patience bounds building a template; a server that hangs must not hang the test.
const patience = 5 * time.Minute

func buildTemplate(server *postgres.Server, name string, open func() (io.ReadCloser, error)) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	url, err := server.CreateDatabase(ctx, name)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	script, err := open()
	if err != nil {
		return err
	}
	defer script.Close()
	if err := postgres.RunScript(ctx, conn.PgConn(), script); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ANALYZE") // clones inherit the statistics, and plans with them
	return err
}

func cloneSQL(server *postgres.Server, name, template string) string {
	sql := "CREATE DATABASE " + name + " TEMPLATE " + template
	if server.Version() >= 150000 { // before, copying files was the only way
		sql += " STRATEGY file_copy"
	}
	return sql
}

func admin(server *postgres.Server, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, server.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}
