package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fortnight/internal/postgres/pgtest"
)

// fortnight runs a command line and gives what it said.
func fortnight(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

const desk = "../../collectors/testdata/chatwoot/support-2018-2020.sql"

func TestBadInputIsNamedWithItsRemedyOnStderrAlone(t *testing.T) {
	week := func(extra ...string) []string {
		return append([]string{
			"collect", "--platform", "chatwoot", "--tenant", "1", "--from", "2020-03-23", "--to", "2020-03-30", "--zone", "UTC",
			"--dsn", "postgres://reader:hunter2hunter2@127.0.0.1:1/desk",
		}, extra...)
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no such command", []string{"colect"}, 2, "colect"},
		{"unknown flag", week("--colour"), 2, "--colour"},
		{"unknown zone", week("--zone", "Mars/Olympus"), 2, "Mars/Olympus"},
		{"unknown platform", week("--platform", "chatwood"), 2, "choose"},
		{"unknown section", week("--section", "activty"), 2, "activity"},
		{"malformed date", week("--from", "23.3.2020"), 2, "YYYY-MM-DD"},
		{"a day that February lacks", week("--from", "2020-02-30"), 2, "2020-02-30"},
		{"to not after from", week("--to", "2020-03-23"), 2, "--to"},
		{"nothing given", []string{"collect"}, 2, "--platform is missing"},
		{"an argument too many", []string{"version", "please"}, 2, "please"},
		{"a DSN that refuses", week(), 1, "127.0.0.1:1"},
		{"a DSN that is none", week("--dsn", "postgres://reader:hunter2/hunter2@127.0.0.1/desk"), 1, "DSN"},
		{"an unknown audience", append([]string{"preview", "--audience", "boss", "--out", dir}, week()[1:]...), 2, "boss"},
		{"an unknown locale", append([]string{"preview", "--locale", "tlh!", "--out", dir}, week()[1:]...), 2, "tlh!"},
		{"a folder that cannot be", append([]string{"preview", "--out", "/proc/nowhere/out"}, week()[1:]...), 1, "/proc/nowhere/out"},
		{"a cadence of no kind", []string{"calendar", "--cadence", "fortnightly", "--zone", "UTC", "--from", "2026-01-01"}, 2, "--cadence"},
		{"an hour for a cron expression", []string{"calendar", "--cadence", "0 8 * * 1", "--at", "08:00", "--covers", "week", "--zone", "UTC", "--from", "2026-01-01"}, 2, "--at"},
		{"a cron expression that covers nothing", []string{"calendar", "--cadence", "0 8 * * 1", "--zone", "UTC", "--from", "2026-01-01"}, 2, "--covers"},
		{"a weekly hour without weekday", []string{"calendar", "--cadence", "weekly", "--at", "08:00", "--zone", "UTC", "--from", "2026-01-01"}, 2, "mon 08:00"},
		{"a file that is not there", []string{"apply", "-f", filepath.Join(dir, "none.yaml")}, 1, "none.yaml"},
		{"a file that is no YAML", []string{"apply", "-f", write("bad.yaml", "projects: [")}, 1, "bad.yaml"},
		{"a field that is none", []string{"apply", "-f", write("field.yaml", "projects:\n  desk:\n    colour: red\n")}, 1, "colour"},
		{"a DSN in the file", []string{"apply", "-f", write("dsn.yaml", "projects:\n  desk:\n    name: Desk\n    zone: UTC\n    sources:\n      desk: {platform: chatwoot, dsn: 'postgres://u:hunter2hunter2@h/d', tenant: '1'}\n")}, 1, "dsn"},
		{"a variable that is not set", []string{"apply", "-f", write("env.yaml", "projects:\n  desk:\n    name: Desk\n    zone: UTC\n    sources:\n      desk: {platform: chatwoot, dsn_env: NO_SUCH_DSN, tenant: '1'}\n")}, 1, "NO_SUCH_DSN"},
		{"a locale without words", append([]string{"preview", "--locale", "xx", "--out", dir}, week()[1:]...), 2, "xx"},
		{"an empty section", week("--section", ""), 2, "--section"},
		{"a list where a map belongs", []string{"apply", "-f", write("list.yaml", "- projects\n")}, 1, "a list does not belong there"},
		{"a name of two lines", []string{"apply", "-f", write("lines.yaml", "projects:\n  desk:\n    name: \"Desk\\r\\nX\"\n    zone: UTC\n")}, 1, "line break"},
		{"a digest that is no name", []string{"send", "--digest", "weekly"}, 2, "PROJECT/NAME"},
		{"a test to nobody", []string{"send", "--digest", "desk/weekly", "--test", "nobody"}, 2, "nobody"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := fortnight(t, c.args...)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if stdout != "" {
				t.Errorf("stdout is not empty: %s", stdout)
			}
			if n := strings.Count(stderr, "\n"); n < 1 || n > 3 {
				t.Errorf("%d lines on stderr, want one to three:\n%s", n, stderr)
			}
			if !strings.Contains(stderr, c.says) {
				t.Errorf("stderr does not name %q:\n%s", c.says, stderr)
			}
			if strings.Contains(stderr, "hunter2") {
				t.Errorf("stderr holds the password:\n%s", stderr)
			}
			if strings.Contains(stderr, "Usage:") {
				t.Errorf("stderr holds the usage text:\n%s", stderr)
			}
		})
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 6 {
		t.Errorf("the folder holds %v, %v: something half-written stayed", left, err)
	}
}

func TestATenantThatIsNotThereIsNamed(t *testing.T) {
	dsn := pgtest.Load(t, desk)
	code, stdout, stderr := fortnight(t, "collect", "--platform", "chatwoot", "--tenant", "7", "--from", "2020-03-23", "--to", "2020-03-30", "--zone", "UTC", "--dsn", dsn)
	if code != 1 || stdout != "" || !strings.Contains(stderr, `tenant "7"`) || !strings.Contains(stderr, "Support desk") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestCalendarPrintsDuesAndTheirPeriods(t *testing.T) {
	code, stdout, stderr := fortnight(t, "calendar", "--cadence", "weekly", "--at", "mon 08:00", "--zone", "Europe/Berlin", "--from", "2026-03-23", "--count", "2", "--json")
	want := `{"due":"2026-03-23T08:00:00+01:00","from":"2026-03-16T00:00:00+01:00","to":"2026-03-23T00:00:00+01:00"}
{"due":"2026-03-30T08:00:00+02:00","from":"2026-03-23T00:00:00+01:00","to":"2026-03-30T00:00:00+02:00"}
`
	if code != 0 || stdout != want || stderr != "" {
		t.Errorf("exit code %d, stderr %q, stdout\n%swant\n%s", code, stderr, stdout, want)
	}
}
