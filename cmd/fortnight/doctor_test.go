package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"fortnight/internal/postgres/pgtest"
)

func writeFile(t *testing.T, name string, body []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheDoctorNamesEachFaultAndItsRemedy(t *testing.T) {
	t.Parallel()
	_, relay := newInbox(t)
	dns := newZone(t, deskMX+deskSPF+policy)
	well := newPlace(t, relay)
	source := pgtest.Load(t, desk)
	well.env["DESK_DSN"], well.env["FORTNIGHT_ADMIN_EMAIL"] = source, "sam@desk.example"
	well.apply(t, deskOf(manyReaders(2)))
	for _, c := range []struct {
		name string
		env  map[string]string
		do   string // in the source
		undo string
		says []string // each on a line that begins with MEND, or with what it says
		code int
	}{
		{name: "all is well", says: []string{"ok    configuration", "ok    database 127.0.0.1", "ok    clock", "ok    digest desk/weekly, 2 subscribers: ", "ok    source desk/desk: Support desk of chatwoot", "ok    mail server 127.0.0.1", "note  no FORTNIGHT_DKIM_KEY", "ok    SPF of desk.example", "ok    MX of desk.example", "ok    DMARC of desk.example"}},
		{
			name: "the database is down", env: map[string]string{"FORTNIGHT_DATABASE_URL": "postgres://u:hunter2hunter2@127.0.0.1:1/f"}, code: 1,
			says: []string{"MEND  database: FORTNIGHT_DATABASE_URL: cannot connect to 127.0.0.1:1/f as u", "ok    mail server"},
		},
		{
			name: "the relay is down", env: map[string]string{"FORTNIGHT_SMTP_PORT": "1"}, code: 1,
			says: []string{"MEND  relay: mail server 127.0.0.1:1", "nothing listens there", "ok    source desk/desk"},
		},
		{
			name: "a column of the source is missing", do: "ALTER TABLE messages RENAME COLUMN message_type TO kind", undo: "ALTER TABLE messages RENAME COLUMN kind TO message_type", code: 1,
			says: []string{"MEND  source desk/desk: ", "message_type"},
		},
		{
			name: "the key's file is not there", env: map[string]string{"FORTNIGHT_DKIM_KEY_FILE": "/nowhere/dkim.pem"}, code: 1,
			says: []string{"MEND  configuration: FORTNIGHT_DKIM_KEY_FILE: ", "/nowhere/dkim.pem", "ok    source desk/desk", "ok    mail server"},
		},
		{
			name: "the key's file holds no key", env: map[string]string{"FORTNIGHT_DKIM_KEY_FILE": writeFile(t, "dkim.pem", []byte("no key"))}, code: 1,
			says: []string{"MEND  DKIM: FORTNIGHT_DKIM_KEY holds no key", "ok    mail server", "ok    SPF of desk.example"},
		},
		{
			name: "the key signs for another domain", env: map[string]string{"FORTNIGHT_DKIM_KEY_FILE": writeFile(t, "dkim.pem", []byte(ed25519Key(t))), "FORTNIGHT_DKIM_DOMAIN": "other.example"}, code: 1,
			says: []string{"MEND  DKIM: fortnight._domainkey.other.example: there is no record; publish", "MEND  alignment: DKIM signs for other.example, but mail comes from digest@desk.example"},
		},
		{
			name: "two selectors and one key", env: map[string]string{"FORTNIGHT_DKIM_KEY_FILE": writeFile(t, "dkim.pem", []byte(ed25519Key(t))), "FORTNIGHT_DKIM_SELECTOR": "nov,may"}, code: 1,
			says: []string{"MEND  DKIM: FORTNIGHT_DKIM_KEY holds 1 key, but FORTNIGHT_DKIM_SELECTOR names 2 selectors"},
		},
		{name: "a variable is misspelt", env: map[string]string{"FORTNIGHT_SMPT_HOST": "x"}, code: 1, says: []string{"MEND  configuration: FORTNIGHT_SMPT_HOST"}},
		{
			name: "several at once", env: map[string]string{"FORTNIGHT_SMTP_PORT": "1", "FORTNIGHT_BASE_URL": "ftp://x", "FORTNIGHT_SECRET_KEY": ""}, code: 1,
			says: []string{"FORTNIGHT_BASE_URL", "FORTNIGHT_SECRET_KEY is not set", "MEND  relay"},
		},
		{name: "the key is another", env: map[string]string{"FORTNIGHT_SECRET_KEY": "another key; of the same length or so"}, code: 1, says: []string{"MEND  digest desk/weekly: ", "SECRET_KEY"}},
	} {
		conn, err := pgx.Connect(t.Context(), source)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), c.do); err != nil {
			t.Fatal(err)
		}
		p := barePlace(t, relay)
		for _, env := range []map[string]string{well.env, c.env} {
			for name, value := range env {
				p.env[name] = value
			}
		}
		code, stdout, stderr := p.run(t, "doctor", "--dns", dns.addr)
		if code != c.code {
			t.Errorf("%s: exit code %d, want %d", c.name, code, c.code)
		}
		for _, want := range c.says {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: it does not say %q:\n%s%s", c.name, want, stdout, stderr)
			}
		}
		if mend := strings.Contains(stdout, "MEND"); mend != (c.code == 1) || mend != (stderr != "") {
			t.Errorf("%s: it says\n%s%s", c.name, stdout, stderr)
		}
		if strings.Contains(stdout+stderr, "hunter2") {
			t.Errorf("%s: a password is printed", c.name)
		}
		if _, err := conn.Exec(t.Context(), c.undo); err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheDoctorChangesNothing(t *testing.T) {
	t.Parallel()
	box, relay := newInbox(t)
	p := newPlace(t, relay)
	dns := newZone(t, deskMX+deskSPF+policy)
	code, stdout, _ := p.run(t, "doctor", "--dns", dns.addr)
	if code != 1 || !strings.Contains(stdout, `run "fortnight migrate"`) {
		t.Errorf("over an empty database: exit code %d\n%s", code, stdout)
	}
	var schemas int
	if err := p.pool.QueryRow(t.Context(), "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'fortnight%'").Scan(&schemas); err != nil || schemas != 0 {
		t.Errorf("it made %d schemas, %v", schemas, err)
	}
	if n := len(box.Messages()); n != 0 {
		t.Errorf("it sent %d mails", n)
	}
	if out := p.must(t, "migrate"); !strings.Contains(out, "ran ledger 001") || !strings.Contains(out, "ran river") {
		t.Errorf("migrate says\n%s", out)
	}
	if out := p.must(t, "migrate"); out != "The database is up to date.\n" {
		t.Errorf("a second time, migrate says\n%s", out)
	}
	if out := p.must(t, "doctor", "--dns", dns.addr); !strings.Contains(out, "no digest is switched on") {
		t.Errorf("over an empty ledger the doctor says\n%s", out)
	}
}
