package collectors

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fortnight/internal/postgres/pgtest"
)

func TestASourceThatCannotBeOpenedSaysWhatToMendAndNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "tr0ub4dor"
	good, err := url.Parse(asReader(t, pgtest.Load(t, support)))
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(u *url.URL)) string {
		u := *good
		change(&u)
		return u.String()
	}
	closed := func(port string) string {
		return "postgres://ana:" + secret + "@127.0.0.1:" + port + "/support?sslmode=disable"
	}
	for _, c := range []struct {
		name, platform, dsn, tenant string
		want                        []string
	}{
		{"an unknown platform", "zammad", good.String(), "1", []string{`source desk: unknown platform "zammad": use one of chatwoot, libredesk, native, rasa, typebot, whatomate`}},
		{"no DSN", "chatwoot", " ", "1", []string{"no DSN given", "postgres://USER:PASSWORD@HOST:5432/DATABASE"}},
		{"a DSN that is no URL", "chatwoot", "postgres://ana:" + secret + "@host:port/support", "1", []string{"not a URL", "%40"}},
		{"a password with a slash", "chatwoot", "postgres://ana:12/" + secret + "@host/support", "1", []string{"not a URL", "%2F"}},
		{"a password with an at sign", "chatwoot", "postgres://ana:1@2" + secret + "@127.0.0.1:1:2/support", "1", []string{"the DSN cannot be read"}},
		{"a bad sslmode", "chatwoot", "host=h password=" + secret + " sslmode=maybe", "1", []string{"the DSN cannot be read", "sslmode"}},
		{"a bad URL option", "chatwoot", "postgres://ana:" + secret + "@h/d?sslmode=maybe", "1", []string{"the DSN cannot be read", "sslmode"}},
		{"a port nobody listens on", "chatwoot", closed(freePort(t)), "1", []string{"cannot connect to 127.0.0.1:", "/support as ana", "nothing listens there, or connections are refused", "check host and port"}},
		{"a database that is not there", "chatwoot", with(func(u *url.URL) { u.Path = "/nosuch" }), "1", []string{`database "nosuch" does not exist`, "check the database's name"}},
		{"a user that is not there", "chatwoot", with(func(u *url.URL) { u.User = url.UserPassword("nobody_here", secret) }), "1", []string{"check user and password"}},
		{"the wrong database", "native", good.String(), "1", []string{"the database has no table of platform native (fortnight_events.tenant, ", "check that the DSN names the right database"}},
		{"a tenant that is not there", "chatwoot", good.String(), "99", []string{`tenant "99" does not exist; there are 1 (Support desk)`}},
		{"a tenant that is no number", "chatwoot", good.String(), "desk", []string{`tenant "desk" does not exist; there are 1 (Support desk)`}},
		{"a tenant that is too large a number", "chatwoot", good.String(), "99999999999999", []string{`tenant "99999999999999" does not exist; there are 1`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(t.Context(), "desk", c.platform, c.dsn, c.tenant, clock)
			if err == nil {
				t.Fatal("opened")
			}
			for _, want := range append(c.want, "source desk: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "\n") {
				t.Errorf("a secret or a second line: %q", err)
			}
		})
	}
	var pg *pgconn.PgError
	if _, err := Open(t.Context(), "desk", "chatwoot", with(func(u *url.URL) { u.Path = "/nosuch" }), "1", clock); !errors.As(err, &pg) || pg.Code != "3D000" {
		t.Errorf("the server's own error is not reachable: %v", err)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestAPasswordIsCutOutOfAnyError(t *testing.T) {
	t.Parallel()
	s := &Source{config: &pgx.ConnConfig{Config: pgconn.Config{Password: "tr0ub4dor"}}}
	err := s.scrub(fmt.Errorf("dial: %w", errors.New("bad tr0ub4dor")))
	if err.Error() != "dial: bad …" {
		t.Errorf("got %q", err)
	}
}

func TestMissingTablesAndColumnsAreNamed(t *testing.T) {
	t.Parallel()
	change := func(t *testing.T, sql string) error {
		dsn := pgtest.New(t, chatwootSchema(t), aDesk, sql)
		_, err := Open(t.Context(), "desk", "chatwoot", dsn, "1", clock)
		return err
	}
	for _, c := range []struct{ name, sql, want string }{
		{"a column", "ALTER TABLE conversations DROP waiting_since, DROP priority", "the database lacks conversations.priority, conversations.waiting_since"},
		{"a table", "DROP TABLE reporting_events", "the database lacks reporting_events,"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := change(t, c.sql)
			var missing *MissingError
			if !errors.As(err, &missing) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	t.Run("what may be missing is no fault", func(t *testing.T) {
		t.Parallel()
		if err := change(t, "ALTER TABLE accounts DROP settings"); err != nil {
			t.Error(err)
		}
	})
	t.Run("a table that may not be read", func(t *testing.T) {
		t.Parallel()
		dsn := pgtest.Load(t, support)
		reader := asReader(t, dsn)
		u, err := url.Parse(reader)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.WithoutCancel(t.Context()))
		if _, err := conn.Exec(t.Context(), "REVOKE SELECT ON messages FROM "+u.User.Username()); err != nil {
			t.Fatal(err)
		}
		_, err = Open(t.Context(), "desk", "chatwoot", reader, "1", clock)
		if want := "no right to read messages: GRANT SELECT ON messages TO " + u.User.Username(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}

func TestAProbeNamesWhatTheDatabaseRefuses(t *testing.T) {
	t.Parallel()
	s := desk(t, "")
	report, err := s.Probe(t.Context())
	if err != nil || !report.OK() || report.Standby || !report.Writes {
		t.Fatalf("%+v, %v", report, err)
	}
	linesAre(t, report.Sections, slices.DeleteFunc(Sections(), func(key string) bool { return key == "flows" })...) // Chatwoot keeps none
	if support, note := capabilityOf(report.Capabilities, "agent_session", "connection_hours"); support != SupportNone || note != "chatwoot.no_presence" {
		t.Errorf("sessions are %s: %s", support, note)
	}
	if support, note := capabilityOf(report.Capabilities, "intent_hit", "fallback_rate"); support != SupportNone || note != "chatwoot.no_fallback" {
		t.Errorf("fallbacks are %s: %s", support, note)
	}
	if support, _ := capabilityOf(report.Capabilities, "message", "total_messages"); support != SupportFull {
		t.Errorf("messages are %s", support)
	}

	// A mapping that went wrong: one names a column that is not there, one forgets a column.
	s.platform.mappings["message"] = "SELECT nonsense FROM messages"
	s.platform.mappings["team"] = "SELECT '1'::text AS tenant_id"
	s.missing = nil
	report, err = s.Probe(t.Context())
	if err != nil || report.OK() {
		t.Fatalf("%+v, %v", report, err)
	}
	faults := map[string]string{}
	for _, f := range report.Faults {
		faults[f.Query] = f.Reason
	}
	if got := faults["message"]; got != `column "nonsense" does not exist (SQLSTATE 42703)` {
		t.Errorf("message: %s", got)
	}
	if got := faults["team"]; got != "gives tenant_id text, want tenant_id text, team_id text, name text" {
		t.Errorf("team: %s", got)
	}
	if faults["activity/figures"] == "" || faults["assignment"] != "" {
		t.Errorf("the faults are %v", faults)
	}

	conn, err := s.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "DROP TABLE taggings; ALTER TABLE messages DROP sender_type"); err != nil {
		t.Fatal(err)
	}
	report, err = s.Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	linesAre(t, report.Missing, "messages.sender_type", "taggings")
}
