package collectors

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// away is a connection to a server elsewhere.
type away struct {
	net.Conn
	at string
}

func (a away) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(a.at), Port: 5432} }

func checkIs(t *testing.T, got digest.Check, verdict digest.Verdict, title, text string) {
	t.Helper()
	if got.Verdict != verdict || got.Title != title || got.Text != text || (verdict == digest.CheckWell) != (got.Remedy == "") {
		t.Errorf("it is\n%+v, want\n%s %s: %s", got, verdict, title, text)
	}
}

func TestAConnectionWithoutTLSIsToldByWhereTheServerIs(t *testing.T) {
	t.Parallel()
	s := &Source{config: &pgx.ConnConfig{}, now: clock}
	for _, c := range []struct {
		at      string
		verdict digest.Verdict
		text    string
	}{
		{"127.0.0.1", digest.CheckWell, "The server is on this machine: nothing leaves it."},
		{"10.1.2.3", digest.CheckNote, "The server is in a private network: whoever listens there can read what people wrote, and their names."},
		{"203.0.113.9", digest.CheckMend, "Whoever is on the way to the server can read what people wrote, and their names."},
	} {
		checkIs(t, s.encryption(away{at: c.at}), c.verdict, "Connects without TLS", c.text)
	}
}

func TestAConnectionWithTLSTellsItsVersionAndTheCertificate(t *testing.T) {
	t.Parallel()
	now := time.Now() // crypto/tls asks the clock itself
	for _, c := range []struct {
		name        string
		ends        time.Time
		verify      bool
		verdict     digest.Verdict
		title, text string
	}{
		{"a certificate that is held against its authority", now.AddDate(0, 0, 90), true, digest.CheckWell, "Connects with TLS", "TLS 1.3, and the server's certificate is valid until %."},
		{"one that ends soon", now.AddDate(0, 0, 9), true, digest.CheckMend, "Connects with TLS", "TLS 1.3, and the server's certificate is valid until %."},
		{"one that nobody looks at", now.AddDate(0, 0, 90), false, digest.CheckNote, "Connects with TLS, but does not ask with whom", "TLS 1.3, and the server's certificate is valid until %."},
		{"one that nobody looks at and that is over", now.AddDate(0, 0, -2), false, digest.CheckMend, "Connects with TLS, but does not ask with whom", "TLS 1.3, but the server's certificate has not been valid since %."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cert, file := certified(t, "127.0.0.1", now.AddDate(0, 0, -99), c.ends)
			listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS13})
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			go func() {
				conn, err := listener.Accept()
				if err == nil {
					_ = conn.(*tls.Conn).HandshakeContext(t.Context())
				}
			}()
			pem, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			roots := x509.NewCertPool()
			roots.AppendCertsFromPEM(pem)
			config := &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", InsecureSkipVerify: !c.verify, MinVersion: tls.VersionTLS13} //nolint:gosec // what sslmode=require does
			dialer := tls.Dialer{Config: config}
			conn, err := dialer.DialContext(t.Context(), "tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			s := &Source{config: &pgx.ConnConfig{Config: pgconn.Config{TLSConfig: config}}, now: func() time.Time { return now }}
			checkIs(t, s.encryption(conn), c.verdict, c.title, strings.Replace(c.text, "%", day(c.ends), 1))
		})
	}
}

func TestAnIndexServesWhoseFirstColumnsLeadToAPeriod(t *testing.T) {
	t.Parallel()
	want := lead{"reporting_events", []string{"account_id", "name", "created_at"}}
	for columns, serves := range map[string]bool{
		"account_id name created_at": true, "name account_id created_at": true, "account_id name created_at user_id": true,
		"account_id created_at": false, "account_id created_at name": false, "created_at": false, "user_id account_id name created_at": false, "": false,
	} {
		if got := want.serves(strings.Fields(columns)); got != serves {
			t.Errorf("an index on (%s) serves: %t", columns, got)
		}
	}
	for _, name := range Platforms() {
		p, err := loadPlatform(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range p.leads { // what is asked for stands in columns.txt too
			for _, c := range l.columns {
				known := false
				for _, table := range p.tables {
					for _, column := range table.columns {
						known = known || table.name == l.table && column.name == bare(c)
					}
				}
				if !known {
					t.Errorf("%s: %s.%s is not among the platform's columns", name, l.table, c)
				}
			}
		}
	}
}

// probed is what a look found, by its key.
func probed(t *testing.T, dsn string, now time.Time) map[string]digest.Check {
	t.Helper()
	s, err := Open(t.Context(), "desk", "chatwoot", dsn, "1", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	report, err := s.Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]digest.Check{}
	for _, c := range report.Checks {
		found[c.Key] = c
	}
	return found
}

func TestARealDesksProbeTellsRightsColumnsIndexesAndAge(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Load(t, supportDesk)
	now := time.Date(2020, 4, 1, 9, 0, 0, 0, time.UTC)
	found := probed(t, asReader(t, dsn), now)
	if c := found["rights"]; c.Verdict != digest.CheckWell || c.Title != "May only read" || !strings.HasPrefix(c.Text, "Role reader_of_") || !strings.HasSuffix(c.Text, " has SELECT on 13 tables.") && !strings.HasSuffix(c.Text, " has SELECT on 12 tables.") {
		t.Errorf("rights: %+v", c)
	}
	if c := found["columns"]; c.Verdict != digest.CheckWell || !strings.Contains(c.Text, " tables, ") {
		t.Errorf("columns: %+v", c)
	}
	checkIs(t, found["indexes"], digest.CheckWell, "No index is needed yet", "Small enough to be gone through: conversations (account_id, created_at).")
	checkIs(t, found["fresh"], digest.CheckWell, "Fresh", "The newest message is 23 min old.")
	if c := probed(t, dsn, now)["rights"]; c.Verdict != digest.CheckNote || c.Title != "Could write" {
		t.Errorf("of its owner: %+v", c)
	}
	checkIs(t, probed(t, dsn, now.AddDate(0, 0, 3))["fresh"], digest.CheckNote, "Silent for longer than usual", "The newest message is 36 h 14 min old. In the four weeks before it, the longest silence was 17 h 55 min.")
}

func TestAMissingIndexIsToldWithWhatMakesItWhereTheTableIsLarge(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Load(t, supportDesk)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	do := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Date(2020, 4, 1, 9, 0, 0, 0, time.UTC)
	do("DROP INDEX index_messages_on_account_created_type")
	checkIs(t, probed(t, dsn, now)["indexes"], digest.CheckWell, "No index is needed yet", "Small enough to be gone through: messages (account_id, created_at), conversations (account_id, created_at).")

	do(`INSERT INTO messages SELECT r.*
		FROM (SELECT to_jsonb(m) AS was FROM messages m LIMIT 1) m, generate_series(1, 70000) n
		CROSS JOIN LATERAL jsonb_populate_record(NULL::messages, m.was || jsonb_build_object('id', 1000000 + n, 'content', repeat('x', 200))) r;
		ANALYZE messages`)
	missing := probed(t, dsn, now)["indexes"]
	if missing.Verdict != digest.CheckMend || missing.Title != "One index is missing" || !strings.HasPrefix(missing.Text, "Without it each edition goes through all 71,") || !strings.HasSuffix(missing.Text, " rows of messages.") ||
		missing.SQL != "CREATE INDEX CONCURRENTLY ON messages (account_id, created_at);" ||
		missing.Remedy != "Fortnight only reads here: have whoever owns the database run this; it does not lock the table." {
		t.Errorf("it is\n%+v", missing)
	}
	do(missing.SQL)
	do("CREATE INDEX ON conversations (account_id, created_at)")
	if c := probed(t, dsn, now)["indexes"]; c.Verdict != digest.CheckWell || !strings.HasPrefix(c.Text, "By messages_account_id_created_at_idx, ") {
		t.Errorf("with it, it is\n%+v", c)
	}
	do("DROP INDEX messages_account_id_created_at_idx; CREATE INDEX part ON messages (account_id, created_at) WHERE message_type = 9")
	if c := probed(t, dsn, now)["indexes"]; c.Verdict != digest.CheckMend {
		t.Errorf("an index on some rows is taken for one on all: %+v", c)
	}
}
