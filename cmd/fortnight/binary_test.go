package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
	"fortnight/ledger"
)

// The tests of this harness run the program as its users do: the built binary, in a process of its own.

// binaries is a folder for the program, removed at the end.
var binaries = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "fortnight-binary-") })

// built is the program, with the race detector where the tests have it: what was compiled for them is used again. builtPlain is
// the program without it, for what is measured.
var (
	built      = sync.OnceValues(func() (string, error) { return build("fortnight", raced()) })
	builtPlain = sync.OnceValues(func() (string, error) { return build("fortnight-plain", false) })
)

func build(name string, race bool) (string, error) {
	dir, err := binaries()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	args := []string{"build", "-buildvcs=false", "-o", path}
	if race {
		args = append(args, "-race")
	}
	out, err := exec.CommandContext(context.Background(), "go", append(args, ".")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

// raced tells whether the tests, and so the program, have the race detector.
func raced() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := binaries(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// place is an installation: a database, a relay, and the variables that name them.
type place struct {
	env  map[string]string
	dir  string
	make func() (string, error) // the program
	pool *pgxpool.Pool          // of its database; nil where it has none
}

// newPlace is an installation with an empty database. Its leases are short, so that tests need not wait for two minutes.
func newPlace(t testing.TB, relay net.Addr) *place {
	t.Helper()
	p := barePlace(t, relay)
	p.use(t, pgtest.New(t))
	return p
}

// barePlace is an installation without a database.
func barePlace(t testing.TB, relay net.Addr) *place {
	t.Helper()
	host, port, err := net.SplitHostPort(relay.String())
	if err != nil {
		t.Fatal(err)
	}
	return &place{dir: t.TempDir(), make: built, env: map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": os.Getenv("HOME"), "PGBIN": os.Getenv("PGBIN"),
		"FORTNIGHT_SECRET_KEY": "a key of the tests; long enough to be one", "FORTNIGHT_ADDR": "127.0.0.1:0",
		"FORTNIGHT_SMTP_HOST": host, "FORTNIGHT_SMTP_PORT": port, "FORTNIGHT_SMTP_TLS": "none",
		"FORTNIGHT_MAIL_FROM": "Desk <digest@desk.example>", "FORTNIGHT_BASE_URL": "https://digest.desk.example",
		"FORTNIGHT_LOG_FORMAT": "json", "FORTNIGHT_LEASE": "6s", "FORTNIGHT_RETRY": "1s",
	}}
}

// use points the installation at a database.
func (p *place) use(t testing.TB, url string) {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	p.pool, p.env["FORTNIGHT_DATABASE_URL"] = pool, url
}

// books reads the installation's ledger.
func (p *place) books() *ledger.Ledger {
	return ledger.New(p.pool, ledger.Options{Now: time.Now})
}

// process is the program at work.
type process struct {
	cmd      *exec.Cmd
	out, err safeBuffer
	ended    chan struct{}
}

// start begins a process, which the test's end kills.
func (p *place) start(t testing.TB, args ...string) *process {
	t.Helper()
	path, err := p.make()
	if err != nil {
		t.Fatal(err)
	}
	x := &process{cmd: exec.CommandContext(context.Background(), path, args...), ended: make(chan struct{})}
	for _, name := range slices.Sorted(maps.Keys(p.env)) {
		x.cmd.Env = append(x.cmd.Env, name+"="+p.env[name])
	}
	x.cmd.Dir, x.cmd.Stdout, x.cmd.Stderr = p.dir, &x.out, &x.err
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = x.cmd.Wait() // ProcessState has it
		close(x.ended)
	}()
	t.Cleanup(func() {
		x.kill()
		if strings.Contains(x.err.String(), "DATA RACE") {
			t.Errorf("fortnight %v has a data race:\n%s", args, x.err.String())
		}
	})
	return x
}

// run waits for a process' end.
func (p *place) run(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	x := p.start(t, args...)
	select {
	case <-x.ended:
	case <-time.After(2 * time.Minute):
		t.Fatalf("fortnight %v goes on:\n%s%s", args, &x.out, &x.err)
	}
	return x.cmd.ProcessState.ExitCode(), x.out.String(), x.err.String()
}

// must is run for what is to succeed; it gives what was printed.
func (p *place) must(t testing.TB, args ...string) string {
	t.Helper()
	code, stdout, stderr := p.run(t, args...)
	if code != 0 {
		t.Fatalf("fortnight %v: exit code %d\n%s%s", args, code, stdout, stderr)
	}
	return stdout
}

// serve starts the service and gives it with its web address, once it answers.
func (p *place) serve(t testing.TB, args ...string) (x *process, web string) {
	t.Helper()
	x = p.start(t, append([]string{"serve"}, args...)...)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		for _, line := range x.log() {
			if line["msg"] == "serving" {
				return x, "http://" + line["addr"].(string)
			}
		}
		select {
		case <-x.ended:
			t.Fatalf("serve ended: %v\n%s%s", x.cmd.ProcessState, &x.out, &x.err)
		default:
		}
	}
	t.Fatalf("serve does not serve within a minute:\n%s", &x.err)
	return nil, ""
}

// log is what the process logged.
func (x *process) log() (lines []map[string]any) {
	for _, raw := range strings.Split(x.err.String(), "\n") {
		var line map[string]any
		if json.Unmarshal([]byte(raw), &line) == nil {
			lines = append(lines, line)
		}
	}
	return lines
}

func (x *process) kill() {
	_ = x.cmd.Process.Kill() // fails only where it has ended
	<-x.ended
}

// end asks the process to end, and says how long that took and with which code.
func (x *process) end(t *testing.T, by syscall.Signal) (took time.Duration, code int) {
	t.Helper()
	asked := time.Now()
	if err := x.cmd.Process.Signal(by); err != nil {
		t.Fatal(err)
	}
	select {
	case <-x.ended:
	case <-time.After(time.Minute):
		t.Fatalf("it goes on a minute after %s:\n%s%s", by, &x.out, &x.err)
	}
	return time.Since(asked), x.cmd.ProcessState.ExitCode()
}

// safeBuffer may be read while it is written to.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// crowded is how many times its patience a test waits: as it says on a machine of its own, and longer where six others run beside it.
const crowded = 3

// await asks every 50 ms until it is so.
func await(t *testing.T, what string, patience time.Duration, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(crowded * patience); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", crowded*patience, what)
		}
	}
}

// awaitDone waits until n editions are done, and there are no others.
func (p *place) awaitDone(t *testing.T, n int, x *process) {
	t.Helper()
	await(t, fmt.Sprintf("%d editions done", n), 90*time.Second, func() bool {
		select {
		case <-x.ended:
			t.Fatalf("serve ended: %v\n%s", x.cmd.ProcessState, &x.err)
		default:
		}
		return len(p.editions(t, digest.EditionDone)) == n && len(p.editions(t, "")) == n
	})
}

// editions lists those in a state, or all.
func (p *place) editions(t *testing.T, state digest.EditionState) (all []ledger.EditionLine) {
	t.Helper()
	lines, err := p.books().Editions(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range lines {
		if state == "" || e.State == state {
			all = append(all, e)
		}
	}
	return all
}

// apply writes a configuration and applies it.
func (p *place) apply(t testing.TB, text string) string {
	t.Helper()
	return p.must(t, "apply", "-f", p.write(t, text))
}

func (p *place) write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(p.dir, "fortnight.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// manyReaders writes n subscribers as YAML, a line each.
func manyReaders(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "          - {address: reader%02d@desk.example, name: Reader %d, audience: executive, pdf: false}\n", i, i)
	}
	return b.String()
}

// ask makes a request and gives status and body.
func ask(t *testing.T, method, url, body string) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(all)
}
