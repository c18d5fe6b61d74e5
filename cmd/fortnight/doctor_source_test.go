package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fortnight/internal/postgres/pgtest"
)

// elmFolder writes the worked example of docs/platforms.md into a folder, as somebody who copies it would, and gives it with the address of
// its database.
func elmFolder(t *testing.T) (dir, dsn string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/platforms.md")
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "elm")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)\n`(elm/)?([a-z_]+\\.(?:sql|txt))`\n\n```[a-z]+\n(.*?)\n```\n").FindAllStringSubmatch(string(page), -1) {
		if m[1] == "" {
			dsn = pgtest.New(t, m[3])
		} else if err := os.WriteFile(filepath.Join(dir, m[2]), []byte(m[3]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, dsn
}

// said is the doctor's JSON.
type said struct {
	Source, Platform, Tenant string
	OK                       bool
	From, To                 string
	Sections                 []string
	Checks                   []struct{ Key, Verdict string }
	Relations                []struct {
		Relation string
		Mapped   bool
		Rows     *int64
		Seconds  *float64
	}
	Findings []struct{ Relation, Column, Rule, Verdict, Found, Remedy string }
}

func TestTheDoctorHoldsAFolderOfMappingsAgainstTheContract(t *testing.T) {
	t.Parallel()
	_, relay := newInbox(t)
	p := barePlace(t, relay)
	dir, dsn := elmFolder(t)
	p.env["FORTNIGHT_SOURCE_DSN"] = dsn
	out := p.must(t, "doctor", "--mapping", dir, "--tenant", "1")
	for _, want := range []string{
		"elm: Elm clinic of elm on PostgreSQL ", ", the week from 2026-03-12 to 2026-03-19 (UTC)", "RELATION", "GOES THROUGH",
		"ok    All columns are there. 5 tables, 25 columns.", "ok    every relation keeps the contract",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if !regexp.MustCompile(`(?m)^message +full +9 +[0-9.]+ ms +-$`).MatchString(out) || !regexp.MustCompile(`(?m)^team +no mapping +- +- +-$`).MatchString(out) {
		t.Errorf("its table is\n%s", out)
	}

	var whole said
	if err := json.Unmarshal([]byte(p.must(t, "doctor", "--mapping", dir, "--tenant", "1", "--json")), &whole); err != nil {
		t.Fatal(err)
	}
	if !whole.OK || whole.Platform != "elm" || whole.Tenant != "1" || whole.From != "2026-03-12T00:00:00Z" || whole.To != "2026-03-19T00:00:00Z" ||
		strings.Join(whole.Sections, " ") != "activity chatbot contact_center service_levels" || len(whole.Findings) != 0 || len(whole.Checks) < 4 {
		t.Errorf("as JSON it says %+v", whole)
	}
	for _, r := range whole.Relations {
		if (r.Rows == nil) == r.Mapped || (r.Seconds == nil) == r.Mapped {
			t.Errorf("of %s it says %+v", r.Relation, r)
		}
	}

	message := filepath.Join(dir, "message.sql")
	text, err := os.ReadFile(message)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(message, []byte(strings.Replace(string(text), "l.written AT TIME ZONE 'UTC' AS sent_at", "l.written AS sent_at", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := p.run(t, "doctor", "--mapping", dir, "--tenant", "1")
	if code != 1 || !strings.Contains(stdout, "MEND  message.sent_at: it is timestamp, a local time without zone, where the contract has an instant, timestamptz. Write … AT TIME ZONE 'UTC' AS sent_at") ||
		!strings.Contains(stderr, "1 to mend, see above") {
		t.Errorf("with a local time it exits %d and says\n%s%s", code, stdout, stderr)
	}
	code, stdout, _ = p.run(t, "doctor", "--mapping", dir, "--tenant", "1", "--json")
	var faulty said
	if err := json.Unmarshal([]byte(stdout), &faulty); err != nil || code != 1 || faulty.OK || len(faulty.Findings) != 1 || faulty.Findings[0].Column != "sent_at" || faulty.Findings[0].Rule != "types" {
		t.Errorf("as JSON it exits %d and says %+v, %v", code, faulty, err)
	}
}

func TestAFolderOfMappingsIsCollectedAndPreviewed(t *testing.T) {
	t.Parallel()
	_, relay := newInbox(t)
	p := barePlace(t, relay)
	dir, dsn := elmFolder(t)
	p.env["FORTNIGHT_SOURCE_DSN"] = dsn
	week := []string{"--mapping", dir, "--tenant", "1", "--from", "2026-03-16", "--to", "2026-03-23", "--zone", "Europe/Berlin"}
	if out := p.must(t, append([]string{"collect"}, week...)...); !regexp.MustCompile(`(?m)^total_messages +9 +`).MatchString(out) {
		t.Errorf("collect says\n%s", out)
	}
	to := filepath.Join(t.TempDir(), "out")
	p.must(t, append([]string{"preview", "--out", to}, week...)...)
	page, err := os.ReadFile(filepath.Join(to, "digest.txt"))
	if err != nil || !strings.Contains(string(page), "Elm clinic") || !strings.Contains(string(page), "Elm keeps no languages") {
		t.Errorf("the digest is\n%s, %v", page, err)
	}
	if code, _, stderr := p.run(t, append([]string{"collect", "--platform", "chatwoot"}, week...)...); code != 2 || !strings.Contains(stderr, "--platform and --mapping: give one of them") {
		t.Errorf("with a platform besides it exits %d and says %s", code, stderr)
	}
}

func TestTheDoctorHoldsASourceAgainstTheContract(t *testing.T) {
	t.Parallel()
	_, relay := newInbox(t)
	p := newPlace(t, relay)
	p.env["DESK_DSN"] = strings.Replace(pgtest.Load(t, desk), "postgres://fortnight@", "postgres://fortnight:hunter2hunter2@", 1)
	p.apply(t, deskOf(manyReaders(1)))
	out := p.must(t, "doctor", "--source", "desk/desk")
	if !strings.HasPrefix(out, "desk/desk: Support desk of chatwoot on PostgreSQL ") || !regexp.MustCompile(`(?m)^message +full +[0-9]+ +[0-9.]+ ms`).MatchString(out) || strings.Contains(out, "MEND") {
		t.Errorf("it says\n%s", out)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--source", "desk/nobody"}, 1, `there is no source desk/nobody: "fortnight export" lists the projects and their sources`},
		{[]string{"--source", "nobody/desk"}, 1, `no such project: "nobody"`},
		{[]string{"--source", "desk"}, 2, `--source "desk": write PROJECT/SOURCE`},
		{[]string{"--source", "desk/desk", "--tenant", "1"}, 2, "--source has its own address and tenant"},
		{[]string{"--mapping", t.TempDir()}, 2, "--tenant is missing"},
		{[]string{"--mapping", t.TempDir(), "--tenant", "1"}, 2, "--dsn is missing"},
		{[]string{"--mapping", "/nowhere", "--tenant", "1", "--dsn", "postgres://a@b/c"}, 2, "--mapping /nowhere is no folder"},
		{[]string{"--mapping", t.TempDir(), "--tenant", "1", "--dsn", "postgres://a@b/c"}, 1, "columns.txt: the file is missing"},
		{[]string{"--json"}, 2, "--dsn, --tenant and --json go with --source PROJECT/SOURCE or --mapping DIR"},
		{[]string{"--source", "desk/desk", "--dns", "127.0.0.1"}, 2, "--dns is not for one source"},
	} {
		code, stdout, stderr := p.run(t, append([]string{"doctor"}, c.args...)...)
		if code != c.code || !strings.Contains(stderr, c.says) {
			t.Errorf("%v: it exits %d and says\n%s%s", c.args, code, stdout, stderr)
		}
		if strings.Contains(stdout+stderr, "hunter2") {
			t.Errorf("%v: a password is printed", c.args)
		}
	}
}
