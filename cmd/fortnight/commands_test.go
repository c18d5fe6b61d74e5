package main

import (
	"bytes"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
)

func TestExitCodesTellAWrongArgumentFromAllElse(t *testing.T) {
	t.Parallel()
	p := newDesk(t, unruly(t, relay.Options{}).Addr(), manyReaders(1))
	taken, err := newListener(t)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"apply", 2, "-f is missing"},
		{"apply --file", 2, "--file"},
		{"deliveries", 2, "--edition is missing"},
		{"deliveries --edition x", 2, `"x"`},
		{"deliveries --edition 99", 1, "99"},
		{"editions --digest desk/none", 1, "there is desk/weekly"},
		{"editions --digest none", 1, "there is desk/weekly"},
		{"editions --digest a/b/c", 2, "PROJECT/NAME"},
		{"editions --limit 0", 2, "--limit"},
		{"subscribers --digest none", 1, "there is desk/weekly"},
		{"subscribers erase", 2, "address"},
		{"subscribers erase nobody", 2, "address"},
		{"send --digest desk/none", 1, "there is desk/weekly"},
		{"send --digest desk/weekly --from 2020-03-24", 1, "2020-03-24"},
		{"send --digest desk/weekly --from 2999-01-07", 1, "not closed"},
		{"send", 2, "--digest is missing"},
		{"inbox --addr nonsense", 2, "--addr"},
		{"inbox --addr 127.0.0.1:99999", 2, "--addr"},
		{"inbox --addr 127.0.0.1:0 --smtp here", 2, "--smtp"},
		{"inbox --addr " + taken, 1, "in use"},
		{"demo --addr nonsense", 2, "--addr"},
		{"demo --addr " + taken, 1, "in use"},
		{"demo --once --out /proc/nowhere/out", 1, "/proc/nowhere/out"},
		{"demo --twice", 2, "--twice"},
		{"serve --only web --embed", 2, "unknown flag"},
		{"serve --embedded", 1, "exclude each other"},
		{"preview --digest desk/weekly --platform chatwoot --out out", 2, "--platform"},
		{"preview --digest desk/weekly", 2, "--out"},
		{"preview --digest desk/none --out out", 1, "there is desk/weekly"},
		{"health now", 2, "now"},
		{"completion tcsh", 2, "tcsh"},
		{"calendar --cadence weekly --at mon_08:00 --zone UTC --from 2026-01-01", 2, "--at"},
		{"calendar --cadence weekly --zone UTC --from 2026-01-01 --count 0", 2, "--count"},
		{"calendar", 2, "--cadence is missing"},
		{"migrate --down", 2, "--down"},
	} {
		code, stdout, stderr := p.run(t, strings.Fields(c.args)...)
		if code != c.code || stdout != "" || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: exit code %d, want %d; stdout %q; stderr does not name %q:\n%s", c.args, code, c.code, stdout, c.says, stderr)
		}
		if n := strings.Count(stderr, "\n"); n < 1 || n > 3 || strings.Contains(stderr, "Usage:") {
			t.Errorf("%s: %d lines on stderr:\n%s", c.args, n, stderr)
		}
	}
	for _, dir := range []string{"out"} {
		if _, err := os.Stat(p.dir + "/" + dir); !os.IsNotExist(err) {
			t.Errorf("%s stayed: %v", dir, err)
		}
	}
	if n := len(p.editions(t, "")); n != 0 {
		t.Errorf("%d editions were opened", n)
	}
}

func newListener(t *testing.T) (string, error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String(), nil
}

func TestAWrongSettingIsNamedAndIsNoWrongArgument(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"SMTP_PORT": "many", "SMTP_TIMEOUT": "long", "SMTP_TLS": "maybe", "SECRET_KEY": "short", "MAIL_FROM": "nobody", "BASE_URL": "http://digest.example.com",
		"ADDR": "nonsense", "LOG_LEVEL": "loud", "LEASE": "1s", "SMTP_PASSWORD_FILE": "/nowhere/password", "SMTP_USERNAME": "alone", "DATABASE_URL": "postgres://a b",
	} {
		p := barePlace(t, unruly(t, relay.Options{}).Addr())
		p.env["FORTNIGHT_DATABASE_URL"] = "postgres://127.0.0.1:1/nowhere"
		p.env["FORTNIGHT_"+name] = value
		code, stdout, stderr := p.run(t, "serve")
		if n := strings.Count(stderr, "\n"); code != 1 || stdout != "" || n < 1 || n > 3 || !strings.Contains(stderr, "FORTNIGHT_"+name) {
			t.Errorf("%s=%s: exit code %d, stdout %q, stderr\n%s", name, value, code, stdout, stderr)
		}
	}
}

func TestACompletionKnowsCommandsAndValues(t *testing.T) {
	t.Parallel()
	p := barePlace(t, unruly(t, relay.Options{}).Addr())
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if out := p.must(t, "completion", shell); !strings.Contains(out, "fortnight") || len(out) < 1000 {
			t.Errorf("the completion of %s has %d bytes", shell, len(out))
		}
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{""}, []string{"demo", "serve", "collect", "preview", "send", "calendar", "apply", "editions", "deliveries", "subscribers", "migrate", "health", "doctor", "inbox", "version"}},
		{[]string{"preview", "--locale", ""}, []string{"en", "es"}},
		{[]string{"preview", "--audience", ""}, []string{"admin", "manager", "executive"}},
		{[]string{"collect", "--platform", ""}, []string{"chatwoot", "native"}},
		{[]string{"collect", "--section", ""}, []string{"activity", "chatbot", "contact_center"}},
		{[]string{"calendar", "--cadence", ""}, []string{"weekly", "twice-monthly", "bi-monthly"}},
	} {
		out := p.must(t, append([]string{"__complete"}, c.args...)...)
		for _, want := range c.want {
			if !strings.Contains("\n"+out, "\n"+want) {
				t.Errorf("completing %q does not offer %s:\n%s", c.args, want, out)
			}
		}
	}
}

func TestLookingAtADatabaseOfAnotherSchemaLeavesItAsItIs(t *testing.T) {
	t.Parallel()
	p := newPlace(t, unruly(t, relay.Options{}).Addr())
	p.env["DESK_DSN"] = pgtest.Load(t, desk)
	file := p.write(t, deskOf(manyReaders(1)))
	looks := [][]string{{"editions"}, {"deliveries", "--edition", "1"}, {"subscribers"}, {"preview", "--digest", "desk/weekly", "--out", "out"}}
	for _, args := range looks {
		if code, _, stderr := p.run(t, args...); code != 1 || !strings.Contains(stderr, `run "fortnight migrate"`) {
			t.Errorf("%v over an empty database: exit code %d, %s", args, code, stderr)
		}
	}
	if out := p.must(t, "apply", "-f", file, "--plan"); !strings.Contains(out, "+ subscriber desk/weekly reader00@desk.example") {
		t.Errorf("the plan for an empty database is\n%s", out)
	}
	var schemas int
	if err := p.pool.QueryRow(t.Context(), "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'fortnight%'").Scan(&schemas); err != nil || schemas != 0 {
		t.Errorf("they made %d schemas, %v", schemas, err)
	}
	p.must(t, "migrate")
	if _, err := p.pool.Exec(t.Context(), "UPDATE fortnight.schema_version SET version = version - 1"); err != nil {
		t.Fatal(err)
	}
	for _, args := range append(looks, []string{"apply", "-f", file, "--plan"}) {
		if code, _, stderr := p.run(t, args...); code != 1 || !strings.Contains(stderr, `run "fortnight migrate"`) {
			t.Errorf("%v over an older schema: exit code %d, %s", args, code, stderr)
		}
	}
}

func TestAPeriodThatIsNotClosedIsNotSent(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{})
	p := newDesk(t, r.Addr(), manyReaders(1))
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	today := digest.DateOf(time.Now().In(zone))
	monday := today.AddDays(-(int(today.Weekday()) + 6) % 7).String()
	code, stdout, stderr := p.run(t, "send", "--digest", "desk/weekly", "--from", monday)
	if code != 1 || stdout != "" || !strings.Contains(stderr, "not closed") || !strings.Contains(stderr, monday) {
		t.Errorf("exit code %d, %q, %s", code, stdout, stderr)
	}
	if len(p.editions(t, "")) != 0 || r.Taken() != 0 {
		t.Errorf("editions %v, %d mails", p.editions(t, ""), r.Taken())
	}
}

func TestAnEditionSentByHandIsNotSentAgainByServe(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{})
	p := newDesk(t, r.Addr(), manyReaders(2))
	p.apply(t, atMidnight(deskOf(manyReaders(2)))) // else a Monday's morning has a week that is closed, and not due
	if out := p.must(t, "send", "--digest", "desk/weekly"); !strings.Contains(out, "2 sent") {
		t.Fatalf("send says\n%s", out)
	}
	x, _ := p.serve(t)
	await(t, "the schedule has passed over it", time.Minute, func() bool {
		s, err := p.books().Scheduled(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return !s[0].LastDue.IsZero()
	})
	x.kill()
	onceEach(t, r)
	if n := len(p.editions(t, "")); n != 1 {
		t.Errorf("%d editions", n)
	}
}

func TestASubscriberWhoIsErasedIsForgotten(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{})
	p := newDesk(t, r.Addr(), manyReaders(2))
	p.must(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23")
	if out := p.must(t, "subscribers", "erase", "reader00@desk.example"); out != "Forgotten: 1 subscriptions, 1 deliveries.\n" {
		t.Errorf("erase says %q", out)
	}
	for _, args := range [][]string{{"subscribers", "--json"}, {"deliveries", "--edition", "1", "--json"}} {
		if out := p.must(t, args...); strings.Contains(out, "reader00") || strings.Contains(out, "Reader 0") || !strings.Contains(out, "reader01") {
			t.Errorf("%v says\n%s", args, out)
		}
	}
	if out := p.must(t, "send", "--digest", "desk/weekly", "--from", "2020-03-16"); !strings.Contains(out, "1 sent") {
		t.Errorf("the next edition: %s", out)
	}
}

func TestAPreviewOfADigestIsWhatItsSubscribersGot(t *testing.T) {
	t.Parallel()
	p := newDesk(t, unruly(t, relay.Options{}).Addr(), "          - {address: ann@desk.example, name: Ann}\n")
	p.must(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23")
	p.must(t, "preview", "--digest", "desk/weekly", "--from", "2020-03-23", "--out", "out")
	var stored []byte
	if err := p.pool.QueryRow(t.Context(), "SELECT pdf FROM fortnight.variants").Scan(&stored); err != nil {
		t.Fatal(err)
	}
	shown, err := os.ReadFile(p.dir + "/out/digest.pdf")
	if err != nil || !bytes.HasPrefix(shown, []byte("%PDF")) || len(stored) == 0 {
		t.Fatalf("%d and %d bytes of PDF, %v", len(shown), len(stored), err)
	}
	if difference := len(shown) - len(stored); difference < -200 || difference > 200 {
		t.Errorf("the preview's PDF has %d bytes, the subscriber's %d", len(shown), len(stored))
	}
}

func TestTheComposeFilesSettingsAreValid(t *testing.T) {
	b, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var compose struct {
		Services map[string]struct {
			Environment map[string]string
			Command     []string
		}
	}
	if err := yaml.Unmarshal(b, &compose); err != nil {
		t.Fatal(err)
	}
	service := compose.Services["fortnight"]
	for name, value := range service.Environment {
		t.Setenv(name, value)
	}
	t.Setenv("FORTNIGHT_SECRET_KEY", "a key of the tests; long enough to be one")
	cfg, err := loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.Validate(); err != nil || cfg.SMTPTLS != "none" || cfg.SMTPHost != "inbox" {
		t.Errorf("the service's settings: %v", err)
	}
	if err := cfg.Misspelt(); err != nil {
		t.Error(err)
	}
}

func TestALongListIsSentInBatchesByBothOfTwo(t *testing.T) {
	t.Parallel()
	const all = 410 // three batches
	r := unruly(t, relay.Options{})
	p := newPlace(t, r.Addr())
	p.env["DESK_DSN"] = pgtest.Load(t, desk)
	var b strings.Builder
	for i := range all {
		b.WriteString("          - {address: r" + digits(i) + "@desk.example, audience: executive, pdf: false}\n")
	}
	p.apply(t, deskOf(b.String()))
	first, _ := p.serve(t)
	second, _ := p.serve(t)
	p.awaitDone(t, 1, first)
	onceEach(t, r)
	if n := r.Taken(); n != all {
		t.Errorf("%d of %d were sent", n, all)
	}
	for _, x := range []*process{first, second} {
		for _, line := range x.log() {
			if line["level"] != "INFO" {
				t.Errorf("the log says %v", line)
			}
		}
	}
}

func digits(n int) string {
	return string([]byte{'0' + byte(n/100), '0' + byte(n/10%10), '0' + byte(n%10)})
}
